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
  package private(set) var baseHeads: [Head]
  private var baseHashes: Set<SegmentHash>
  private var asked: Set<ContentDigest> = []
  /// Asked for in the last offer.
  private var outstanding: Set<ContentDigest> = []

  /// Changes with everything that is learned of what the other side holds, or cannot take.
  package private(set) var revision = 0
  /// The other side has more to say of what it holds.
  package private(set) var isHearing = false
  /// The other side has more segments to give.
  package private(set) var isTaking = false
  /// Of what the other side said last that it holds.
  private var peerDigest: ContentDigest?
  /// Of what was here when that was said last; nil where it was not said anew.
  package var ownDigest: ContentDigest?
  /// What is still to be given to it.
  package var outbox = Outbox()
  /// How far own heads were said; nil while they fit one message.
  package var listing: HeadsListing?
  /// Heads of one message.
  package let tipsMax: Int

  /// - Parameter agreed: heads that both held when they last parted; empty if unknown.
  package init(agreed: [Head], tipsMax: Int = SyncLimits.tips) {
    peerHeads = agreed
    baseHeads = agreed
    baseHashes = Set(agreed.map(\.hash))
    base = agreed.isEmpty ? nil : HeadsDigest.of(agreed)
    self.tipsMax = tipsMax
  }

  /// Everything that the other side is known to hold.
  package var known: [Head] { peerHeads + given.values }

  /// One of both sides holds more heads than a message says.
  package var isLong: Bool { listing != nil || peerHeads.count > tipsMax }

  /// Neither lacked anything of the other when each said last what it holds.
  package var isEven: Bool { ownDigest != nil && ownDigest == peerDigest }

  /// The heads to tell: those that the base does not hold.
  package func tips(of heads: [Head]) -> [Head] {
    heads.filter { !baseHashes.contains($0.hash) }
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
    for problem in offer.problems
    where refused.updateValue(problem.reason, forKey: problem.segment) == nil {
      revision += 1
      outbox = Outbox()
    }
    noteGiven(offer.segments)
    isTaking = offer.more
    peerDigest = offer.digest
    if offer.needsAllTips {
      forgetBase()
      (peerHeads, isHearing) = ([], false)
      return .tellAllTips
    }
    if let told = offer.base {
      guard told == base || Mutant.isOn(.agreementUncompared) else { return .askAllTips }
    } else if base != nil {
      forgetBase()
    }
    hear(offer)
    return .take
  }

  private mutating func forgetBase() {
    (base, baseHeads, baseHashes) = (nil, [], [])
    listing = nil
  }

  private mutating func hear(_ offer: SyncOffer) {
    isHearing = offer.hasMoreTips
    let tips = tips(of: offer.tips)
    if offer.addsTips {
      peerHeads += tips
      revision += tips.isEmpty ? 0 : 1
    } else if peerHeads != baseHeads + tips {
      peerHeads = baseHeads + tips
      revision += 1
    }
  }

  private mutating func noteGiven(_ segments: [[UInt8]]) {
    let headers = segments.compactMap { try? Segment(encoded: $0).header }
    let followed = Set(headers.compactMap(\.previous))
    for header in headers {
      if let previous = header.previous, given.removeValue(forKey: previous) != nil {
        revision += 1
      }
      guard !followed.contains(header.hash) else { continue }
      let head = Head(log: header.log, number: header.last, hash: header.hash)
      if given.updateValue(head, forKey: header.hash) == nil { revision += 1 }
    }
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
