import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace
import Foundation

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the replica: database, signatures, files, clock.",
    discussion: """
      Changes nothing without --fix. Ends with status 1 if something is not in order.

      With --fix it mends what can be mended and says what it did. Nothing is deleted or \
      overwritten: what is damaged moves to .fieldbook/set-aside/. A damaged database is built \
      again from what in it is still whole; the rest comes from the backup that --from names, \
      and with the next sync. Where no peer and no backup has what is lost, --alone writes \
      down again what waits for it.

      With --deep it also makes the state again from the log, in a copy, and compares all \
      segments with those of each remote: what a sync cannot find out, since both sides say \
      that they have everything. Files in an object storage are read whole then, too.

      Examples:
        fieldbook doctor
        fieldbook doctor --deep
        fieldbook doctor --fix
        fieldbook doctor --fix --from /mnt/disk/churn
      """)

  @Flag(name: .long, help: "Mend what can be mended.") var fix = false
  @Flag(name: .long, help: "Also what takes long, and what only peers can tell.") var deep = false
  @Option(
    name: .long,
    help: .init("With --fix: a backup to take what is missing from.", valueName: "backup"),
    completion: .directory)
  var from: String?
  @Flag(name: .long, help: "With --fix: no peer has what is lost here.") var alone = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if fix, deep { throw ValidationError("--deep only looks: give --fix first, then --deep") }
    if !fix, from != nil || alone { throw ValidationError("--from and --alone go with --fix") }
  }

  func run() async throws {
    let isWell = fix ? try mend() : try await look()
    if !isWell { throw ExitCode(Status.failed) }
  }

  private func look() async throws -> Bool {
    try await common.withWorkspaceOpen { workspace, console in
      var checks = try workspace.doctor()
      if deep {
        checks.append(try workspace.replayCheck())
        if let check = try workspace.objectsReadCheck() { checks.append(check) }
        for remote in try workspace.remotes() {
          checks.append(await Doctor.compare(workspace, remote))
        }
      }
      console.show(DoctorDocument(checks: checks))
      return checks.allSatisfy(\.ok)
    }
  }

  private static func compare(_ workspace: Workspace, _ remote: Workspace.Remote) async
    -> DoctorCheck
  {
    let name = "peer " + remote.name
    do {
      let found = try await SyncClient.compare(workspace, remote: remote)
      return DoctorCheck(
        name: name, ok: !found.isDamage, detail: found.detail,
        fix: found.isDamage
          ? "fieldbook doctor --fix where they are missing, then: fieldbook sync" : nil)
    } catch {
      return DoctorCheck(
        name: name, ok: false,
        detail: (error as? any Failure)?.message ?? String(describing: error),
        fix: "when it can be reached: fieldbook doctor --deep")
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

extension PeerComparison {
  fileprivate var detail: String {
    if onlyHere.isEmpty, onlyThere.isEmpty { return "the same segments on both sides" }
    func told(_ count: Int, _ place: String) -> String? {
      count == 0 ? nil : Amount.of(count, "segment", ("is", "are")) + " only \(place)"
    }
    let words = [told(onlyThere.count, "there"), told(onlyHere.count, "here")]
      .compactMap { $0 }.joined(separator: ", ")
    if isDamage { return words + ", though both say that they have the same" }
    let isOne = onlyHere.count + onlyThere.count == 1
    return words + "; a sync brings " + (isOne ? "it" : "them")
  }
}

struct DoctorDocument: Document {
  var checks: [DoctorCheck]
  /// With `--fix`.
  var mended: MendReport?

  var json: JSON {
    let found: JSON = [
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
  fileprivate var json: JSON {
    [
      "segments": .count(segments), "applied": .count(applied), "waiting": .count(waiting),
      "broken": .count(broken), "ops_again": .count(opsAgain), "payloads": .count(payloads),
      "remotes": .count(remotes),
    ]
  }
}
