import FieldbookModel
import FieldbookSync
import FieldbookWorkspace
import Logging
import ServiceLifecycle

/// `sync --watch`: exchanges whenever there is news, until Ctrl-C or SIGTERM.
struct SyncWatch: Service {
  private let remotes: [Workspace.Remote]
  private let workspace: Workspace
  private let console: Console

  /// - Returns: the exit status.
  static func run(
    _ remotes: [Workspace.Remote], _ workspace: Workspace, _ console: Console
  ) async throws -> Int32 {
    let watch = SyncWatch(remotes: remotes, workspace: workspace, console: console)
    try await ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(service: watch, successTerminationBehavior: .gracefullyShutdownGroup)
        ],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "fieldbook") { _ in SwiftLogNoOpLogHandler() })
    ).run()
    return try workspace.conflicts().isEmpty ? 0 : Status.conflicts
  }

  func run() async throws {
    console.status(
      Phrase("watching \(remotes.map(\.name).joined(separator: ", ")); Ctrl-C ends it"))
    try await cancelWhenGracefulShutdown {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for remote in remotes {
          group.addTask {
            try await SyncClient.watch(workspace, remote: remote) { tell(remote, $0) }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  private func tell(_ remote: Workspace.Remote, _ result: Result<SyncReport, any Error>) {
    switch result {
    case .success(let report):
      guard report.pulledOps + report.pushedOps > 0 || console.isJSON else { return }
      let conflicts = (try? workspace.conflicts()) ?? []
      console.stream(
        SyncDocument(
          outcomes: [SyncOutcome(report: report, failure: nil)],
          newConflicts: report.newConflicts, total: conflicts.count,
          blocking: conflicts.filter(\.isBlocking).count))
    case .failure(let error):
      let failure = error as? any Failure
      console.warning("\(remote.name): \(failure?.message ?? String(describing: error))")
    }
  }
}
