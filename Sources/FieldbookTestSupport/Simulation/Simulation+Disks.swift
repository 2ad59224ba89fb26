import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Disks that fail, and machines that stop in the middle of anything.
extension Simulation {
  /// What the oracle is told of it.
  struct Disaster {
    /// A write of which it is not known yet whether it happened.
    struct Doubt {
      let who: Int
      let entity: EntityKey
      let field: FieldName
      let value: String?
      let seen: Set<Int>
    }

    var doubt: Doubt?
    /// Writes that a power cut must not take any more.
    var durable: Set<Int> = []
    /// Writes that one took from the world: nobody had been told of them.
    var gone: Set<Int> = []
    /// Where each write went, to find it again.
    var places: [Int: (EntityKey, FieldName)] = [:]
    /// By replica: how far its log was at the end of a step, and how far when all of it had last reached the disk.
    var ends: [Int: LogEnd] = [:]
    var durableEnds: [Int: LogEnd] = [:]
    /// All that were durable once: what every log must hold in the end.
    var kept: Set<LogEnd> = []
    /// The last op of its log when a write was there, where values can be purged.
    var opOf: [Int: LogEnd] = [:]
    /// Things of which something was to be purged: what is gone of them need not be lost.
    var purged: Set<EntityKey> = []
  }

  /// Time that passes while a call lasts comes from the seed: so transactions end wherever they may.
  func simulatedMachine(seed: UInt64) -> MachineCalls {
    let ticks = SeededTicks(seed: seed ^ 0x7469_636B)
    return MachineCalls(
      elapsed: { ticks.next() },
      synchronize: { FaultyFileSystem.synchronize($0) ?? MachineCalls.synchronizeFile($0) },
      readsBesideWrites: seed % 8 == 0)
  }

  func mountDisk(_ who: Int, _ name: String) {
    let disk = FaultyDisk(folder: folder.path + "/" + name, seed: seed &+ UInt64(who))
    FaultyFileSystem.mount(disk)
    disks[who] = disk
  }

  /// Chooses whose disk fails in the next step, and how.
  func armDisk() -> Int? {
    guard !disks.isEmpty, generator.chance(45) else { return nil }
    let victim = Int.random(in: 0..<replicas.count, using: &generator)
    arm(victim)
    return victim
  }

  func arm(_ victim: Int) {
    let stops: [FaultyDisk.Fault] = [.powerCut, .kill, .powerCut, .kill]
    let others = profile == .recovery ? FaultyDisk.Fault.allCases : FaultyDisk.Fault.first
    let kind = (stops + others).randomElement(using: &generator) ?? .kill
    let calls = Int.random(in: 1...(generator.chance(50) ? 6 : 60), using: &generator)
    disks[victim]?.arm(kind, after: calls)
  }

  /// Afterwards: starts the machine again if it stopped, and finds out what became of the write that was under way.
  func recover(_ victim: Int) throws {
    guard disks[victim] != nil else { return }
    let isStruck = try endFault(victim)
    try settleDoubt()
    guard isStruck else { return try noteSealed(victim) }
    try recountAll()
  }

  /// True if one had struck. The machine runs again, and nothing strikes any more.
  func endFault(_ victim: Int) throws -> Bool {
    guard let disk = disks[victim] else { return false }
    // What stops the machine can strike where a program passes over it, and be disarmed with the next closing.
    let struck = disk.disarm() ?? (disk.isDead ? .kill : nil)
    guard let struck else { return false }
    fault(struck.rawValue)
    trace("  \(replicas[victim].name): \(struck.rawValue)")
    if disk.isDead { try restart(victim, disk, struck) } else { try bury(victim, disk) }
    return true
  }

  /// Whoever a victim was in touch with has what came through.
  func recountAll() throws {
    for who in replicas.indices { try noteSealed(who) }
    for who in replicas.indices { try recount(who) }
  }

  private func restart(_ who: Int, _ disk: FaultyDisk, _ fault: FaultyDisk.Fault) throws {
    let (dir, environment) = (replicas[who].workspace.dir, replicas[who].workspace.environment)
    endCalls(of: who)
    let before = noted[who] ?? []
    var fault: FaultyDisk.Fault? = fault
    var attempts = 0
    var isPowerCut = false
    while let cause = fault {
      isPowerCut = isPowerCut || cause == .powerCut
      for process in replicas[who].processes { try? process.close() }
      replicas[who].processes = []
      replicas[who].acting = 0
      guard disk.openFiles == 0 else { throw broken("harness", "files are still open") }
      try disk.revive(afterPowerCut: cause == .powerCut)
      attempts += 1
      // It can happen again while the replica is opened, and mends what the first one left.
      if attempts < 3, generator.chance(30) { arm(who) }
      do {
        replicas[who].processes = [try open(dir, environment, on: disk)]
        let again = disk.disarm()
        fault = disk.isDead || !disk.dead.isEmpty ? again ?? .kill : nil
      } catch let failure as any Failure {
        guard let again = disk.disarm() else { throw failure }
        trace("  \(replicas[who].name) cannot be opened: \(failure.message)")
        self.fault("\(again.rawValue) at opening")
        fault = again
      }
    }
    try compareLogs(who, isPowerCut: isPowerCut)
    try comparePoints(who, isPowerCut: isPowerCut)
    try compare(who, before, isPowerCut: isPowerCut)
  }

  /// Compares what is there with what was: nothing durable may be missing, and what is, is the end of the log.
  func compare(_ who: Int, _ before: Set<SegmentHash>, isPowerCut: Bool) throws {
    let held = try replicas[who].workspace.store.inspect { try $0.segmentHashes() }
    let lostSegments = before.subtracting(held)
    let open = lostSegments.reduce(unsealed[who] ?? []) {
      $0.union(writesOfSegment[$1] ?? [])
    }
    let present = try open.filter { number in
      guard let (entity, field) = disaster.places[number] else { return true }
      // A purged value is gone, and its op is not.
      if let end = disaster.opOf[number], disaster.purged.contains(entity) {
        return try replicas[who].workspace.store.inspect { try $0.holds(end) }
      }
      return try holds(who, entity, field, oracle.writes[number].value)
    }
    let lost = open.subtracting(present)
    let mustStay = isPowerCut ? disaster.durable : open
    if let wrong = lost.intersection(mustStay).min() {
      throw broken("2 durable is kept", "\(replicas[who].name) lost write \(wrong)")
    }
    if let last = present.max(), let first = lost.min(), first < last {
      throw broken(
        "2 what is lost is the end of the log",
        "\(replicas[who].name) lost write \(first) and kept write \(last)")
    }
    let others = replicas.indices.filter { $0 != who }
    if let told = others.first(where: { !replicas[$0].known.isDisjoint(with: lost) }) {
      throw broken(
        "6 durable before send", "\(replicas[told].name) knows what \(replicas[who].name) lost")
    }
    if !lost.isEmpty { trace("  \(replicas[who].name) lost writes \(lost.sorted())") }
    for _ in lost { fault("lost write") }
    disaster.gone.formUnion(lost)
    noted[who]?.subtract(lostSegments)
    for segment in lostSegments { writesOfSegment[segment] = nil }
    unsealed[who] = present
  }

  func settleDoubt() throws {
    guard let doubt = disaster.doubt else { return }
    disaster.doubt = nil
    guard try holds(doubt.who, doubt.entity, doubt.field, doubt.value) else { return }
    trace("  it had been written all the same")
    try note(doubt.who, doubt.entity, doubt.field, doubt.value, seen: doubt.seen)
  }

  private func holds(
    _ who: Int, _ entity: EntityKey, _ field: FieldName, _ value: String?
  ) throws -> Bool {
    let texts = try replicas[who].workspace.store.inspect { try $0.ownTexts(entity, field) }
    return value.map(texts.contains) ?? true
  }

  /// What a replica knows, from what it holds.
  private func recount(_ who: Int) throws {
    let held = try replicas[who].workspace.store.inspect { try $0.segmentHashes() }
    replicas[who].known = held.reduce(unsealed[who] ?? []) {
      $0.union(writesOfSegment[$1] ?? [])
    }
  }

  /// What is synced at the end of a step cannot be lost later.
  func noteDurable() throws {
    for (who, disk) in disks {
      if disk.isSynced { disaster.durable.formUnion(replicas[who].known) }
      try noteEnd(who, isDurable: disk.isSynced)
      if disk.isSynced { watched.points.settle(who) }
    }
  }

  /// What an offer gives, and the heads that it tells.
  func requireDurable(_ who: Int, saying offer: SyncOffer) throws {
    try requireDurable(
      who,
      offer.segments.isEmpty ? "6 acknowledged heads are durable" : "6 durable before send")
  }

  func requireDurable(_ who: Int, _ invariant: String) throws {
    guard let disk = disks[who], !disk.isSynced else { return }
    throw broken(
      invariant,
      "a power cut would take writes of \(replicas[who].name): "
        + disk.unsyncedFiles.joined(separator: ", "))
  }
}
