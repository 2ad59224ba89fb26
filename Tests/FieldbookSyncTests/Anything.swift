import FieldbookServing
import FieldbookWorkspace
import Foundation
import Hummingbird
import Logging
import Synchronization

@testable import FieldbookSync

/// How often a server was asked for anything.
final class Asked: Sendable {
  private let value = Mutex(0)
  var count: Int { value.withLock { $0 } }
  func note() { value.withLock { $0 += 1 } }
}

/// A stranger's server, which counts what it is asked.
func servingAnything(
  identity: TLSIdentity?, _ asked: Asked,
  _ body: @escaping @Sendable (_ url: String) async throws -> Void
) async throws {
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  let listener = Listener(identity: identity)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { port.finish() }
      let router = Router(context: PeerContext.self)
      router.post("/sync/v1/:word") { _, _ in
        asked.note()
        return "{}"
      }
      try await listener.run(
        router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      ) {
        port.yield($0)
      }
    }
    guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
    try await body("\(identity == nil ? "http" : "https")://127.0.0.1:\(number)")
    group.cancelAll()
  }
}

/// A hub whose answers no longer arrive once `endpoint` was asked: it does what it is told to, and then cuts the
/// connection.
///
/// An enrolment is asked in two steps; it is the second that goes unanswered.
func servingUntil(
  _ endpoint: String, _ server: SyncServer,
  _ body: @escaping @Sendable (_ url: String) async throws -> Void
) async throws {
  try await serving(server) { inner in
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { port.finish() }
        let router = Router(context: PeerContext.self)
        router.post("/sync/v1/:word") { request, context in
          let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
          let word = try context.parameters.require("word")
          var headers: [String: String] = [:]
          for field in request.headers where field.name.canonicalName.hasPrefix("fieldbook") {
            headers[field.name.rawName] = field.value
          }
          let wire = try await Wire.open(inner)
          let answer = try await wire.request("POST", "/sync/v1/" + word, bytes, headers)
          await wire.close()
          let isSecondStep = String(decoding: bytes, as: UTF8.self).contains("proof")
          if word == endpoint, word != "enroll" || isSecondStep {
            return Response(status: .ok, body: .init { _ in throw CancellationError() })
          }
          var response = Response(
            status: .init(code: answer?.status ?? 500),
            body: .init(byteBuffer: ByteBuffer(bytes: answer?.body ?? [])))
          if let session = answer?.headers["fieldbook-session"] {
            response.headers[.syncSession] = session
          }
          return response
        }
        try await Listener().run(
          router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { port.yield($0) }
      }
      guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
      try await body("http://127.0.0.1:\(number)")
      group.cancelAll()
    }
  }
}
