import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// An exchange from the side that calls, without its connection: what to say next, and when all is said.
///
/// It brings over what both held when it began. A script that goes on logging on either side does not keep it from
/// ending.
package struct ExchangeRounds {
  let workspace: Workspace
  let peer: DeviceKey
  /// Everything of this replica when the exchange began.
  let goal: Int64
  package private(set) var session: SyncSession
  private(set) var report = SyncReport(name: "")
  private(set) var wantedObjects: [ContentDigest] = []
  /// Of the heads that the peer said last.
  package private(set) var theirDigest = HeadsDigest.of([])
  /// Why the first segment that could not be taken was refused.
  package private(set) var refusedHere: String?

  /// What the peer held when it was first heard.
  private var theirGoal: [Head]?
  private var isKnown: Bool
  private var wanted: [ContentDigest] = []
  private var problems: [SyncOffer.Problem] = []
  private var made = Exchange.Made(offer: SyncOffer(digest: HeadsDigest.of([])))
  private var isConfirmed = false
  private var idleRounds = 0
  private var count = 0

  package init(workspace: Workspace, peer: DeviceKey, goal: Int64, session: SyncSession) {
    self.workspace = workspace
    self.peer = peer
    self.goal = goal
    self.session = session
    // Before the first answer nothing is known of a peer that is met for the first time.
    isKnown = session.base != nil
  }

  package mutating func offer() throws -> SyncOffer {
    count += 1
    guard count <= SyncLimits.rounds else { throw SyncFailure.tooManyRounds }
    made = try Exchange.offer(
      from: workspace, upTo: goal, session: &session, answering: wanted, withSegments: isKnown)
    made.offer.problems = problems
    return made.offer
  }

  /// An offer that only asks which contents the peer still wants.
  mutating func question() throws -> SyncOffer {
    try Exchange.offer(
      from: workspace, upTo: goal, session: &session, answering: [], withSegments: false
    ).offer
  }

  /// Takes an answer in. True when nothing is left to say.
  package mutating func take(_ answer: SyncOffer) throws -> Bool {
    let before = (session.known, session.refused.count)
    guard session.receive(answer) != .tellAllTips else {
      isKnown = false
      return false
    }
    theirDigest = answer.digest
    let wasKnown = isKnown
    isKnown = true
    if theirGoal == nil { theirGoal = session.peerHeads }
    report.pushedOps += made.ops
    report.pushedPoints += made.points
    let applied = try Exchange.take(answer, into: workspace, from: peer)
    report.pulledOps += applied.ops
    report.pulledPoints += applied.points
    report.newConflicts += applied.newConflicts
    problems = Exchange.problems(applied)
    refusedHere = refusedHere ?? applied.refused.first?.reason
    if applied.applied > 0 { try workspace.performHubDuties() }
    // Those that go with segments come again with each of them that waits.
    let gotAsked = !made.offer.wantedPayloads.isEmpty && !answer.payloads.isEmpty
    let gaveAsked = !wanted.isEmpty && !made.offer.payloads.isEmpty
    wanted = answer.wantedPayloads
    wantedObjects = answer.wantedObjects

    let hasMoved =
      applied.applied > 0 || gotAsked || gaveAsked
      || before != (session.known, session.refused.count) || !wasKnown || !problems.isEmpty
    idleRounds = hasMoved ? 0 : idleRounds + 1
    // What waits for something that the peer does not give either is not waited for.
    if idleRounds >= 2 { return true }
    guard try hasTaken(answer), try hasGiven() else { return false }
    // Whoever gave something is told that it is durable here, by one more offer.
    if isConfirmed || answer.segments.isEmpty { return true }
    isConfirmed = true
    return false
  }

  private func hasTaken(_ answer: SyncOffer) throws -> Bool {
    guard try session.unasked(workspace.missingChunkPayloads(limit: 1024)).isEmpty else {
      return false
    }
    let goal = theirGoal ?? []
    if try workspace.held(of: goal).count == goal.count { return true }
    return answer.segments.isEmpty && !answer.more && !made.offer.more
  }

  private func hasGiven() throws -> Bool {
    let left = try workspace.segments(
      notIn: session.known, maxBytes: 1, after: nil, upTo: goal, except: session.refused.keys)
    guard left.segments.isEmpty else { return false }
    return try !wanted.contains { try workspace.chunkPayload($0) != nil }
  }
}
