import FieldbookModel
import FieldbookRepository
import FieldbookServing
import FieldbookWorkspace
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The large files of snapshots, for git-lfs: it finds them by itself below the repository's address.
struct LargeFileRoutes: Sendable {
  let hosting: GitHosting

  init(_ hosting: GitHosting) { self.hosting = hosting }

  func add(to group: RouterGroup<PeerContext>) {
    group.post("info/lfs/objects/batch") { request, context in
      try await GitAdmission.pass(request, context, hosting) { try await batch(request) }
    }
    group.get("info/lfs/objects/{digest}") { request, context in
      try await GitAdmission.pass(request, context, hosting) {
        try await content(request, context)
      }
    }
  }

  private func batch(_ request: Request) async throws -> Response {
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: LargeFileBatch.requestBytes)
    } catch is NIOTooManyBytesError {
      return LargeFileRoutes.trouble(.contentTooLarge, "the question is too long")
    }
    guard let question = LargeFileBatch.read(Array(body.readableBytesView)) else {
      return LargeFileRoutes.trouble(.unprocessableContent, "the question does not read")
    }
    guard question.operation == "download" else {
      return LargeFileRoutes.trouble(
        .forbidden, "files of runs are pushed by fieldbook sync, and only read by git-lfs")
    }
    guard question.hashAlgorithm ?? "sha256" == "sha256",
      question.transfers?.contains("basic") ?? true
    else {
      return LargeFileRoutes.trouble(
        .unprocessableContent, "contents are known by SHA-256, and had by the transfer 'basic'")
    }
    guard let host = request.head.authority, !host.isEmpty, host.utf8.count <= 256 else {
      return LargeFileRoutes.trouble(.badRequest, "the request names no host")
    }
    let base =
      (hosting.isSecure ? "https://" : "http://") + host + GitHosting.path + "/info/lfs/objects"
    let authorization = request.headers[.authorization]
    let store = hosting.workspace.contentStore
    let answer = try await Blocking.run {
      LargeFileBatch.answer(question, base: base, authorization: authorization) {
        store.size(of: $0)
      }
    }
    return LargeFileRoutes.json(.ok, answer)
  }

  private func content(_ request: Request, _ context: PeerContext) async throws -> Response {
    let store = hosting.workspace.contentStore
    guard let digest = context.parameters.get("digest").flatMap({ ContentDigest(hex: $0) }),
      let size = try await Blocking.run({ store.size(of: digest) })
    else { return LargeFileRoutes.trouble(.notFound, "this content is not here") }
    let part: Range<Int64>?
    do {
      part = try ByteRange.read(request.headers[.range], of: size)
    } catch {
      return LargeFileRoutes.trouble(.rangeNotSatisfiable, "the content ends before")
    }
    let reader = try await Blocking.run { try store.reader(of: digest, range: part) }
    let first: [UInt8]?
    do { first = try await Blocking.run { try reader.next() } } catch let failure as BucketFailure {
      hosting.complaints.note(failure.message, from: context.address)
      return LargeFileRoutes.trouble(.serviceUnavailable, SyncRefusal.away.text)
    }
    var response = Response(
      status: part == nil ? .ok : .partialContent,
      headers: [.contentType: "application/octet-stream", .acceptRanges: "bytes"])
    if let part { response.headers[.contentRange] = ByteRange.header(part, of: size) }
    let count = Int(reader.range.upperBound - reader.range.lowerBound)
    // If it turns out to be damaged the answer ends early, and the client sees that it is shorter than was said.
    response.body = ResponseBody(contentLength: count) { writer in
      var piece = first
      while let bytes = piece {
        try await writer.write(ByteBuffer(bytes: bytes))
        piece = try await Blocking.run { try reader.next() }
      }
      try await writer.finish(nil)
    }
    return response
  }

  private static func trouble(_ status: HTTPResponse.Status, _ text: String) -> Response {
    json(status, ["message": text])
  }

  private static func json(_ status: HTTPResponse.Status, _ value: some Encodable) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return Response(
      status: status, headers: [.contentType: LargeFileBatch.mediaType],
      body: .init(byteBuffer: ByteBuffer(bytes: Array(bytes))))
  }
}
