import FieldbookModel

/// One side of an exchange, without sockets or files: offers in, decisions out.
///
/// Both sides run the same rules. Whatever is lost on the way is told again in the next contact, since only
/// the heads that a side really holds are ever taken for known.
package struct SyncSession: Sendable {
  /// What the other side said that it holds.
  package private(set) var peerHeads: [Head]
  /// Of each log, the last of the segments that the other side gave: a head that is not known here yet says nothing
  /// of what is before it.
  private var given: [SegmentHash: Head] = [:]
  /// Segments that the other side could not take: their logs are left out from then on.
  package private(set) var refused: [SegmentHash: String] = [:]
  /// Digest of the heads both held when they last parted.
  package private(set) var base: ContentDigest?
  private var baseHeads: [Head]
  private var asked: Set<ContentDigest> = []
  /// Asked for in the last offer.
  private var outstanding: Set<ContentDigest> = []

  /// - Parameter agreed: heads that both held when they last parted; empty if unknown.
  package init(agreed: [Head]) {
    peerHeads = agreed
    baseHeads = agreed
    base = agreed.isEmpty ? nil : HeadsDigest.of(agreed)
  }

  /// Everything that the other side is known to hold.
  package var known: [Head] { peerHeads + given.values }

  /// The heads to tell: those that the base does not hold.
  package func tips(of heads: [Head]) -> [Head] {
    let known = Set(baseHeads.map(\.hash))
    return heads.filter { !known.contains($0.hash) }
  }

  package enum Reaction: Equatable, Sendable {
    /// Take in what the offer carries, then answer.
    case take
    /// The other side must say all its heads first.
    case askAllTips
    /// It did not know our base: say all heads.
    case tellAllTips
  }

  /// What to do with an offer.
  package mutating func receive(_ offer: SyncOffer) -> Reaction {
    settle(offer.payloads)
    for problem in offer.problems { refused[problem.segment] = problem.reason }
    for bytes in offer.segments { noteGiven(bytes) }
    if offer.needsAllTips {
      (base, baseHeads, peerHeads) = (nil, [], [])
      return .tellAllTips
    }
    if let told = offer.base {
      guard told == base else { return .askAllTips }
      peerHeads = baseHeads + tips(of: offer.tips)
    } else {
      (base, baseHeads) = (nil, [])
      peerHeads = offer.tips
    }
    return .take
  }

  private mutating func noteGiven(_ bytes: [UInt8]) {
    guard let header = try? Segment(encoded: bytes).header else { return }
    if let previous = header.previous { given[previous] = nil }
    given[header.hash] = Head(log: header.log, number: header.last, hash: header.hash)
  }

  /// A window takes only so many: what did not fit is asked for again, as long as anything comes at all.
  private mutating func settle(_ payloads: [SyncOffer.Payload]) {
    let came = Set(payloads.map(\.digest))
    if !outstanding.isDisjoint(with: came) { asked.subtract(outstanding.subtracting(came)) }
    outstanding = []
  }

  /// Payloads of these that were not asked for yet.
  package func unasked(_ missing: [ContentDigest]) -> [ContentDigest] {
    missing.filter { !asked.contains($0) }
  }

  /// Payloads to ask for. Of those that are asked for and do not come, none is asked for again once an
  /// answer brings none of them: a peer that lacks one is not asked for ever.
  package mutating func wanted(_ missing: [ContentDigest]) -> [ContentDigest] {
    let fresh = unasked(missing).prefix(SyncLimits.wanted)
    asked.formUnion(fresh)
    outstanding = Set(fresh)
    return Array(fresh)
  }
}
