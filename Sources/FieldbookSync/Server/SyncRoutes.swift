import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookServing
import FieldbookWorkspace
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The sync protocol over HTTP, below `/sync/v1/`.
package struct SyncRoutes: Sendable {
  private let server: SyncServer
  private let turnstile = Turnstile(
    places: SyncLimits.exchanges, queue: SyncLimits.exchangesWaiting)

  package init(_ server: SyncServer) { self.server = server }

  package func add(to router: Router<PeerContext>) {
    let group = router.group("/sync/v1")
    group.post("hello") { request, context in
      try await answering(context) {
        let bytes = try await body(request, limit: SyncLimits.helloBytes)
        let hello = try SyncRoutes.decode(Handshake.Hello.self, bytes)
        return try json(try await blocking { try server.hello(hello, from: context.address) })
      }
    }
    group.post("exchange") { request, context in
      try await answering(context) {
        let peer = try await proved(request)
        let session = request.headers[.syncSession] ?? ""
        let answer = try await turnstile.pass {
          let bytes = try await body(request, limit: SyncLimits.messageBytes)
          return try await blocking {
            guard let offer = try? SyncOffer(encoded: bytes) else { throw SyncRefusal.malformed }
            return try server.exchange(session: session, peer: peer, offer).encoded
          }
        }
        return binary(answer)
      }
    }
    group.post("compare") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        let answer = try await turnstile.pass {
          let bytes = try await body(request, limit: SyncLimits.rangesBytes)
          return try await blocking {
            guard let ranges = try? HashRangeCoding.decodeRanges(bytes) else {
              throw SyncRefusal.malformed
            }
            return try server.compare(ranges)
          }
        }
        return binary(answer)
      }
    }
    group.post("wait") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        return try await wait(for: request)
      }
    }
    group.post("enroll") { request, context in
      try await answering(context) {
        let bytes = try await body(request, limit: SyncLimits.helloBytes)
        let wanted = try SyncRoutes.decode(SyncServer.EnrolRequest.self, bytes)
        let session = request.headers[.syncSession]
        let (answer, id) = try await blocking {
          try server.enrol(session: session, wanted, from: context.address)
        }
        var response = try json(answer)
        response.headers[.syncSession] = id
        return response
      }
    }
    group.get("objects/{digest}") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        let digest = try SyncRoutes.digest(context)
        let offset = Int64(request.uri.queryParameters["offset"].map(String.init) ?? "0") ?? 0
        let bytes = try await blocking { try read(digest, from: offset) }
        return binary(bytes)
      }
    }
    group.put("objects/{digest}") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        let digest = try SyncRoutes.digest(context)
        let offset = Int64(request.uri.queryParameters["offset"].map(String.init) ?? "0") ?? 0
        let isLast = request.uri.queryParameters["last"] == "1"
        let bytes = try await body(request, limit: SyncLimits.objectBytes)
        try await blocking { try write(digest, bytes, at: offset, isLast: isLast) }
        return Response(status: .ok)
      }
    }
    if server.features.contains(Handshake.chunks) { addChunks(to: group) }
    if server.features.contains(Handshake.snapshots) { addSnapshots(to: group) }
  }

  private func addSnapshots(to group: RouterGroup<PeerContext>) {
    group.post("snapshots/objects") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        let bytes = try await body(request, limit: SyncLimits.snapshotObjects * 20)
        return binary(try await blocking { try server.snapshotReceiving.objects(bytes) })
      }
    }
    group.post("snapshots/wants") { request, context in
      try await answering(context) {
        let device = try await proved(request)
        let isFirst = request.uri.queryParameters["first"] == "1"
        let bytes = try await body(request, limit: SyncLimits.snapshotObjects * 20)
        return binary(
          try await blocking {
            try server.snapshotReceiving.wants(of: device, declining: bytes, isFirst: isFirst)
          })
      }
    }
    group.put("snapshots/objects") { request, context in
      try await answering(context) {
        let device = try await proved(request)
        // As large as a message of an exchange.
        return try await turnstile.pass {
          let bytes = try await body(
            request, limit: SyncLimits.snapshotBytes + ObjectFrame.bytesMax)
          try await blocking { try server.snapshotReceiving.take(bytes, from: device) }
          return Response(status: .ok)
        }
      }
    }
  }

  /// Large contents by chunks, for clients that know them.
  private func addChunks(to group: RouterGroup<PeerContext>) {
    group.get("objects/{digest}/recipe") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        let digest = try SyncRoutes.digest(context)
        return binary(try await blocking { try server.chunkReceiving.recipe(of: digest) })
      }
    }
    group.post("chunks") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        let bytes = try await body(request, limit: SyncLimits.chunks * 32)
        return binary(try await blocking { try server.chunkReceiving.frames(of: bytes) })
      }
    }
    group.post("objects/{digest}/missing") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        let digest = try SyncRoutes.digest(context)
        // A recipe is as large as a message of an exchange.
        return binary(
          try await turnstile.pass {
            let bytes = try await body(request, limit: SyncLimits.recipeBytes)
            return try await blocking { try server.chunkReceiving.missing(digest, recipe: bytes) }
          })
      }
    }
    group.put("objects/{digest}/chunks") { request, context in
      try await answering(context) {
        _ = try await proved(request)
        let digest = try SyncRoutes.digest(context)
        let bytes = try await body(
          request, limit: SyncLimits.chunkBytes + ChunkFrame.bytesMax)
        try await blocking { try server.chunkReceiving.take(bytes, of: digest) }
        return Response(status: .ok)
      }
    }
  }

  // MARK: Objects

  private func read(_ digest: ContentDigest, from offset: Int64) throws -> [UInt8] {
    guard let size = server.workspace.contentStore.size(of: digest), offset >= 0 else {
      throw SyncRefusal.notHere
    }
    guard offset < size else { return [] }
    do {
      return try server.workspace.contentStore.part(of: digest, from: offset, size)
    } catch is LargeFailure {
      // A chunk has rotted: from now on the content counts as not here.
      throw SyncRefusal.notHere
    }
  }

  private func write(_ digest: ContentDigest, _ bytes: [UInt8], at offset: Int64, isLast: Bool)
    throws
  {
    let store = server.workspace.contentStore
    guard !store.contains(digest) else { return }
    let size = try server.workspace.missingSize(digest)
    guard let size, (0...size).contains(offset), Int64(bytes.count) <= size - offset else {
      throw SyncRefusal.code("this content is not one that the peer lacks")
    }
    if offset == 0, store.partialSize(digest) > 0 { store.discardPartial(digest) }
    try store.appendPartial(digest, bytes: bytes[...], at: offset)
    if isLast { try store.finishPartial(digest) }
  }

  // MARK: Waiting

  /// Answers when this replica's heads change, or after half a minute: a live tail without polling.
  private func wait(for request: Request) async throws -> Response {
    let known = request.uri.queryParameters["digest"].map(String.init) ?? ""
    do {
      // A server that is asked to stop does not wait for those who wait.
      return try await cancelWhenGracefulShutdown { try await news(since: known) }
    } catch is CancellationError {
      return Response(status: .noContent)
    }
  }

  private func news(since known: String) async throws -> Response {
    let workspace = server.workspace
    var looked: LogMoment?
    for _ in 0..<60 {
      // To look costs a read; sealing, only when something was written.
      let moment = try await blocking { try workspace.moment() }
      if moment != looked {
        let now = try await blocking { try workspace.headsDigest().hex }
        if now != known { return Response(status: .ok) }
        looked = try await blocking { try workspace.moment() }
      }
      try await Task.sleep(for: .milliseconds(500))
    }
    return Response(status: .noContent)
  }

  // MARK: Requests

  /// Nothing is told before the key behind a session is proved and enrolled.
  private func proved(_ request: Request) async throws -> DeviceKey {
    let session = request.headers[.syncSession] ?? ""
    let proof = request.headers[.syncProof].flatMap { Hex.decode($0) }
    return try await blocking { try server.peer(session: session, proof: proof) }
  }

  private func body(_ request: Request, limit: Int) async throws -> [UInt8] {
    do {
      let buffer = try await request.body.collect(upTo: limit)
      return Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
      throw SyncRefusal.malformed
    }
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value
  {
    guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
      throw SyncRefusal.malformed
    }
    return value
  }

  private static func digest(_ context: PeerContext) throws -> ContentDigest {
    guard let digest = context.parameters.get("digest").flatMap({ ContentDigest(hex: $0) }) else {
      throw SyncRefusal.malformed
    }
    return digest
  }

  private func binary(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/octet-stream"],
      body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  private func json(_ value: some Encodable) throws -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: Array(try JSONEncoder().encode(value)))))
  }

  /// The workspace waits for the disk: never on an event loop.
  private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value)
    async throws
    -> Value
  {
    try await Blocking.run(body)
  }

  /// Every refusal is a word and a line; nothing else of what went wrong is told.
  private func answering(
    _ context: PeerContext, _ body: () async throws -> Response
  ) async throws -> Response {
    do {
      return try await body()
    } catch let refusal as SyncRefusal {
      if let complaint = refusal.complaint {
        server.complaints.note(complaint, from: context.address)
      }
      return try SyncRoutes.refusal(refusal.word, refusal.text)
    } catch let failure as BucketFailure {
      server.complaints.note(failure.message, from: context.address)
      return try SyncRoutes.refusal(
        SyncRefusal.away.word, SyncRefusal.away.text, status: .serviceUnavailable)
    } catch let failure as any Failure {
      server.complaints.note(failure.message, from: context.address)
      return try SyncRoutes.refusal("failed", failure.message)
    }
  }

  private static func refusal(
    _ word: String, _ text: String, status: HTTPResponse.Status = .forbidden
  ) throws -> Response {
    let bytes = try JSONEncoder().encode(["error": word, "message": text])
    return Response(
      status: status, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: Array(bytes))))
  }
}

extension HTTPField.Name {
  static let syncSession = HTTPField.Name("Fieldbook-Session")!
  static let syncProof = HTTPField.Name("Fieldbook-Proof")!
}
