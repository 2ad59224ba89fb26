import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// What is checked while a history goes on, since its end does not show it.
extension Simulation {
  /// What was seen on the way.
  struct Watched {
    /// Texts of ops that only a later version understands.
    var unknown: Set<String> = []
    var points = Points()
    /// Logs of replicas that were copied or restored, as they were then: nobody may go on in them.
    var left: [Int: LogPlace] = [:]
    /// Which device started a run.
    var owners: [RunID: DeviceKey] = [:]
  }

  // MARK: 1 to 3 of clones, restores, forks

  func noteLeft(_ who: Int) throws {
    watched.left[who] = try replicas[who].workspace.store.inspect { try $0.ownPlace() }
  }

  func watchLogs() throws {
    for (who, left) in watched.left {
      guard let now = try replicas[who].workspace.store.inspect({ try $0.ownPlace() }),
        now.epoch == left.epoch
      else {
        watched.left[who] = nil
        continue
      }
      guard now.number <= left.number else {
        throw broken("a copy goes on in a new log", "\(replicas[who].name) does not")
      }
    }
    for replica in replicas {
      guard try replica.workspace.store.inspect({ try $0.ownLogCameBack() }) else { continue }
      throw broken("who gets own work back goes on in a new log", "\(replica.name) does not")
    }
  }

  // MARK: Clocks

  func clock(_ who: Int) throws -> HybridTime {
    try replicas[who].workspace.store.inspect { try $0.ownClock() }
  }

  /// Never adopt a remote clock further ahead than five minutes.
  func watchClock(_ who: Int, since before: HybridTime) throws {
    let limit = max(
      before.milliseconds, replicas[who].clock.now + HybridClock.skewLimitMilliseconds)
    let now = try clock(who).milliseconds
    guard now <= limit + 1 else {
      throw broken("a far clock is not adopted", "\(replicas[who].name) is \(now - limit) ms ahead")
    }
  }

  // MARK: 4

  /// What came over a sound network has its effect, or waits for what is missing, wherever transactions end.
  func requireTaken(_ who: Int, _ given: [SegmentHash], _ report: ApplyReport) throws {
    let (held, waiting) = try replicas[who].workspace.store.inspect {
      try (Set($0.segmentHashes()), Set($0.waitingHashes()))
    }
    let refused = Set(report.refused.map(\.segment))
    guard
      let lost = given.first(where: {
        !held.contains($0) && !waiting.contains($0) && !refused.contains($0)
      })
    else { return }
    throw broken("4 whatever the batch", "\(replicas[who].name) did not take \(lost.hex.prefix(8))")
  }

  // MARK: 7

  /// No final number changes, and none is given that another version has.
  func watchingNumbers(_ who: Int, body: () throws -> Void) throws {
    try catchUp(who)
    func numbers() throws -> [FinalNumber] {
      try replicas[who].workspace.store.inspect { try $0.finalNumbers() }
    }
    let before = Dictionary(uniqueKeysWithValues: try numbers().map { ($0.version, $0) })
    let leased = try leases(who)
    try body()
    let after = try numbers()
    try checkNewLeases(who, since: leased, given: Array(before.values))
    for one in after {
      if let known = before[one.version], known.number != one.number {
        throw broken("7 nothing is renumbered", "\(known.number) became \(one.number)")
      }
      let isFresh = before[one.version] == nil
      let twins = after.filter { $0.model == one.model && $0.number == one.number }
      guard !isFresh || twins.count == 1 else {
        throw broken("7 a number is given once", "\(one.number) to \(twins.count) versions")
      }
    }
  }
}
