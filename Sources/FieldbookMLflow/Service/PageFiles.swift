import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Hummingbird

/// Files by what they belong to, at the addresses that MLflow's own page and some scripts use.
struct PageFiles: Sendable {
  static let routes: [(method: HTTPRequest.Method, path: String)] = [
    (.get, "/get-artifact"), (.get, "/model-versions/get-artifact"),
    (.post, "/ajax-api/2.0/mlflow/upload-artifact"),
    (.get, "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files"),
    (.get, "/ajax-api/2.0/mlflow/get-trace-artifact"),
    (.get, "/ajax-api/3.0/mlflow/get-trace-artifact"),
  ]
  static let uploadLimit: Int64 = 10 << 20

  private let tracker: Tracker
  private let transfer: ArtifactTransfer

  init(_ tracker: Tracker) {
    self.tracker = tracker
    transfer = ArtifactTransfer(tracker)
  }

  func mount(on routes: some RouterMethods<PeerContext>) {
    let answers = [ofRun, ofVersion, upload, ofLoggedModel, ofTrace, ofTrace]
    for (route, answer) in zip(PageFiles.routes, answers) {
      routes.on(RouterPath(route.path), method: route.method, use: answer)
    }
  }

  @Sendable private func ofRun(_ request: Request, _ context: PeerContext) async throws -> Response
  {
    let fields = try PageFiles.query(request)
    let path = try PageFiles.path(fields, "path")
    let text = try fields.text("run_id") ?? fields.text("run_uuid")
    let root = try await tracker.blocking {
      guard let text, !text.isEmpty else { throw Tracker.noRun("None") }
      return try tracker.run(try tracker.runID(text)).artifactRoot.uri
    }
    return try await send(root, path, request, context)
  }

  @Sendable private func ofVersion(
    _ request: Request, _ context: PeerContext
  ) async throws -> Response {
    let fields = try PageFiles.query(request)
    let path = try PageFiles.path(fields, "path")
    let name = try fields.text("name") ?? ""
    let reference = try fields.text("version") ?? ""
    let root = try await tracker.blocking {
      let (_, version) = try tracker.version(reference, ofModel: name)
      return try ModelVersionEndpoints.resolve(ModelSource(version.source), tracker, hops: 8)
    }
    return try await send(root, path, request, context)
  }

  @Sendable private func ofLoggedModel(
    _ request: Request, _ context: PeerContext
  ) async throws -> Response {
    let fields = try PageFiles.query(request)
    guard let path = try fields.text("artifact_file_path"), !path.isEmpty else {
      throw MLflowError(
        .badRequest, "Request must include the \"artifact_file_path\" query parameter.")
    }
    try ArtifactPath.check(path)
    let id = try PercentCoding.decodePath(context.parameters.get("model_id") ?? "")
    let root = try await tracker.blocking { try tracker.loggedModel(id).artifactRoot.uri }
    return try await send(root, path, request, context)
  }

  /// The spans of a trace, or something that was attached to one.
  @Sendable private func ofTrace(
    _ request: Request, _ context: PeerContext
  ) async throws -> Response {
    let fields = try PageFiles.query(request)
    guard let name = try fields.text("request_id"), !name.isEmpty else {
      throw MLflowError(.badRequest, "Request must include the \"request_id\" query parameter.")
    }
    if let attachment = try fields.text("path"), !attachment.isEmpty {
      let path = "attachments/" + (try TraceFile.attachment(attachment))
      let root = try await tracker.blocking { try tracker.trace(name).artifactRoot.uri }
      return try await send(root, path, request, context) {
        .missing("No such artifact: '\(path)'")
      }
    }
    let (root, spans) = try await tracker.blocking {
      let trace = try TraceEndpoints.named(name, tracker)
      return (trace.artifactRoot.uri, try TraceFile.spans(of: trace, tracker.workspace))
    }
    if let spans { return spans }
    // Clients of before MLflow 3 put them among the trace's files.
    return try await send(root, TraceFile.name, request, context) {
      MLflowError(.notFound, "Trace data not found for path=\(TraceFile.name)")
    }
  }

  @Sendable private func upload(_ request: Request, _ context: PeerContext) async throws -> Response
  {
    let fields = try PageFiles.query(request)
    guard let text = try fields.text("run_uuid"), !text.isEmpty else {
      throw MLflowError.invalid("Request must specify run_uuid.")
    }
    guard let path = try fields.text("path"), !path.isEmpty else {
      throw MLflowError.invalid("Request must specify path.")
    }
    try ArtifactPath.check(path)
    if let length = request.headers[.contentLength].flatMap({ Int64($0) }) {
      guard length <= PageFiles.uploadLimit else {
        throw MLflowError.invalid("Artifact size is too large. Max size is 10MB.")
      }
      guard length > 0 else { throw MLflowError.invalid("Request must specify data.") }
    }
    let root = try await tracker.blocking {
      try tracker.run(try tracker.runID(text)).artifactRoot.uri
    }
    return try await transfer.upload(
      PageFiles.below(root, path), request, context, limit: PageFiles.uploadLimit)
  }

  /// - Parameter missing: what is said if there is none; nil for what is said of any file.
  private func send(
    _ root: String, _ path: String, _ request: Request, _ context: PeerContext,
    missing: (() -> MLflowError)? = nil
  ) async throws -> Response {
    guard root.hasPrefix(ArtifactRoot.scheme) else {
      throw MLflowError.invalid(
        "The files at '\(root)' are not on this server; ask for them there.")
    }
    do {
      return try await transfer.download(PageFiles.below(root, path), request, context)
    } catch let error as MLflowError where error.code == .resourceDoesNotExist {
      throw missing?() ?? error
    }
  }

  private static func below(_ root: String, _ path: String) -> String {
    root.dropFirst(ArtifactRoot.scheme.count) + "/" + path
  }

  private static func query(_ request: Request) throws(MLflowError) -> Fields {
    Fields(query: try PercentCoding.decodeQuery(request.uri.query ?? ""))
  }

  private static func path(_ fields: Fields, _ name: String) throws(MLflowError) -> String {
    guard let path = try fields.text(name) else { throw Fields.missing(name) }
    try ArtifactPath.check(path)
    return path
  }
}
