import FieldbookModel
import FieldbookServing
import Hummingbird

/// What a client asks before it begins.
enum ServerEndpoints {
  /// Clients compare it with what they need; it names the API that is served, not Fieldbook.
  static let apiVersion = "3.17.2"

  static let serverInfo = Endpoint.get("server-info") { _, _ in
    .object([
      "store_type": .string("SqlStore"),
      "workspaces_enabled": .bool(false),
      "trace_archival_enabled": .bool(false),
      "multipart_uploads_enabled": .bool(false),
      "multipart_downloads_enabled": .bool(false),
      "presigned_upload_run_id_supported": .bool(true),
      "presigned_upload_model_id_supported": .bool(true),
      "features_enabled": .object(["gateway": .bool(false)]),
    ])
  }

  static let routes = ["/health", "/version"]

  /// Both say nothing about the workspace, so they need no token.
  static func mount(on routes: some RouterMethods<PeerContext>) {
    routes.get("/health") { _, _ in "OK" }
    routes.get("/version") { _, _ in apiVersion }
  }
}
