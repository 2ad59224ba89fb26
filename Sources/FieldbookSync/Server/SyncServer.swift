import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookWorkspace
import Synchronization

/// Answers peers: proves itself, makes them prove themselves, exchanges, redeems invites.
///
/// Everything that it decides is here, without sockets; `SyncRoutes` carries it over HTTP.
package final class SyncServer: Sendable {
  package let workspace: Workspace
  /// What clients see of this server; nil without TLS.
  private let certificate: CertificateFingerprint?
  let complaints: Complaints
  /// Whether what was exchanged is noted for people.
  private let keepsLog: Bool
  private let tipsMax: Int
  let features: Set<String>
  let chunkReceiving: ChunkReceiving
  let snapshotReceiving: SnapshotReceiving
  private let state = Mutex(State())

  private struct State {
    var sessions: [String: Session] = [:]
    var failedCodes = Attempts(limit: SyncLimits.failedCodesAMinute)
    var greetings = Attempts(limit: SyncLimits.unprovedGreetingsAMinute)

    mutating func greet(_ address: NetworkAddress, now: Int64) throws(SyncRefusal) {
      guard !greetings.isOver(address, now: now) else { throw .tryLater }
      greetings.note(address, now: now)
    }

    /// A device that opens session after session has so many of them.
    mutating func prove(_ id: String, _ session: SyncSession) {
      guard let proved = sessions[id] else { return }
      greetings.forgive(proved.address)
      let key = proved.transcript.client
      let others = sessions.filter { $0.value.isProved && $0.value.transcript.client == key }
      if others.count >= SyncLimits.sessionsPerDevice,
        let oldest = others.min(by: { $0.value.precedes($1.value) })?.key
      {
        sessions[oldest] = nil
      }
      sessions[id]?.isProved = true
      sessions[id]?.session = session
    }

    mutating func add(_ session: Session, as id: String, now: Int64) {
      sessions = sessions.filter { !$0.value.isOver(now: now) }
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
    let address: NetworkAddress
    var isProved = false
    /// A message of it is being answered.
    var isBusy = false
    var session = SyncSession(agreed: [])
    var lastUse: Int64
    var enrolNonce: [UInt8]?

    func isOver(now: Int64) -> Bool {
      now - lastUse
        >= (isProved ? SyncLimits.provedIdleMilliseconds : SyncLimits.sessionIdleMilliseconds)
    }

    /// Goes earlier when there are too many: strangers before peers, then the longest silent.
    func precedes(_ other: Session) -> Bool {
      isProved == other.isProved ? lastUse < other.lastUse : !isProved
    }
  }

  /// - Parameter tipsMax: heads of one message.
  package init(
    workspace: Workspace, certificate: CertificateFingerprint? = nil,
    complaints: Complaints = .silent, keepsLog: Bool = false, tipsMax: Int = SyncLimits.tips,
    features: Set<String> = [Handshake.chunks, Handshake.snapshots]
  ) {
    self.workspace = workspace
    self.keepsLog = keepsLog
    self.tipsMax = tipsMax
    let leaves = !workspace.environment.contentPolicy.isEverything
    self.features = leaves ? features.union([Handshake.selective]) : features
    chunkReceiving = ChunkReceiving(workspace)
    snapshotReceiving = SnapshotReceiving(workspace)
    self.certificate = certificate
    self.complaints = complaints
  }

  private var channelBinding: [UInt8] { certificate?.bytes ?? [] }

  // MARK: Proof

  package func hello(_ hello: Handshake.Hello, from address: NetworkAddress = .init(nil)) throws
    -> Handshake.Answer
  {
    let now = workspace.environment.now()
    try state.withLock { state throws(SyncRefusal) in try state.greet(address, now: now) }
    guard let nonce = Hex.decode(hello.nonce), nonce.count == 32,
      let key = Hex.decode(hello.device).flatMap(DeviceKey.init)
    else { throw SyncRefusal.malformed }
    guard hello.workspace == Handshake.blinded(workspace.id, nonce: nonce) else {
      throw SyncRefusal.otherWorkspace
    }
    let transcript = Handshake.Transcript(
      workspace: workspace.id, clientNonce: nonce, serverNonce: workspace.environment.random(32),
      client: key, server: workspace.deviceKey, channel: channelBinding)
    let id = Hex.encode(workspace.environment.random(16))
    state.withLock {
      $0.add(Session(transcript: transcript, address: address, lastUse: now), as: id, now: now)
    }
    return Handshake.Answer(
      nonce: Hex.encode(transcript.serverNonce), device: workspace.deviceKey.hex,
      proof: Hex.encode(try workspace.sign(transcript.bytes(.server))), session: id,
      features: features.sorted())
  }

  /// The device behind a session; throws unless it proved an enrolled key.
  package func peer(session id: String, proof: [UInt8]?) throws -> DeviceKey {
    let now = workspace.environment.now()
    guard let session = state.withLock({ $0.sessions[id] }), !session.isOver(now: now) else {
      throw SyncRefusal.noSession
    }
    let key = session.transcript.client
    if !session.isProved {
      guard let proof, session.transcript.verifies(proof, of: .client) else {
        throw SyncRefusal.unproven
      }
    }
    guard try workspace.role(of: key) != nil else {
      throw try workspace.isRevoked(key) ? SyncRefusal.revoked : .notEnrolled
    }
    let agreed = session.isProved ? nil : try workspace.peerState(key)
    state.withLock { state in
      state.sessions[id]?.lastUse = now
      if let agreed { state.prove(id, SyncSession(agreed: agreed, tipsMax: tipsMax)) }
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
      client: client.deviceKey, server: workspace.deviceKey, channel: channelBinding)
    _ = try peer(session: answer.session, proof: client.sign(transcript.bytes(.client)))
    return answer.session
  }

  // MARK: Exchange

  package func exchange(session id: String, peer: DeviceKey, _ offer: SyncOffer) throws -> SyncOffer
  {
    var session = try state.withLock { state throws(SyncRefusal) in
      guard let found = state.sessions[id] else { throw .noSession }
      guard !found.isBusy else { throw .busy }
      state.sessions[id]?.isBusy = true
      return found.session
    }
    defer {
      state.withLock { [session] state in
        state.sessions[id]?.session = session
        state.sessions[id]?.isBusy = false
      }
    }
    if try Exchange.hear(offer, session: &session, at: workspace) == .askAllTips {
      var answer = SyncOffer(digest: try workspace.headsDigest())
      answer.needsAllTips = true
      return answer
    }
    let began = ContinuousClock.now
    let report = try Exchange.take(offer, into: workspace, from: peer)
    if let first = report.refused.first {
      let address = state.withLock { $0.sessions[id]?.address } ?? NetworkAddress(nil)
      complaints.note("a segment that device \(peer.id) gave: \(first.reason)", from: address)
    }
    if report.applied > 0 { try workspace.performHubDuties() }
    let isBetween = session.isHearing || !session.outbox.isEmpty || !offer.segments.isEmpty
    if !session.isLong || !isBetween {
      // Only what the peer says that it holds is known of it: an answer can be lost.
      try workspace.agree(with: peer, on: session.peerHeads, digest: offer.digest)
    }
    var made = try Exchange.offer(
      from: workspace, upTo: nil, session: &session, answering: offer.wantedPayloads,
      withSegments: !offer.more && (!session.isHearing || !session.outbox.isEmpty))
    made.offer.problems = Exchange.problems(report)
    if keepsLog { note(report, made, with: peer, since: began) }
    return made.offer
  }

  private func note(
    _ taken: ApplyReport, _ given: Exchange.Made, with peer: DeviceKey,
    since began: ContinuousClock.Instant
  ) {
    var note = ExchangeNote(time: workspace.environment.now(), peer: peer.hex, isInbound: true)
    (note.sentOps, note.receivedOps) = (given.ops, taken.ops)
    (note.sentPoints, note.receivedPoints) = (given.points, taken.points)
    note.conflicts = taken.newConflicts
    note.seconds = (ContinuousClock.now - began) / .seconds(1)
    workspace.exchangeLog.add(note)
  }

  /// What is held here of ranges of segments, behind the digest of the heads.
  package func compare(_ ranges: [HashRange]) throws -> [UInt8] {
    let (segments, heads) = try workspace.sealed()
    return heads.bytes + HashRangeCoding.encode(ranges.map(segments.answer))
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
  package func enrol(
    session id: String?, _ request: EnrolRequest, from address: NetworkAddress = .init(nil)
  ) throws -> (EnrolAnswer, session: String) {
    let now = workspace.environment.now()
    guard let invite = Hex.decode(request.invite), invite.count == 16,
      let key = Hex.decode(request.device).flatMap(DeviceKey.init)
    else { throw SyncRefusal.malformed }
    guard let id, let proofText = request.proof else {
      let session = Hex.encode(workspace.environment.random(16))
      let nonce = workspace.environment.random(32)
      try state.withLock { state throws(SyncRefusal) in
        try state.greet(address, now: now)
        var fresh = Session(
          transcript: .init(
            workspace: workspace.id, clientNonce: [], serverNonce: nonce, client: key,
            server: workspace.deviceKey, channel: channelBinding), address: address,
          lastUse: now)
        fresh.enrolNonce = nonce
        state.add(fresh, as: session, now: now)
      }
      return (EnrolAnswer(nonce: Hex.encode(nonce)), session)
    }
    // Whatever comes of it, the nonce serves this one try.
    let nonce = try state.withLock { state throws(SyncRefusal) in
      defer { state.sessions[id] = nil }
      guard !state.failedCodes.isOver(address, now: now) else { throw .tryLater }
      guard let session = state.sessions[id], !session.isOver(now: now),
        let nonce = session.enrolNonce, session.transcript.client == key
      else { throw .noSession }
      return nonce
    }
    func refuse(_ refusal: SyncRefusal) -> SyncRefusal {
      state.withLock { $0.failedCodes.note(address, now: now) }
      return refusal
    }
    guard let known = try workspace.invite(id: invite) else { throw refuse(.codeUnknown) }
    let parts = [
      nonce, key.bytes, Array(request.name.utf8), Array(request.owner.utf8), workspace.id.key.bytes,
      channelBinding,
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
    state.withLock { $0.greetings.forgive(address) }
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
  case malformed, otherWorkspace, noSession, unproven, notEnrolled, revoked, tryLater, busy
  case codeUnknown, notHere, wantsWhole
  /// It lies in an object storage that the server cannot reach now.
  case away
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
    case .busy: "busy"
    case .codeUnknown: "code_unknown"
    case .notHere: "not_here"
    case .wantsWhole: "whole"
    case .away: "away"
    case .code: "code"
    }
  }

  package var text: String {
    switch self {
    case .malformed: "the message does not read"
    case .otherWorkspace: "the peer holds another workspace"
    case .noSession: "the session has ended"
    case .unproven: "the device key was not proved"
    case .notEnrolled: "this device is not enrolled, or the peer has not heard of it yet"
    case .revoked: "this device was revoked"
    case .tryLater: "too many tries that proved nothing; the peer listens again in a minute"
    case .busy: "the peer has its hands full; try again in a moment"
    case .codeUnknown: "the peer did not issue this code"
    case .notHere: "the peer does not have this content either"
    case .wantsWhole: "the peer wants this content whole"
    case .away:
      "the peer keeps this content in an object storage that it cannot reach at the moment"
    case .code(let text): text
    }
  }

  /// What whoever serves is told of it; nil where nothing is amiss.
  var complaint: String? {
    switch self {
    case .notHere, .wantsWhole, .busy, .away: nil
    case .malformed: "a message that does not read"
    case .otherWorkspace: "a greeting for another workspace"
    case .noSession: "a request without a session"
    case .unproven: "a request without proof of its device key"
    case .notEnrolled: "a device that is not enrolled, as far as is known here"
    case .revoked: "a device that was revoked"
    case .tryLater: "too many tries that proved nothing"
    case .codeUnknown: "an invite code that was not issued here"
    case .code(let text): text
    }
  }
}
