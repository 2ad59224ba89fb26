import FieldbookModel

/// One meeting of two replicas, seen from one of them: inputs in, actions out, no effects of its own.
///
/// There is always exactly one action to carry out; its result is the next input. After `send` the next input is
/// the other side's offer. The asking side starts and drives the loop; the answering side gives one offer
/// for each that it receives, for as long as it is asked.
///
/// Invariants: what is offered as own heads is durable here (`readHeads` says so); the place from which segments
/// are read moves on only when the peer has acknowledged the offer that carried them; so any message may be
/// lost, repeated or cut, and the meeting may stop anywhere and be held again.
package struct SyncSession: Sendable {
  package enum Side: Sendable { case asking, answering }

  package enum Action: Sendable, Equatable {
    /// → `heads`: everything that this replica holds, durable.
    case readHeads
    /// → `committed`.
    case commit([EncodedSegment], [Offer.Payload])
    /// → `gathered`.
    case gather(Gathering)
    /// → `agreed`: remember, for the next meeting, what the peer is known to hold.
    case agree([Head])
    /// → `received`.
    case send(Offer)
    case close(Closing)
  }

  package enum Input: Sendable {
    /// Asking side only, once.
    case begin
    case received(Offer)
    case heads([Head])
    case committed(Committed)
    case gathered(Gathered)
    case agreed
  }

  /// What the next offer could carry.
  package struct Gathering: Sendable, Equatable {
    /// Nil: no segments.
    package var notIn: [Head]?
    package var after: Int64?
    package var maxBytes: Int
    /// Payloads that the peer asked for.
    package var wanted: [ContentDigest]
    /// How many missing payloads to name, besides those in `except`.
    package var wantLimit: Int
    package var except: Set<ContentDigest>
    package var wantsObjects: Bool
  }

  package struct Gathered: Sendable {
    package var segments: [EncodedSegment] = []
    /// Nil when these were the last.
    package var cursor: Int64?
    package var payloads: [Offer.Payload] = []
    /// Wanted payloads that are here and did not fit.
    package var payloadsLeft = false
    package var wantPayloads: [ContentDigest] = []
    package var wantObjects: [Offer.WantedObject] = []
    package var ops = 0
    package var points = 0

    package init() {}
  }

  package struct Committed: Sendable {
    /// Segments or payloads that were new.
    package var applied = 0
    package var ops = 0
    package var points = 0
    package var newConflicts = 0
    package var refusals: [Offer.Refusal] = []

    package init() {}
  }

  package struct Tally: Sendable, Equatable {
    package var pulledOps = 0
    package var pulledPoints = 0
    /// Acknowledged by the peer.
    package var pushedOps = 0
    package var pushedPoints = 0
    package var newConflicts = 0
    package var exchanges = 0
    /// Segments of the peer's that did not pass here.
    package var refusedHere: [Offer.Refusal] = []
    /// Segments of ours that did not pass there.
    package var refusedThere: [Offer.Refusal] = []
  }

  package struct Closing: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
      /// Neither side has anything for the other.
      case done
      /// Neither side gets anywhere: something is refused, or waits for what neither has.
      case stalled
    }
    package var reason: Reason
    package var isEqual: Bool
    /// As the peer told them.
    package var peerHeads: [Head]
    package var wantObjects: [Offer.WantedObject]
    package var tally: Tally
  }

  /// Digest that stands for "no heads".
  package static let zero = ContentDigest(bytes: [UInt8](repeating: 0, count: 32))!

  private enum Awaited { case begin, heads, committed, gathered, agreed, offer, nothing }

  package let side: Side
  package private(set) var tally = Tally()
  private let dryRun: Bool
  private var awaited: Awaited
  private var agreed: [Head]
  /// What own tips are told relative to: asking, the agreed heads at the start or nothing; answering, the
  /// base that the peer used, if it is known here.
  private var base: [Head]
  private var own: [Head] = []
  private var ownDigest = SyncSession.zero
  private var peerHeads: [Head]
  private var offer: Offer?
  private var asksForFull = false
  private var sequence: UInt64 = 0
  private var received: UInt64 = 0
  private var place = Place()
  private var pending = Pending()
  private var unavailable: Set<ContentDigest> = []
  private var refusals: [Offer.Refusal] = []
  private var idle = 0
  private var hasMoved = false

  private struct Place {
    var cursor: Int64?
    var isAtEnd = false
  }

  private struct Pending {
    var place: Place?
    var ops = 0
    var points = 0
    var wanted: Set<ContentDigest> = []
    var payloads: Set<ContentDigest> = []
  }

  /// - Parameter agreed: what both held after the last meeting; empty if they never met.
  package init(side: Side, agreed: [Head], dryRun: Bool = false) {
    self.side = side
    self.agreed = agreed
    self.dryRun = dryRun
    base = side == .asking ? agreed : []
    peerHeads = agreed
    awaited = side == .asking ? .begin : .offer
  }

  /// - Precondition: the input is the one that the last action asks for.
  package mutating func resume(with input: Input) -> Action {
    switch (awaited, input) {
    case (.begin, .begin): return expect(.heads, .readHeads)
    case (.offer, .received(let offer)): return take(offer)
    case (.committed, .committed(let outcome)): return note(outcome)
    case (.heads, .heads(let heads)): return compare(heads)
    case (.agreed, .agreed): return gather()
    case (.gathered, .gathered(let gathered)): return answer(gathered)
    default: preconditionFailure("session input out of order")
    }
  }

  private mutating func expect(_ next: Awaited, _ action: Action) -> Action {
    awaited = next
    return action
  }

  // MARK: An offer came

  private mutating func take(_ offer: Offer) -> Action {
    if offer.digest != self.offer?.digest { hasMoved = true }
    self.offer = offer
    asksForFull = false
    settlePending(offer)
    received = offer.sequence
    if side == .asking, offer.needsFull {
      if !base.isEmpty { hasMoved = true }
      base = []
      place = Place()
    }
    resolve(offer)
    tally.refusedThere = merge(tally.refusedThere, offer.refusals)
    refusals = []
    guard !offer.headsOnly, !dryRun, !offer.segments.isEmpty || !offer.payloads.isEmpty else {
      return expect(.heads, .readHeads)
    }
    return expect(.committed, .commit(offer.segments, offer.payloads))
  }

  /// The peer took in the last offer, or it did not and the same is read again.
  private mutating func settlePending(_ offer: Offer) {
    defer { pending = Pending() }
    guard sequence > 0, offer.acknowledges == sequence else { return }
    if let next = pending.place { place = next }
    tally.pushedOps += pending.ops
    tally.pushedPoints += pending.points
    if !pending.payloads.isSubset(of: offer.wantPayloads) { hasMoved = true }
    guard !offer.more else { return }
    let came = Set(offer.payloads.map(\.digest))
    for digest in pending.wanted.subtracting(came)
    where unavailable.count < SyncLimits.payloadsUnavailable { unavailable.insert(digest) }
  }

  private mutating func resolve(_ offer: Offer) {
    let known: [Head]?
    switch (side, offer.base) {
    case (_, SyncSession.zero): known = []
    case (_, HeadsDigest.of(agreed)): known = agreed
    case (.asking, HeadsDigest.of(base)): known = base
    case (_, ownDigest): known = own
    default: known = nil
    }
    if let known {
      peerHeads = Array(Set(known).union(offer.tips))
    } else {
      peerHeads = offer.tips
      asksForFull = true
      place = Place()
    }
    if side == .answering { base = offer.needsFull ? [] : known ?? [] }
  }

  private mutating func note(_ outcome: Committed) -> Action {
    tally.pulledOps += outcome.ops
    tally.pulledPoints += outcome.points
    tally.newConflicts += outcome.newConflicts
    tally.refusedHere = merge(tally.refusedHere, outcome.refusals)
    refusals = Array(outcome.refusals.prefix(SyncLimits.refusalsTold))
    if outcome.applied > 0 { hasMoved = true }
    return expect(.heads, .readHeads)
  }

  private func merge(_ known: [Offer.Refusal], _ new: [Offer.Refusal]) -> [Offer.Refusal] {
    Array((known + new.filter { !known.contains($0) }).prefix(SyncLimits.refusalsTold))
  }

  // MARK: What is here now

  private mutating func compare(_ heads: [Head]) -> Action {
    own = heads
    ownDigest = HeadsDigest.of(heads)
    if let offer, asksForFull, offer.digest == ownDigest {
      // The same heads need no telling.
      asksForFull = false
      peerHeads = own
    }
    guard isEqual, !dryRun, offer?.headsOnly != true, Set(agreed) != Set(own) else { return gather() }
    agreed = own
    return expect(.agreed, .agree(own))
  }

  private var isEqual: Bool { offer?.digest == ownDigest }

  private mutating func gather() -> Action {
    let isSilent = dryRun || offer?.headsOnly == true
    // With a peer that still sends, what is missing here may be under way.
    let wants = !isSilent && offer?.more != true
    // Behind a place at the end lie only segments that the peer gave, as long as it gives.
    let segmentsDone = isSilent || isEqual || place.isAtEnd && offer?.more == true
    return expect(
      .gathered,
      .gather(
        Gathering(
          notIn: segmentsDone ? nil : peerHeads, after: place.cursor,
          maxBytes: SyncLimits.windowBytes, wanted: isSilent ? [] : offer?.wantPayloads ?? [],
          wantLimit: wants ? SyncLimits.payloadsWanted : 0, except: unavailable,
          wantsObjects: wants && side == .answering)))
  }

  // MARK: The next offer, or the end

  private mutating func answer(_ gathered: Gathered) -> Action {
    if side == .asking, let offer, isDone(offer, gathered) {
      awaited = .nothing
      let isStalled = idle >= SyncLimits.idleExchanges || tally.exchanges >= SyncLimits.exchanges
      return .close(
        Closing(
          reason: isStalled ? .stalled : .done, isEqual: isEqual, peerHeads: peerHeads,
          wantObjects: offer.wantObjects, tally: tally))
    }
    sequence += 1
    tally.exchanges += 1
    var next = Offer(
      digest: ownDigest, base: base.isEmpty ? SyncSession.zero : HeadsDigest.of(base))
    let told = Set(base)
    next.sequence = sequence
    next.acknowledges = received
    next.tips = own.filter { !told.contains($0) }
    next.segments = gathered.segments
    next.payloads = gathered.payloads
    next.wantPayloads = gathered.wantPayloads
    next.wantObjects = gathered.wantObjects
    next.refusals = refusals
    next.more = gathered.cursor != nil || gathered.payloadsLeft
    next.needsFull = asksForFull
    next.headsOnly = dryRun || side == .answering && offer?.headsOnly == true
    pending = Pending(
      place: gathered.segments.isEmpty
        ? nil : Place(cursor: gathered.cursor, isAtEnd: gathered.cursor == nil),
      ops: gathered.ops, points: gathered.points, wanted: Set(gathered.wantPayloads),
      payloads: Set(gathered.payloads.map(\.digest)))
    return expect(.offer, .send(next))
  }

  private mutating func isDone(_ offer: Offer, _ gathered: Gathered) -> Bool {
    if dryRun {
      return !asksForFull && !offer.needsFull || tally.exchanges >= SyncLimits.idleExchanges
    }
    idle = hasMoved ? 0 : idle + 1
    hasMoved = false
    if idle >= SyncLimits.idleExchanges || tally.exchanges >= SyncLimits.exchanges { return true }
    // Whoever sent segments is told that they are durable here.
    if !offer.segments.isEmpty || offer.more || offer.needsFull || asksForFull { return false }
    return gathered.segments.isEmpty && gathered.payloads.isEmpty && gathered.wantPayloads.isEmpty
  }
}
