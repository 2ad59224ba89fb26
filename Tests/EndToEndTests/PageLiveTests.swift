import FieldbookTestSupport
import Foundation
import Testing

/// Pages that are open while something goes on, in a real browser: a command prints, a peer syncs.
@Suite("Open pages in a browser", .serialized)
struct PageLiveTests {
  @Test(
    "what a run prints, and what a sync brings, sends or fails at, is there as it happens",
    arguments: ["livelog.py", "livesync.py"])
  func goesOn(script: String) async throws {
    let variables = ProcessInfo.processInfo.environment
    let python = variables["FIELDBOOK_TEST_PYTHON"] ?? "python3"
    let command = Command(
      python, [PageReplica.folder + "/" + script, "--binary", Binary.path], variables: variables)
    let answer = try await Apart.wait { try command.answer() }
    #expect(answer.status == 0, "\(answer.out)\n\(answer.err)")
    #expect(answer.out.contains("ok"))
  }
}
