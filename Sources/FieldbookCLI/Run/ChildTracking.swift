import FieldbookExecution
import FieldbookMLflow
import FieldbookModel
import FieldbookWorkspace

/// The MLflow endpoints that a command run by `fieldbook run` logs to.
struct ChildTracking: TrackingServerStarting {
  func start(workspace: Workspace, adopting run: RunID, token: String) async throws -> (
    url: String, stop: @Sendable () async -> Void
  ) {
    let server = TrackingServer(workspace: workspace, port: 0, token: token, adopting: run)
    let (port, stop) = try await Serving.start(server)
    return ("http://127.0.0.1:\(port)", stop)
  }
}
