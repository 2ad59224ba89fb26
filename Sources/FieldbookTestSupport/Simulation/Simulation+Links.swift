import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

/// Syncs that take their time: several calls at once, message by message, while everybody goes on, over links that delay, that are
/// shut in one direction, and that bring a message late, twice, or in part.
extension Simulation {
  struct Links {
    var calls: [Call] = []
    /// Until which step nothing goes from the first to the second.
    var shut: [[Int]: Int] = [:]
    /// Until which step a laptop meets nobody.
    var away: [Int: Int] = [:]
    /// Who answers for a replica, with its sessions; gone when the program ends.
    var servers: [Int: SyncServer] = [:]
  }

  /// An exchange that is under way.
  struct Call {
    enum Leg {
      case saying
      /// On its way to the one who is called.
      case asking([UInt8])
      /// On its way back.
      case answering([UInt8])
    }

    let caller: Int
    let other: Int
    let client: Workspace
    let server: SyncServer
    let session: String
    var rounds: ExchangeRounds
    var leg = Leg.saying
    /// The step at which it goes on.
    var due: Int
    /// The step at which the caller hangs up.
    let patience: Int
    /// A message of it was lost, changed or came twice.
    var isHarmed = false
  }

  private struct HungUp: Error {}

  // MARK: Calls

  /// Begins to sync with another, if it can be reached both ways.
  func startCall(_ who: Int, with other: Int, _ step: Int) throws {
    guard links.calls.count(where: { $0.caller == who }) < 3 else { return }
    guard isOpen(who, other, step), isOpen(other, who, step) else {
      fault("unreachable")
      return
    }
    let client = replicas[who].workspace
    let server =
      links.servers[other] ?? SyncServer(workspace: replicas[other].workspace, tipsMax: tipsMax)
    links.servers[other] = server
    do {
      let session = try server.admit(client)
      let key = server.workspace.deviceKey
      links.calls.append(
        Call(
          caller: who, other: other, client: client, server: server, session: session,
          rounds: ExchangeRounds(
            workspace: client, peer: key, goal: try client.goal(),
            session: SyncSession(agreed: try client.peerState(key), tipsMax: tipsMax)),
          due: step, patience: step + Int.random(in: 4...12, using: &generator)))
    } catch SyncRefusal.notEnrolled where faults["new laptop"] != nil {
      trace("  the peer has not heard of it yet")
    }
    try pump(step)
  }

  /// Everything that is under way and due goes on.
  func pump(_ step: Int) throws {
    var index = 0
    while index < links.calls.count {
      let count = links.calls.count
      let isOver = try counting(links.calls[index]) { try goOn(index, step) }
      // A machine that stopped on the way has ended its calls itself.
      guard links.calls.count == count else { return }
      if isOver { links.calls.remove(at: index) } else { index += 1 }
    }
  }

  /// Whoever is closed or stops answers nobody any more, and hears nobody.
  func endCalls(of who: Int) {
    guard profile == .links else { return }
    links.calls.removeAll { $0.caller == who || $0.other == who }
    links.servers[who] = nil
  }

  /// Keeps account of what both hold.
  private func counting(_ call: Call, _ body: () throws -> Bool) throws -> Bool {
    let both = [call.caller, call.other]
    try both.forEach(noteSealed)
    let before = try both.map { (held: try heldHashes($0), clock: try clock($0)) }
    let isOver: Bool
    do {
      isOver = try body()
    } catch is HungUp {
      isOver = true
    } catch let refusal as SyncRefusal {
      // A year went by, or another program answers there.
      trace("  a call of \(replicas[call.caller].name) is refused: \(refusal)")
      isOver = true
    } catch let failure as any Failure {
      if disks.isEmpty, failure is DatabaseFailure || !isHarmed(call) {
        throw broken("11 nothing is refused without a fault", failure.message)
      }
      trace("  a call of \(replicas[call.caller].name) fails: \(failure.message)")
      isOver = true
    }
    try both.forEach(noteSealed)
    for (who, old) in zip(both, before) {
      try watchClock(who, since: old.clock)
      for hash in try heldHashes(who).subtracting(old.held) {
        replicas[who].known.formUnion(writesOfSegment[hash] ?? [])
      }
    }
    return isOver
  }

  private func isHarmed(_ call: Call) -> Bool {
    links.calls.contains { $0.session == call.session && $0.isHarmed }
  }

  private func heldHashes(_ who: Int) throws -> Set<SegmentHash> {
    Set(try replicas[who].workspace.store.inspect { try $0.segmentHashes() })
  }

  /// - Returns: True when the call has ended.
  private func goOn(_ index: Int, _ step: Int) throws -> Bool {
    for _ in 0..<500 {
      let call = links.calls[index]
      if step >= call.patience {
        fault("timeout")
        // What was said may arrive all the same.
        if case .asking(let bytes) = call.leg, generator.chance(50) {
          fault("late message")
          _ = try answer(call, bytes)
        }
        return true
      }
      guard call.due <= step else { return false }
      switch call.leg {
      case .saying:
        let offer = try links.calls[index].rounds.offer()
        try requireDurable(call.caller, saying: offer)
        links.calls[index].leg = .asking(offer.encoded)
        delay(index, "delay", step)
      case .asking(let bytes):
        guard isOpen(call.caller, call.other, step) else { return false }
        let arrived = try travel(bytes, index)
        var said = try answer(call, arrived)
        if generator.chance(6) {
          harm("duplicate", index, bytes)
          said = try answer(call, arrived)
        }
        links.calls[index].leg = .answering(said.encoded)
        delay(index, "slow reader", step)
      case .answering(let bytes):
        guard isOpen(call.other, call.caller, step) else { return false }
        let arrived = try SyncOffer(encoded: travel(bytes, index))
        guard try links.calls[index].rounds.take(arrived) else {
          links.calls[index].leg = .saying
          continue
        }
        try part(links.calls[index])
        return true
      }
    }
    throw broken("11 quiet", "an exchange does not end")
  }

  private func answer(_ call: Call, _ bytes: [UInt8]) throws -> SyncOffer {
    let key = try call.server.peer(session: call.session, proof: nil)
    let said = try call.server.exchange(
      session: call.session, peer: key, SyncOffer(encoded: bytes))
    try requireDurable(call.other, saying: said)
    return said
  }

  private func part(_ call: Call) throws {
    try call.client.agree(
      with: call.server.workspace.deviceKey, on: call.rounds.session.peerHeads,
      digest: call.rounds.theirDigest)
    guard !call.isHarmed,
      let reason = call.rounds.refusedHere ?? call.rounds.session.refused.values.first
    else { return }
    throw broken("11 nothing is refused without a fault", reason)
  }

  // MARK: The way

  /// A message as it arrives, if it does.
  private func travel(_ message: [UInt8], _ index: Int) throws -> [UInt8] {
    var bytes = message
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<5:
      harm("lost message", index, message)
      throw HungUp()
    case 5..<9:
      harm("truncate", index, message)
      bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
    case 9..<13:
      guard let place = bytes.indices.randomElement(using: &generator) else { break }
      harm("flip", index, message)
      bytes[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
    default: break
    }
    return bytes
  }

  private func harm(_ name: String, _ index: Int, _ message: [UInt8]) {
    links.calls[index].isHarmed = true
    met(name, message)
  }

  /// Notes a fault with what was on its way.
  private func met(_ name: String, _ message: [UInt8]) {
    cargo = Simulation.kinds(of: (try? SyncOffer(encoded: message))?.segments ?? [])
    fault(name)
    cargo = []
  }

  private func delay(_ index: Int, _ name: String, _ step: Int) {
    guard generator.chance(40) else { return }
    switch links.calls[index].leg {
    case .saying: break
    case .asking(let bytes), .answering(let bytes): met(name, bytes)
    }
    links.calls[index].due = step + Int.random(in: 1...5, using: &generator)
  }

  private func isOpen(_ from: Int, _ to: Int, _ step: Int) -> Bool {
    links.shut[[from, to], default: 0] <= step
      && ![from, to].contains { links.away[$0, default: 0] > step }
  }

  // MARK: Life

  /// What the profile adds to a step.
  func liveOnLinks(_ who: Int, _ step: Int) throws {
    try pump(step)
    if generator.chance(8), let other = replicas.indices.randomElement(using: &generator),
      other != who
    {
      trace("step \(step): nothing goes from \(replicas[who].name) to \(replicas[other].name)")
      fault("shut one way")
      links.shut[[who, other]] = step + Int.random(in: 2...12, using: &generator)
    }
    if generator.chance(2) { leave(who, step) }
    guard disks.isEmpty else { return }
    if generator.chance(2), replicas.count < 5 { try copyFolder(who) }
    if generator.chance(3), replicas.count < 5 { try joinByCode() }
    if generator.chance(4) { try writeUnknown(who, step) }
    if replicas[who].processes.count < 2, generator.chance(10) { try openAgain(who) }
    replicas[who].acting = Int.random(in: 0..<replicas[who].processes.count, using: &generator)
  }

  /// A laptop is away for a year, and its owner goes on with it.
  private func leave(_ who: Int, _ step: Int) {
    trace("step \(step): \(replicas[who].name) is away, and a year goes by")
    fault("away for a year")
    links.away[who] = step + Int.random(in: 5...25, using: &generator)
    for replica in replicas { replica.clock.advance(milliseconds: 365 * 86_400_000) }
  }
}
