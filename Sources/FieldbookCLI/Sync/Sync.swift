import ArgumentParser
import FieldbookExecution
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace

struct Sync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Exchange what is new with peers, both ways.",
    discussion: """
      Ends with status 3 when that is done and conflicts wait for a person, and with 1 when a \
      peer could not be synced with.

      Examples:
        fieldbook sync
        fieldbook sync origin ana
        fieldbook sync --watch       (goes on until Ctrl-C)
      """)

  @Argument(help: .init("Remotes (default: all).", valueName: "peer")) var peers: [String] = []
  @Flag(name: .long, help: "Stay connected, and exchange whenever there is news.")
  var watch = false
  @Flag(name: [.customShort("n"), .long], help: "Only say what would be sent.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if watch && dryRun { throw ValidationError("--watch and --dry-run exclude each other") }
  }

  func run() async throws {
    let status = try await common.withWorkspaceOpen { workspace, console in
      let remotes = try chosenRemotes(workspace)
      if dryRun { return try rehearse(remotes, workspace, console) }
      try LiveRuns.recover(workspace)
      if watch { return try await SyncWatch.run(remotes, workspace, console) }
      return try await exchange(remotes, workspace, console)
    }
    if status != 0 { throw ExitCode(status) }
  }

  private func chosenRemotes(_ workspace: Workspace) throws -> [Workspace.Remote] {
    let remotes = try SyncTargets.chosen(
      peers, from: workspace.remotes(), remote: { try workspace.remote($0) })
    guard !remotes.isEmpty else {
      throw InvalidInput(
        "there is no remote to sync with", hint: "add one: fieldbook remote add NAME URL")
    }
    return remotes
  }

  private func rehearse(
    _ remotes: [Workspace.Remote], _ workspace: Workspace, _ console: Console
  ) throws -> Int32 {
    let plan = try remotes.map { ($0.name, try SyncClient.pending(workspace, remote: $0)) }
    let conflicts = try workspace.conflicts()
    console.show(
      SyncPlan(
        plan: plan, total: conflicts.count, blocking: conflicts.filter(\.isBlocking).count))
    return 0
  }

  private func exchange(
    _ remotes: [Workspace.Remote], _ workspace: Workspace, _ console: Console
  ) async throws -> Int32 {
    let before = try workspace.conflicts().count
    let progress = Progress(console)
    var outcomes: [SyncOutcome] = []
    for remote in remotes {
      progress.update("syncing with \(remote.name) …")
      do {
        let report = try await SyncClient.sync(workspace, remote: remote)
        outcomes.append(SyncOutcome(report: report, failure: nil))
        progress.clear()
      } catch let failure as any Failure {
        progress.clear()
        outcomes.append(
          SyncOutcome(report: SyncReport(name: remote.name), failure: failure.message))
        console.problem("\(remote.name): \(failure.message)", hint: failure.hint)
      }
    }
    let conflicts = try workspace.conflicts()
    console.show(
      SyncDocument(
        outcomes: outcomes, newConflicts: max(0, conflicts.count - before),
        total: conflicts.count, blocking: conflicts.filter(\.isBlocking).count))
    if !conflicts.isEmpty { console.next("fieldbook conflicts") }
    if outcomes.contains(where: { $0.failure != nil }) { return Status.failed }
    return conflicts.isEmpty ? 0 : Status.conflicts
  }
}
