import FieldbookServing
import FieldbookTestSupport
import Foundation
import Hummingbird

@testable import FieldbookSync

/// Stands between: takes what peers post under a certificate of its own or none, hands it on to `url` as it is, and the
/// answer back, unless `swallows` says of the word and the body that it never arrives.
func relaying(
  to url: String, _ identity: TLSIdentity? = nil,
  swallows: @escaping @Sendable (_ word: String, _ body: [UInt8]) -> Bool = { _, _ in false },
  _ body: @escaping @Sendable (_ url: String) async throws -> Void
) async throws {
  try await serving(
    on: Listener(identity: identity),
    routes: { router in
      router.post("/sync/v1/:word") { request, context in
        let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
        let word = try context.parameters.require("word")
        var headers: [String: String] = [:]
        for field in request.headers where field.name.canonicalName.hasPrefix("fieldbook") {
          headers[field.name.rawName] = field.value
        }
        let wire = try await Wire.open(url)
        let answer = try await wire.request("POST", "/sync/v1/" + word, bytes, headers)
        await wire.close()
        if swallows(word, bytes) {
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
    }, body)
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
    try await relaying(
      to: inner,
      swallows: { word, bytes in
        let isSecondStep = String(decoding: bytes, as: UTF8.self).contains("proof")
        return word == endpoint && (word != "enroll" || isSecondStep)
      }, body)
  }
}
