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
          let teller = WatchTeller(name: remote.name, workspace: workspace, console: console)
          group.addTask {
            do {
              try await Watch(workspace, remote: remote.name).run { await teller.tell($0) }
            } catch is CancellationError {
              // Ended, as it was asked to.
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }
}

/// Says what a watch comes to: what moved, and each failure once, however often it is met.
private actor WatchTeller {
  private let name: String
  private let workspace: Workspace
  private let console: Console
  private let progress: Progress
  /// What was said last of a peer that is away.
  private var failure: String?

  init(name: String, workspace: Workspace, console: Console) {
    self.name = name
    self.workspace = workspace
    self.console = console
    progress = Progress(console)
  }

  func tell(_ event: Watch.Event) {
    progress.clear()
    switch event {
    case .synced(let report):
      if failure != nil { console.status(Phrase("\(name): in touch again")) }
      failure = nil
      guard report.pulledOps + report.pushedOps > 0 || console.isJSON else { return }
      let conflicts = (try? workspace.conflicts()) ?? []
      console.stream(
        SyncDocument(
          outcomes: [SyncOutcome(report: report, failure: nil)],
          newConflicts: report.newConflicts, total: conflicts.count,
          blocking: conflicts.filter(\.isBlocking).count))
    case .waits: progress.update("\(name): in touch, waiting for news")
    case .failed(let failure, let milliseconds):
      if self.failure != failure.message {
        console.warning("\(name): \(failure.message)")
        console.hint(failure.hint)
      }
      self.failure = failure.message
      progress.update("\(name): away, next try in \(Wording.duration(milliseconds: milliseconds))")
    }
  }
}
