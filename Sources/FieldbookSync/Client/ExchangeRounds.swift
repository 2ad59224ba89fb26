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

  /// Of what the peer held when it was first heard, the heads that may not be here yet.
  private var awaited: [Head] = []
  /// All of them are known, which can be more than are kept.
  private var areAllAwaited = false
  private var isFirst = true
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
    let gives = isKnown && (!session.isTaking || !session.outbox.isEmpty)
    made = try Exchange.offer(
      from: workspace, upTo: goal, session: &session, answering: wanted, withSegments: gives)
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
    let before = session.revision
    guard try Exchange.hear(answer, session: &session, at: workspace) != .tellAllTips else {
      isKnown = false
      return false
    }
    theirDigest = answer.digest
    let wasKnown = isKnown
    isKnown = !session.isHearing
    expect(answer)
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
      || before != session.revision || !wasKnown || !problems.isEmpty || made.offer.hasMoreTips
    idleRounds = hasMoved ? 0 : idleRounds + 1
    // What waits for something that the peer does not give either is not waited for.
    if idleRounds >= 2 { return true }
    guard try hasTaken(answer), try hasGiven(), !made.offer.hasMoreTips else { return false }
    // Whoever gave something is told that it is durable here, by one more offer.
    if isConfirmed || answer.segments.isEmpty { return true }
    isConfirmed = true
    return false
  }

  /// The first time that the peer says what it holds, in one message or in several.
  private mutating func expect(_ answer: SyncOffer) {
    guard isFirst else { return }
    isFirst = answer.hasMoreTips
    if awaited.isEmpty { awaited = session.baseHeads }
    awaited += answer.tips.prefix(max(0, SyncLimits.awaitedHeads - awaited.count))
    areAllAwaited = awaited.count < SyncLimits.awaitedHeads
  }

  private mutating func hasTaken(_ answer: SyncOffer) throws -> Bool {
    guard try session.unasked(workspace.missingChunkPayloads(limit: 1024)).isEmpty else {
      return false
    }
    if session.isEven { return true }
    if session.isHearing { return false }
    // What was said last comes last, as a rule.
    while !awaited.isEmpty {
      let some = Array(awaited.suffix(1024))
      guard try workspace.held(of: some).count == some.count else { break }
      awaited.removeLast(some.count)
    }
    if awaited.isEmpty, areAllAwaited { return true }
    return answer.segments.isEmpty && !answer.more && !made.offer.more && !made.offer.hasMoreTips
  }

  private mutating func hasGiven() throws -> Bool {
    try Exchange.fill(&session, from: workspace, upTo: goal)
    guard session.outbox.isEmpty else { return false }
    return try !wanted.contains { try workspace.chunkPayload($0) != nil }
  }
}
