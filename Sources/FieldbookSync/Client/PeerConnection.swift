import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One conversation with a peer: handshake, then messages under its session.
final class PeerConnection {
  let url: String
  private let channel: PeerChannel
  private let rule: CertificateRule
  private let workspace: Workspace
  private var session: String?
  private var proof: String?
  private(set) var peer: DeviceKey?
  /// Large contents can travel by chunks.
  private(set) var hasChunks = false
  /// Snapshots can travel.
  private(set) var hasSnapshots = false
  /// What it does not want now it may want later.
  private(set) var isSelective = false
  private(set) var bytesIn = 0
  private(set) var bytesOut = 0
  private(set) var roundTrips = 0

  init(url: String, workspace: Workspace, rule: CertificateRule) throws {
    let address = try PeerAddress(url)
    self.url = address.text
    self.workspace = workspace
    self.rule = rule
    channel = PeerChannel(address, rule: rule)
  }

  convenience init(remote: Workspace.Remote, workspace: Workspace) throws {
    try self.init(
      url: remote.url, workspace: workspace, rule: CertificateRule(remote: remote, in: workspace))
  }

  func close() async { await channel.close() }

  /// The certificate that the peer showed; nil without TLS.
  var certificate: CertificateFingerprint? { channel.shown }

  /// The same whole, DER.
  var certificateBytes: [UInt8]? { channel.certificate }

  /// What both sides' proofs are made over, so that nobody can stand between them.
  var channelBinding: [UInt8] { certificate?.bytes ?? [] }

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
      client: workspace.deviceKey, server: key, channel: channelBinding)
    if let pin, pin != key, try !workspace.isSuccessor(key, of: pin) {
      throw SyncFailure.otherPeer(expected: pin, found: key)
    }
    // Before the first exchange of a clone nobody is known but by the code.
    let isMember = try workspace.role(of: key) != nil
    let isCurrent = try isMember || pin == key && !workspace.isRevoked(key)
    guard transcript.verifies(shown, of: .server), isCurrent else {
      throw SyncFailure.unprovenPeer(key)
    }
    if let certificate {
      guard rule.admits(certificate, logged: try workspace.certificates(of: key)) else {
        throw SyncFailure.otherCertificate(url: url, shown: certificate)
      }
    }
    peer = key
    hasChunks = answer.features?.contains(Handshake.chunks) == true
    hasSnapshots = answer.features?.contains(Handshake.snapshots) == true
    isSelective = answer.features?.contains(Handshake.selective) == true
    session = answer.session
    proof = Hex.encode(try workspace.sign(transcript.bytes(.client)))
  }

  func exchange(_ offer: SyncOffer) async throws -> SyncOffer {
    let answer = try await send(
      .POST, "exchange", offer.encoded, answerLimit: SyncLimits.messageBytes)
    return try SyncOffer(encoded: answer.body)
  }

  /// What the peer holds of ranges of segments, and the digest of its heads.
  func compare(_ ranges: [HashRange]) async throws -> (ContentDigest, [HashRangeAnswer]) {
    let answer = try await send(
      .POST, "compare", HashRangeCoding.encode(ranges), answerLimit: SyncLimits.rangeAnswerBytes
    ).body
    guard let digest = ContentDigest(bytes: Array(answer.prefix(32))) else {
      throw SyncFailure.notAPeer(url: url)
    }
    return (digest, try HashRangeCoding.decodeAnswers(Array(answer.dropFirst(32))))
  }

  /// True when the peer's heads are no longer these.
  func wait(until digest: ContentDigest) async throws -> Bool {
    let (status, _) = try await send(.POST, "wait?digest=\(digest.hex)", [])
    return status == 200
  }

  func object(_ digest: ContentDigest, from offset: Int64) async throws -> [UInt8] {
    try await send(
      .GET, "objects/\(digest.hex)?offset=\(offset)", [], answerLimit: SyncLimits.objectBytes
    ).body
  }

  func putObject(_ digest: ContentDigest, _ bytes: [UInt8], at offset: Int64, isLast: Bool)
    async throws
  {
    _ = try await send(
      .PUT, "objects/\(digest.hex)?offset=\(offset)&last=\(isLast ? 1 : 0)", bytes)
  }

  /// What a content is made of there.
  func recipe(_ digest: ContentDigest, limit: Int) async throws -> [UInt8] {
    try await send(.GET, "objects/\(digest.hex)/recipe", [], answerLimit: limit).body
  }

  /// Frames of some of these chunks, in their order: those that the peer has, as many as one message carries.
  func chunks(_ wanted: ArraySlice<ContentDigest>) async throws -> [UInt8] {
    try await send(
      .POST, "chunks", wanted.flatMap(\.bytes),
      answerLimit: SyncLimits.chunkBytes + ChunkFrame.bytesMax
    ).body
  }

  /// Which chunks of a recipe the peer lacks; with none, the content is there now.
  func missing(_ recipe: Recipe) async throws -> [ContentDigest] {
    let answer = try await send(
      .POST, "objects/\(recipe.content.hex)/missing", recipe.encoded,
      answerLimit: recipe.count / 8 + SyncLimits.shortAnswerBytes)
    do { return try recipe.chunks(marked: answer.body) } catch is LargeFailure {
      throw SyncFailure.notAPeer(url: url)
    }
  }

  func putChunks(_ frames: [UInt8], of digest: ContentDigest) async throws {
    _ = try await send(.PUT, "objects/\(digest.hex)/chunks", frames)
  }

  /// Frames of some of these objects, in their order: those that the peer has, as many as one message carries.
  func snapshotObjects(_ wanted: ArraySlice<GitObjectID>) async throws -> [UInt8] {
    try await send(
      .POST, "snapshots/objects", wanted.flatMap(\.bytes),
      answerLimit: SyncLimits.snapshotBytes + ObjectFrame.bytesMax
    ).body
  }

  /// Objects that the peer lacks.
  ///
  /// - Parameter declining: of those that it asked for before, which are not here either.
  func snapshotWants(declining: [GitObjectID], isFirst: Bool) async throws -> [GitObjectID] {
    let answer = try await send(
      .POST, "snapshots/wants?first=\(isFirst ? 1 : 0)", declining.flatMap(\.bytes),
      answerLimit: SyncLimits.snapshotObjects * 20)
    guard answer.body.count % 20 == 0 else { throw SyncFailure.notAPeer(url: url) }
    return stride(from: 0, to: answer.body.count, by: 20).compactMap {
      GitObjectID(bytes: answer.body[$0..<($0 + 20)])
    }
  }

  func putSnapshotObjects(_ frames: [UInt8]) async throws {
    _ = try await send(.PUT, "snapshots/objects", frames)
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
    _ method: HTTPMethod, _ path: String, _ body: [UInt8],
    answerLimit: Int = SyncLimits.shortAnswerBytes
  ) async throws -> (status: UInt, body: [UInt8]) {
    var headers = HTTPHeaders()
    if let session { headers.add(name: "Fieldbook-Session", value: session) }
    if let proof { headers.add(name: "Fieldbook-Proof", value: proof) }
    let answer: PeerAnswer
    do {
      // A nonce of an enrolment serves one try.
      answer = try await channel.send(
        .init(
          method: method, path: "/sync/v1/" + path, headers: headers, body: body,
          answerLimit: answerLimit, mayRepeat: path != "enroll"))
    } catch let error where !(error is CancellationError || error is SyncFailure) {
      throw Unreachable.failure(url, error)
    }
    roundTrips += 1
    bytesOut += body.count
    bytesIn += answer.body.count
    if let given = answer.headers.first(name: "Fieldbook-Session") { session = given }
    guard answer.status < 300 else { throw refusal(answer.body) }
    // The key is proved once a session.
    if path == "exchange" { proof = nil }
    return (answer.status, answer.body)
  }

  private func refusal(_ bytes: [UInt8]) -> any Error {
    guard let told = try? JSONDecoder().decode([String: String].self, from: Data(bytes)),
      let word = told["error"], let text = told["message"]
    else { return SyncFailure.notAPeer(url: url) }
    switch word {
    case "other_workspace": return SyncFailure.otherWorkspace
    case "not_enrolled":
      let isEnrolled = (try? workspace.role(of: workspace.deviceKey)).flatMap { $0 } != nil
      return isEnrolled ? SyncFailure.notHeardOfThere : .notEnrolledHere
    case "revoked": return SyncFailure.revokedThere
    case "code_unknown", "code", "try_later": return SyncFailure.codeRefused(text)
    case "away": return SyncFailure.contentAway
    case "not_here": return SyncFailure.contentNotThere
    case "whole": return SyncFailure.wantsWhole
    case "segment": return SyncFailure.refusedSegment(text)
    default: return SyncFailure.peerRefused(text)
    }
  }
}
