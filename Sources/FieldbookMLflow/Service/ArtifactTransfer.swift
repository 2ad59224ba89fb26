import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Foundation
import Hummingbird
import NIOCore

/// `mlflow-artifacts`: files by their path, streamed both ways, never whole in memory.
struct ArtifactTransfer: Sendable {
  static let prefixes = ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"]
  /// Method and path below the prefixes.
  static let routes: [(method: HTTPRequest.Method, path: String)] = [
    (.get, "artifacts"), (.get, "artifacts/{artifact_path}"), (.put, "artifacts/{artifact_path}"),
    (.delete, "artifacts/{artifact_path}"),
  ]
  /// A guard against an endless upload, not a quota.
  static let uploadLimit: Int64 = 1 << 40

  let tracker: Tracker
  private let files = FileIO()

  init(_ tracker: Tracker) { self.tracker = tracker }

  func mount(on routes: some RouterMethods<PeerContext>) {
    for prefix in ArtifactTransfer.prefixes.map({ $0 + "/artifacts" }) {
      let file = RouterPath(prefix + "/**")
      routes.get(RouterPath(prefix)) { request, _ in try await list(request) }
      routes.get(file) { request, context in
        try await download(try path(request, below: prefix), request, context)
      }
      routes.put(file) { request, context in
        try await upload(try path(request, below: prefix), request, context)
      }
      routes.delete(file) { request, _ in try await delete(try path(request, below: prefix)) }
    }
  }

  private func path(_ request: Request, below prefix: String) throws(MLflowError) -> String {
    try PercentCoding.decodePath(request.uri.path.dropFirst(prefix.count + 1))
  }

  /// Base names, relative to the folder asked for; nothing for what is no folder.
  private func list(_ request: Request) async throws -> Response {
    let fields = Fields(query: try PercentCoding.decodeQuery(request.uri.query ?? ""))
    let asked = try fields.text("path") ?? ""
    try ArtifactPath.check(asked)
    let text = ArtifactPath.normal(asked)
    return try await tracker.blocking {
      let address: ArtifactAddress
      do {
        address = try ArtifactAddress(text)
      } catch let error as MLflowError where error.code == .resourceDoesNotExist {
        return JSON.object([:]).response
      }
      let artifacts = try tracker.workspace.artifacts(of: address.owner.key)
      return JSON.object([
        "files": .list(ArtifactFolder.list(artifacts, folder: address.path, prefix: ""))
      ]).response
    }
  }

  /// The file as an attachment, named by the last part of its address.
  func download(
    _ text: String, _ request: Request, _ context: PeerContext
  ) async throws -> Response {
    let artifact = try await tracker.blocking {
      let address = try ArtifactAddress(text)
      let owner = address.owner.key
      let known = try tracker.workspace.artifacts(of: owner)
      guard known.contains(where: { $0.path == address.path }) else {
        throw ArtifactTransfer.missing(text, address.path, known)
      }
      return try tracker.workspace.heldArtifact(of: owner, path: address.path)
    }
    let name = text.split(separator: "/").last.map(String.init) ?? "artifact"
    var response = Response(status: .ok, headers: SentFile.headers(name))
    response.headers[.acceptRanges] = "bytes"
    // The log's word for its size is a peer's; the content's own is what is sent.
    let whole = try await tracker.blocking { try tracker.workspace.contentReader(artifact) }
    guard let part = try SentFile.range(request.headers[.range], of: whole.size) else {
      response.body = ContentBody.make(whole, tracker)
      return response
    }
    response.status = .partialContent
    response.headers[.contentRange] = ByteRange.header(part, of: whole.size)
    response.body = try await tracker.blocking {
      ContentBody.make(try tracker.workspace.contentReader(artifact, range: part), tracker)
    }
    return response
  }

  private static func missing(
    _ text: String, _ path: String, _ known: [Artifact]
  ) -> MLflowError {
    let folder = path.isEmpty ? "" : path + "/"
    return known.contains { $0.path.hasPrefix(folder) }
      ? .invalid("Artifact path refers to a directory, not a file: '\(text)'")
      : .missing("No such artifact: '\(text)'")
  }

  /// First into a file of its own: what broke off half way never becomes an artifact.
  func upload(
    _ text: String, _ request: Request, _ context: PeerContext, limit: Int64 = uploadLimit
  ) async throws -> Response {
    let address = try ArtifactAddress(text)
    guard !address.path.isEmpty else { throw MLflowError.invalid("Invalid path") }
    let announced = request.headers[.contentLength].flatMap { Int64($0) }
    let staging = try await tracker.blocking { try tracker.workspace.artifactStagingFile() }
    do {
      let body = MeasuredBody(request.body, limit: limit)
      do {
        try await files.writeFile(contents: body, path: staging, context: context)
      } catch let error as MLflowError {
        throw error
      } catch {
        // Not a 500: the client would send all of it again, seven times.
        throw MLflowError(.badRequest, "The artifact could not be taken in: \(error)")
      }
      guard announced == nil || announced == body.length.bytes else {
        throw MLflowError(
          .badRequest, "The upload broke off after \(body.length.bytes) bytes; nothing was kept.")
      }
      try await tracker.blocking {
        _ = try tracker.workspace.putArtifact(
          of: address.owner.key, path: address.path, file: staging)
        ArtifactTransfer.discard(staging)
      }
      return Response(status: .ok)
    } catch {
      _ = try? await tracker.blocking { ArtifactTransfer.discard(staging) }
      throw error
    }
  }

  /// The content store may have moved the file in or copied it.
  private static func discard(_ staging: String) {
    try? FileManager.default.removeItem(atPath: staging)
  }

  private func delete(_ text: String) async throws -> Response {
    try await tracker.blocking {
      let address = try ArtifactAddress(text)
      let folder = address.path + "/"
      for artifact in try tracker.workspace.artifacts(of: address.owner.key)
      where address.path.isEmpty || artifact.path == address.path
        || artifact.path.hasPrefix(folder)
      {
        try tracker.workspace.removeArtifact(of: address.owner.key, path: artifact.path)
      }
      return JSON.object([:]).response
    }
  }
}

/// A body that counts what went through, and ends with an error beyond the limit.
struct MeasuredBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  private let base: RequestBody
  private let limit: Int64
  let length = BodyLength()

  init(_ base: RequestBody, limit: Int64) {
    self.base = base
    self.limit = limit
  }

  func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), limit: limit, length: length)
  }

  struct Iterator: AsyncIteratorProtocol {
    var base: RequestBody.AsyncIterator
    let limit: Int64
    let length: BodyLength

    mutating func next() async throws -> ByteBuffer? {
      guard let buffer = try await base.next() else { return nil }
      guard length.add(Int64(buffer.readableBytes)) <= limit else {
        throw MLflowError.invalid(
          limit == PageFiles.uploadLimit
            ? "Artifact size is too large. Max size is 10MB."
            : "The artifact is longer than \(limit) bytes.")
      }
      return buffer
    }
  }
}
