import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

/// Syncs as two programs do it: a proof, then offers in both directions, byte by byte the real messages. Only the socket is
/// missing.
extension Simulation {
  private struct ConnectionLost: Error {}

  /// One replica calls another. Over a faulty network any message may be lost or changed, which ends the call there.
  func exchange(_ caller: Int, with other: Int, faulty: Bool) throws {
    try noteSealed(caller)
    try noteSealed(other)
    let before = try (held(caller), held(other))
    let clocks = try (clock(caller), clock(other))
    do {
      try call(caller, other, faulty: faulty)
    } catch SyncRefusal.notEnrolled where faults["new laptop"] != nil {
      trace("  the peer has not heard of it yet")
    } catch is ConnectionLost {
      trace("  the connection is lost")
    } catch let failure as any Failure where faulty {
      trace("  the exchange fails: \(failure.message)")
    }
    try noteSealed(caller)
    try noteSealed(other)
    try watchClock(caller, since: clocks.0)
    try watchClock(other, since: clocks.1)
    for (who, old) in [(caller, before.0), (other, before.1)] {
      for hash in try held(who).subtracting(old) {
        replicas[who].known.formUnion(writesOfSegment[hash] ?? [])
      }
    }
    try checkComparison(caller, other)
  }

  /// Heads of one message: in one of five histories so few that they are said in several.
  var tipsMax: Int { seed % 5 == 3 ? 2 : SyncLimits.tips }

  /// What `doctor --deep` would say of the two is what is so.
  private func checkComparison(_ left: Int, _ right: Int) throws {
    let (here, there) = try (held(left), held(right))
    let server = SyncServer(workspace: replicas[right].workspace)
    var comparison = HashComparison(HashSet(here))
    while let question = comparison.question() {
      let asked = try HashRangeCoding.decodeRanges(HashRangeCoding.encode(question))
      try comparison.take(
        HashRangeCoding.decodeAnswers(Array(server.compare(asked).dropFirst(32))))
    }
    guard Set(comparison.onlyHere) == here.subtracting(there),
      Set(comparison.onlyThere) == there.subtracting(here)
    else {
      throw broken(
        "segments compare as they are", "\(replicas[left].name) with \(replicas[right].name)")
    }
  }

  private func call(_ caller: Int, _ other: Int, faulty: Bool) throws {
    let (client, peer) = (replicas[caller].workspace, replicas[other].workspace)
    let server = SyncServer(workspace: peer, tipsMax: tipsMax)
    var messages = 0
    let (rounds, _) = try TestMachine.call(client, server, tipsMax: tipsMax) { leg, offer in
      messages += 1
      guard messages <= 1000 else { throw broken("11 quiet", "an exchange does not end") }
      try requireDurable(leg == .asking ? caller : other, saying: offer)
      return try carry(offer.encoded, faulty)
    }
    // What a liar gave can have been waiting here, and is refused when its turn comes.
    if !faulty, forger == nil,
      let reason = rounds.refusedHere ?? rounds.session.refused.values.first
    {
      throw broken("11 nothing is refused without a fault", reason)
    }
  }

  /// A message as it arrives.
  private func carry(_ message: [UInt8], _ faulty: Bool) throws -> SyncOffer {
    var bytes = message
    if faulty, generator.chance(15) {
      fault("lost message")
      throw ConnectionLost()
    }
    if faulty, generator.chance(8), let place = bytes.indices.randomElement(using: &generator) {
      fault("flip")
      bytes[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
    }
    return try SyncOffer(encoded: bytes)
  }

  private func held(_ who: Int) throws -> Set<SegmentHash> {
    Set(try replicas[who].workspace.store.inspect { try $0.segmentHashes() })
  }
}
