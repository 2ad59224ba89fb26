import FieldbookMoving
import Testing

@testable import FieldbookCLI

@Suite("What an import came to, shown")
struct MoveDocumentTests {
  @Test("one of a kind is told as one")
  func one() {
    var report = MoveReport(source: "mlruns")
    report.leave(Left(.files, "r: a.bin", reason: "it is gone", count: 1))
    report.leave(Left(.aliases, "m: champion", reason: "its version is gone", count: 1))
    report.leave(Left(.points, "r: acc", reason: "no numbers", count: 2))
    report.kept = 1
    var sheet = Sheet(now: Samples.now, width: nil)
    MoveDocument(report: report, direction: .in).lay(on: &sheet)
    let text = sheet.rendered(inColour: false)
    for line in [
      "  1 file: it is gone  (r: a.bin)", "  1 alias: its version is gone",
      "  2 points: no numbers",
      "1 value changed here since the import",
    ] { #expect(text.contains(line), "\(text)") }
    for kind in MovedKind.allCases { #expect(kind.words(3) == "3 " + kind.words) }
  }
}
