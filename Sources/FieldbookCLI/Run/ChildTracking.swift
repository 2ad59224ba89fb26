import FieldbookExecution
import FieldbookModel
import FieldbookWorkspace

/// The MLflow endpoints that a command run by `fieldbook run` logs to.
struct ChildTracking: TrackingServerStarting {
  func start(workspace: Workspace, adopting run: RunID, token: String) async throws -> (
    url: String, stop: @Sendable () async -> Void
  ) {
    let (port, stop) = try await Serving.start(workspace, token: token, adopting: run)
    return ("http://127.0.0.1:\(port)", stop)
  }
}
