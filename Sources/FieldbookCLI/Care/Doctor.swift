import ArgumentParser
import FieldbookWorkspace

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the replica: database, signatures, files, clock.",
    discussion: """
      Changes nothing. Ends with status 1 if something is not in order.

      Example:
        fieldbook doctor
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    let isWell = try common.withWorkspace { workspace, console in
      let checks = try workspace.doctor()
      console.show(DoctorDocument(checks: checks))
      return checks.allSatisfy(\.ok)
    }
    if !isWell { throw ExitCode(Status.failed) }
  }
}

struct DoctorDocument: Document {
  var checks: [DoctorCheck]

  var json: JSONValue {
    [
      "checks": .array(
        checks.map { check in
          [
            "name": .string(check.name), "ok": .bool(check.ok), "detail": .string(check.detail),
            "fix": .optional(check.fix),
          ]
        })
    ]
  }

  func lay(on sheet: inout Sheet) {
    var table = Table(
      [.init("", shrinks: false), .init("", shrinks: false), .init("")], hasHeadings: false)
    for check in checks {
      table.row([
        check.ok ? Phrase("ok", .green) : Phrase("look", .red), Phrase(check.name),
        Phrase(check.detail),
      ])
      if let fix = check.fix { table.row(["", "", Phrase("→ " + fix, .cyan)]) }
    }
    sheet.table(table)
  }
}
