import ArgumentParser
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace

struct Sync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Exchange with the default peers, or with those named.",
    discussion: """
      Exit status 3: done, and conflicts wait for a person.

      Examples:
        fieldbook sync
        fieldbook sync --watch
      """)

  @Argument(help: "Remotes (default: all).") var peers: [String] = []
  @Flag(name: .long, help: "Stay connected and exchange whenever there is news.") var watch = false
  @Flag(name: [.customShort("n"), .long], help: "Say what would be sent; send nothing.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let status = try await common.withWorkspace { workspace, console in
      try await exchange(workspace, console)
    }
    if status != 0 { throw ExitCode(status) }
  }

  private func exchange(_ workspace: Workspace, _ console: Console) async throws -> Int32 {
    let remotes = try peers.isEmpty ? workspace.remotes() : peers.map { try workspace.remote($0) }
    guard !remotes.isEmpty else {
      throw InvalidInput("there is no remote to sync with", hint: "add one: fieldbook remote add NAME URL")
    }
    if dryRun {
      for remote in remotes {
        let ops = try SyncClient.pending(workspace, remote: remote)
        console.status(Phrase("\(remote.name): would send \(Wording.count(ops, "change"))"))
      }
      return 0
    }
    if watch {
      try await tail(workspace, remotes, console)
      return 0
    }
    let before = try workspace.status()
    var outcomes: [SyncOutcome] = []
    for remote in remotes {
      do {
        outcomes.append(
          SyncOutcome(report: try await SyncClient.sync(workspace, remote: remote), failure: nil))
      } catch let failure as any Failure {
        outcomes.append(SyncOutcome(report: SyncReport(name: remote.name), failure: failure.message))
        console.warning("\(remote.name): \(failure.message)")
        console.hint(failure.hint)
      }
    }
    let after = try workspace.status()
    console.show(
      SyncDocument(
        outcomes: outcomes, newConflicts: max(0, after.conflictsTotal - before.conflictsTotal),
        total: after.conflictsTotal, blocking: after.conflictsBlocking))
    if outcomes.contains(where: { $0.failure != nil }) { return Status.failed }
    if after.conflictsTotal > 0 {
      console.next("fieldbook conflicts")
      return Status.conflicts
    }
    return 0
  }

  private func tail(_ workspace: Workspace, _ remotes: [Workspace.Remote], _ console: Console) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for remote in remotes {
        group.addTask {
          try await SyncClient.watch(workspace, remote: remote) { result in
            let counts = try? workspace.store.inspect { try $0.conflictCounts() }
            switch result {
            case .success(let report):
              guard report.pulledOps + report.pushedOps > 0 || console.isJSON else { return }
              console.stream(
                SyncDocument(
                  outcomes: [SyncOutcome(report: report, failure: nil)],
                  newConflicts: report.newConflicts, total: counts?.total ?? 0,
                  blocking: counts?.blocking ?? 0))
            case .failure(let error):
              console.warning("\(remote.name): \((error as? any Failure)?.message ?? "\(error)")")
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

struct SyncOutcome {
  var report: SyncReport
  var failure: String?

  var json: JSONValue {
    [
      "name": .string(report.name), "pulled_ops": .count(report.pulledOps),
      "pushed_ops": .count(report.pushedOps), "pulled_points": .count(report.pulledPoints),
      "pushed_points": .count(report.pushedPoints), "bytes_in": .count(report.bytesIn),
      "bytes_out": .count(report.bytesOut), "round_trips": .count(report.roundTrips),
      "seconds": .number(report.seconds), "error": .optional(failure),
    ]
  }
}

struct SyncDocument: Document {
  var outcomes: [SyncOutcome]
  var newConflicts: Int
  var total: Int
  var blocking: Int

  var json: JSONValue {
    [
      "peers": .array(outcomes.map(\.json)),
      "conflicts": ["new": .count(newConflicts), "total": .count(total), "blocking": .count(blocking)],
    ]
  }

  func lay(on sheet: inout Sheet) {
    for outcome in outcomes where outcome.failure == nil {
      let report = outcome.report
      sheet.line(
        Phrase(report.name, .bold)
          + Phrase(
            report.pulledOps + report.pushedOps == 0
              ? ": nothing new"
              : ": took in \(Wording.count(report.pulledOps, "change")), gave \(report.pushedOps)"))
    }
    if total > 0 {
      sheet.line(
        Phrase(Wording.count(total, "conflict"), .yellow)
          + Phrase(" for a person" + (blocking > 0 ? ", \(blocking) blocking" : "")))
    }
  }
}
