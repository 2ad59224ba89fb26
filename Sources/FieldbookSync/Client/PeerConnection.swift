import AsyncHTTPClient
import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// One conversation with a peer: handshake, then messages under its session.
final class PeerConnection {
  let url: String
  private let client: HTTPClient
  private let workspace: Workspace
  private var session: String?
  private var proof: String?
  private(set) var peer: DeviceKey?
  private(set) var bytesIn = 0
  private(set) var bytesOut = 0
  private(set) var roundTrips = 0

  init(url: String, workspace: Workspace) throws {
    self.url = try PeerConnection.checked(url)
    self.workspace = workspace
    var configuration = HTTPClient.Configuration()
    // A peer that points elsewhere is none: what is said here is for the address that was given.
    configuration.redirectConfiguration = .disallow
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Plain HTTP, and so this machine only.
  static func checked(_ text: String) throws -> String {
    guard let url = URL(string: text), url.scheme == "http", let host = url.host, !host.isEmpty
    else {
      throw SyncFailure.badURL(text)
    }
    guard ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) else {
      throw SyncFailure.notLoopback(host)
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  func close() async { try? await client.shutdown() }

  /// Both sides prove their keys.
  ///
  /// - Parameter pin: the device that the remote has to be; nil takes any enrolled one.
  func prove(pin: DeviceKey?) async throws {
    let nonce = workspace.environment.random(32)
    let hello = Handshake.Hello(
      nonce: Hex.encode(nonce), device: workspace.deviceKey.hex,
      workspace: Handshake.blinded(workspace.id, nonce: nonce))
    let answer = try decode(
      Handshake.Answer.self, await post("hello", Array(try JSONEncoder().encode(hello))))
    guard let key = Hex.decode(answer.device).flatMap(DeviceKey.init),
      let serverNonce = Hex.decode(answer.nonce), let shown = Hex.decode(answer.proof)
    else { throw SyncFailure.notAPeer(url: url) }
    let transcript = Handshake.Transcript(
      workspace: workspace.id, clientNonce: nonce, serverNonce: serverNonce,
      client: workspace.deviceKey, server: key)
    if let pin, pin != key, !workspace.isSuccessor(key, of: pin) {
      throw SyncFailure.otherPeer(expected: pin, found: key)
    }
    // Before the first exchange of a clone nobody is known but by the code.
    let isCurrent = workspace.isEnrolled(key) != nil || pin == key && !workspace.isRevoked(key)
    guard transcript.verifies(shown, of: .server), isCurrent else {
      throw SyncFailure.unprovenPeer(key)
    }
    peer = key
    session = answer.session
    proof = Hex.encode(try workspace.sign(transcript.bytes(.client)))
  }

  func exchange(_ offer: SyncOffer) async throws -> SyncOffer {
    try SyncOffer(encoded: await post("exchange", offer.encoded))
  }

  /// True when the peer's heads are no longer these.
  func wait(until digest: ContentDigest) async throws -> Bool {
    let (status, _) = try await send(
      .POST, "wait?digest=\(digest.hex)", [], timeout: .seconds(45))
    return status == 200
  }

  func object(_ digest: ContentDigest, from offset: Int64) async throws -> [UInt8] {
    try await send(.GET, "objects/\(digest.hex)?offset=\(offset)", []).body
  }

  func putObject(_ digest: ContentDigest, _ bytes: [UInt8], at offset: Int64, isLast: Bool)
    async throws
  {
    _ = try await send(
      .PUT, "objects/\(digest.hex)?offset=\(offset)&last=\(isLast ? 1 : 0)", bytes)
  }

  func enrol(_ request: SyncServer.EnrolRequest) async throws -> SyncServer.EnrolAnswer {
    try decode(
      SyncServer.EnrolAnswer.self, await post("enroll", Array(try JSONEncoder().encode(request))))
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
      throw SyncFailure.notAPeer(url: url)
    }
    return value
  }

  private func post(_ path: String, _ body: [UInt8]) async throws -> [UInt8] {
    try await send(.POST, path, body).body
  }

  private func send(
    _ method: HTTPMethod, _ path: String, _ body: [UInt8], timeout: TimeAmount = .seconds(60)
  ) async throws -> (status: UInt, body: [UInt8]) {
    var request = HTTPClientRequest(url: url + "/sync/v1/" + path)
    request.method = method
    if let session { request.headers.add(name: "Fieldbook-Session", value: session) }
    if let proof { request.headers.add(name: "Fieldbook-Proof", value: proof) }
    if method != .GET { request.body = .bytes(ByteBuffer(bytes: body)) }
    let response: HTTPClientResponse
    let bytes: [UInt8]
    do {
      response = try await client.execute(request, timeout: timeout)
      bytes = Array(
        try await response.body.collect(upTo: SyncLimits.messageBytes).readableBytesView)
    } catch let error as HTTPClientError {
      throw SyncFailure.unreachable(url: url, reason: error.shortDescription)
    } catch is NIOTooManyBytesError {
      throw SyncFailure.notAPeer(url: url)
    } catch let error where !(error is CancellationError) {
      throw SyncFailure.unreachable(url: url, reason: "no answer (\(type(of: error)))")
    }
    roundTrips += 1
    bytesOut += body.count
    bytesIn += bytes.count
    if let given = response.headers.first(name: "Fieldbook-Session") { session = given }
    guard response.status.code < 300 else { throw refusal(bytes) }
    // The key is proved once a session.
    if path == "exchange" { proof = nil }
    return (response.status.code, bytes)
  }

  private func refusal(_ bytes: [UInt8]) -> any Error {
    guard let told = try? JSONDecoder().decode([String: String].self, from: Data(bytes)),
      let word = told["error"], let text = told["message"]
    else { return SyncFailure.notAPeer(url: url) }
    switch word {
    case "other_workspace": return SyncFailure.otherWorkspace
    case "not_enrolled": return SyncFailure.notEnrolledHere
    case "revoked": return SyncFailure.revokedThere
    case "code_unknown", "code", "try_later": return SyncFailure.codeRefused(text)
    case "not_here": return SyncFailure.contentNotThere
    case "segment": return SyncFailure.refusedSegment(text)
    default: return SyncFailure.peerRefused(text)
    }
  }
}
