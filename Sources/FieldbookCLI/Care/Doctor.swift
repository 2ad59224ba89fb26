import ArgumentParser
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the replica: database, signatures, files, clock.",
    discussion: """
      Changes nothing without --fix. Ends with status 1 if something is not in order.

      With --fix it mends what can be mended and says what it did. Nothing is deleted or \
      overwritten: what is damaged moves to .fieldbook/set-aside/. A damaged database is built \
      again from what in it is still whole; the rest comes from the backup that --from names, \
      and with the next sync. Where no peer and no backup has what is lost, --alone writes \
      down again what waits for it.

      Examples:
        fieldbook doctor
        fieldbook doctor --fix
        fieldbook doctor --fix --from /mnt/disk/churn
      """)

  @Flag(name: .long, help: "Mend what can be mended.") var fix = false
  @Option(
    name: .long,
    help: .init("With --fix: a backup to take what is missing from.", valueName: "backup"),
    completion: .directory)
  var from: String?
  @Flag(name: .long, help: "With --fix: no peer has what is lost here.") var alone = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if !fix, from != nil || alone { throw ValidationError("--from and --alone go with --fix") }
  }

  func run() throws {
    let isWell = fix ? try mend() : try look()
    if !isWell { throw ExitCode(Status.failed) }
  }

  private func look() throws -> Bool {
    try common.withWorkspace { workspace, console in
      let checks = try workspace.doctor()
      console.show(DoctorDocument(checks: checks))
      return checks.allSatisfy(\.ok)
    }
  }

  private func mend() throws -> Bool {
    let dir = try Workspace.find(
      explicit: common.dir, from: FileManager.default.currentDirectoryPath,
      variables: common.variables)
    let report = try Mending.mend(
      AbsolutePath.of(dir), from: from.map(AbsolutePath.of), isAlone: alone,
      environment: common.environment)
    let console = common.console
    console.show(DoctorDocument(checks: report.checks, mended: report))
    if report.actions.isEmpty { console.status(Phrase("there was nothing to mend")) }
    if let aside = report.setAside { console.status(Phrase("what was damaged is in \(aside)")) }
    if report.salvage != nil { console.next("fieldbook sync (what peers have comes back)") }
    return report.checks.allSatisfy(\.ok)
  }
}

struct DoctorDocument: Document {
  var checks: [DoctorCheck]
  /// With `--fix`.
  var mended: MendReport?

  var json: JSONValue {
    let found: JSONValue = [
      "checks": .array(
        checks.map { check in
          [
            "name": .string(check.name), "ok": .bool(check.ok), "detail": .string(check.detail),
            "fix": .optional(check.fix),
          ]
        })
    ]
    guard let mended else { return found }
    return found.adding([
      "mended": .array(
        mended.actions.map { ["name": .string($0.name), "detail": .string($0.detail)] }),
      "set_aside": .optional(mended.setAside),
      "salvage": mended.salvage?.json ?? .null,
    ])
  }

  func lay(on sheet: inout Sheet) {
    var table = Table(
      [.init("", shrinks: false), .init("", shrinks: false), .init("")], hasHeadings: false)
    for action in mended?.actions ?? [] {
      table.row([Phrase("mended", .yellow), Phrase(action.name), Phrase(action.detail)])
    }
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

extension SalvageReport {
  fileprivate var json: JSONValue {
    [
      "segments": .count(segments), "applied": .count(applied), "waiting": .count(waiting),
      "broken": .count(broken), "ops_again": .count(opsAgain), "payloads": .count(payloads),
      "remotes": .count(remotes),
    ]
  }
}
