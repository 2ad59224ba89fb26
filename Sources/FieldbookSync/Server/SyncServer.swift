import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Synchronization

/// Answers peers: proves itself, makes them prove themselves, exchanges, redeems invites.
///
/// Everything that it decides is here, without sockets; `SyncRoutes` carries it over HTTP.
package final class SyncServer: Sendable {
  package let workspace: Workspace
  private let state = Mutex(State())

  private struct State {
    var sessions: [String: Session] = [:]
    var failedCodes: [Int64] = []

    mutating func add(_ session: Session, as id: String, now: Int64) {
      sessions = sessions.filter { now - $0.value.lastUse < SyncLimits.sessionIdleMilliseconds }
      if sessions.count >= SyncLimits.sessions,
        let oldest = sessions.min(by: { $0.value.precedes($1.value) })?.key
      {
        sessions[oldest] = nil
      }
      sessions[id] = session
    }
  }

  private struct Session {
    var transcript: Handshake.Transcript
    var isProved = false
    var session = SyncSession(agreed: [])
    var lastUse: Int64
    var enrolNonce: [UInt8]?

    /// Goes earlier when there are too many: strangers before peers, then the longest silent.
    func precedes(_ other: Session) -> Bool {
      isProved == other.isProved ? lastUse < other.lastUse : !isProved
    }
  }

  package init(workspace: Workspace) { self.workspace = workspace }

  // MARK: Proof

  package func hello(_ hello: Handshake.Hello) throws -> Handshake.Answer {
    guard let nonce = Hex.decode(hello.nonce), nonce.count == 32,
      let key = Hex.decode(hello.device).flatMap(DeviceKey.init)
    else { throw SyncRefusal.malformed }
    guard hello.workspace == Handshake.blinded(workspace.id, nonce: nonce) else {
      throw SyncRefusal.otherWorkspace
    }
    let transcript = Handshake.Transcript(
      workspace: workspace.id, clientNonce: nonce, serverNonce: workspace.environment.random(32),
      client: key, server: workspace.deviceKey)
    let id = Hex.encode(workspace.environment.random(16))
    let now = workspace.environment.now()
    state.withLock { $0.add(Session(transcript: transcript, lastUse: now), as: id, now: now) }
    return Handshake.Answer(
      nonce: Hex.encode(transcript.serverNonce), device: workspace.deviceKey.hex,
      proof: Hex.encode(try workspace.sign(transcript.bytes(.server))), session: id)
  }

  /// The device behind a session; throws unless it proved an enrolled key.
  package func peer(session id: String, proof: [UInt8]?) throws -> DeviceKey {
    guard let session = state.withLock({ $0.sessions[id] }) else { throw SyncRefusal.noSession }
    let key = session.transcript.client
    if !session.isProved {
      guard let proof, session.transcript.verifies(proof, of: .client) else {
        throw SyncRefusal.unproven
      }
    }
    guard workspace.isEnrolled(key) != nil else {
      throw workspace.isRevoked(key) ? SyncRefusal.revoked : .notEnrolled
    }
    let now = workspace.environment.now()
    let agreed = session.isProved ? nil : try workspace.peerState(key)
    state.withLock { state in
      state.sessions[id]?.lastUse = now
      if let agreed {
        state.sessions[id]?.isProved = true
        state.sessions[id]?.session = SyncSession(agreed: agreed)
      }
    }
    return key
  }

  /// A proved session of a replica at hand, without a channel between: for simulations and tests.
  package func admit(_ client: Workspace) throws -> String {
    let nonce = client.environment.random(32)
    let answer = try hello(
      .init(
        nonce: Hex.encode(nonce), device: client.deviceKey.hex,
        workspace: Handshake.blinded(workspace.id, nonce: nonce)))
    guard let serverNonce = Hex.decode(answer.nonce) else { throw SyncRefusal.malformed }
    let transcript = Handshake.Transcript(
      workspace: workspace.id, clientNonce: nonce, serverNonce: serverNonce,
      client: client.deviceKey, server: workspace.deviceKey)
    _ = try peer(session: answer.session, proof: client.sign(transcript.bytes(.client)))
    return answer.session
  }

  // MARK: Exchange

  package func exchange(session id: String, peer: DeviceKey, _ offer: SyncOffer) throws -> SyncOffer
  {
    guard var session = state.withLock({ $0.sessions[id]?.session }) else {
      throw SyncRefusal.noSession
    }
    defer { state.withLock { [session] in $0.sessions[id]?.session = session } }
    if session.receive(offer) == .askAllTips {
      var answer = SyncOffer(digest: try workspace.headsDigest())
      answer.needsAllTips = true
      return answer
    }
    let report = try Exchange.take(offer, into: workspace, from: peer)
    if report.applied > 0 { try workspace.performHubDuties() }
    var made = try Exchange.offer(
      from: workspace, upTo: nil, session: &session, answering: offer.wantedPayloads,
      withSegments: !offer.more)
    made.offer.problems = Exchange.problems(report)
    // Only what the peer says that it holds is known of it: an answer can be lost.
    try workspace.agree(with: peer, on: session.peerHeads, digest: offer.digest)
    return made.offer
  }

  // MARK: Enrolment

  package struct EnrolRequest: Codable, Sendable {
    package var invite: String
    package var device: String
    package var name: String
    package var owner: String
    package var proof: String?
  }

  package struct EnrolAnswer: Codable, Sendable {
    /// First step: the nonce to prove the secret over. Second: proof that this is the issuer.
    package var nonce: String?
    package var issuer: String?
    package var proof: String?
    package var name: String?
  }

  /// Redeems an invite in two steps; the secret itself is never sent by either side.
  package func enrol(session id: String?, _ request: EnrolRequest) throws -> (
    EnrolAnswer, session: String
  ) {
    let now = workspace.environment.now()
    guard let invite = Hex.decode(request.invite), invite.count == 16,
      let key = Hex.decode(request.device).flatMap(DeviceKey.init)
    else { throw SyncRefusal.malformed }
    guard let id, let proofText = request.proof else {
      let session = Hex.encode(workspace.environment.random(16))
      let nonce = workspace.environment.random(32)
      state.withLock { state in
        var fresh = Session(
          transcript: .init(
            workspace: workspace.id, clientNonce: [], serverNonce: nonce, client: key,
            server: workspace.deviceKey), lastUse: now)
        fresh.enrolNonce = nonce
        state.add(fresh, as: session, now: now)
      }
      return (EnrolAnswer(nonce: Hex.encode(nonce)), session)
    }
    let nonce = state.withLock { state -> [UInt8]? in
      defer { state.sessions[id] = nil }
      state.failedCodes.removeAll { now - $0 > 60_000 }
      guard state.failedCodes.count < SyncLimits.failedCodesAMinute else { return nil }
      return state.sessions[id]?.enrolNonce
    }
    guard let nonce else { throw SyncRefusal.tryLater }
    func refuse(_ refusal: SyncRefusal) -> SyncRefusal {
      state.withLock { $0.failedCodes.append(now) }
      return refusal
    }
    guard let known = try workspace.invite(id: invite) else { throw refuse(.codeUnknown) }
    let parts = [
      nonce, key.bytes, Array(request.name.utf8), Array(request.owner.utf8), workspace.id.key.bytes,
    ]
    let expected = InviteCode.proof(secret: known.secret, label: "enrol", parts: parts)
    guard let proof = Hex.decode(proofText), SyncServer.equal(proof, expected) else {
      throw refuse(.codeUnknown)
    }
    do {
      try workspace.redeemInvite(id: invite, key: key, name: request.name, owner: request.owner)
    } catch let failure as WorkspaceFailure {
      throw refuse(.code(failure.message))
    }
    let answer = InviteCode.proof(
      secret: known.secret, label: "accept", parts: parts + [workspace.deviceKey.bytes])
    return (
      EnrolAnswer(issuer: workspace.deviceKey.hex, proof: Hex.encode(answer), name: workspace.name),
      id
    )
  }

  /// Takes as long for a wrong first byte as for a wrong last one.
  private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

/// What a peer is told when it is refused: a word for its program, a line for its person.
package enum SyncRefusal: Error, Equatable {
  case malformed, otherWorkspace, noSession, unproven, notEnrolled, revoked, tryLater, codeUnknown,
    notHere
  case code(String)

  package var word: String {
    switch self {
    case .malformed: "malformed"
    case .otherWorkspace: "other_workspace"
    case .noSession: "no_session"
    case .unproven: "unproven"
    case .notEnrolled: "not_enrolled"
    case .revoked: "revoked"
    case .tryLater: "try_later"
    case .codeUnknown: "code_unknown"
    case .notHere: "not_here"
    case .code: "code"
    }
  }

  package var text: String {
    switch self {
    case .malformed: "the message does not read"
    case .otherWorkspace: "the peer holds another workspace"
    case .noSession: "the session has ended"
    case .unproven: "the device key was not proved"
    case .notEnrolled: "this device is not enrolled at the peer"
    case .revoked: "this device was revoked"
    case .tryLater: "too many wrong codes; the peer listens again in a minute"
    case .codeUnknown: "the peer did not issue this code"
    case .notHere: "the peer does not have this content either"
    case .code(let text): text
    }
  }
}
