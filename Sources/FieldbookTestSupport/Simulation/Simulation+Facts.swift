import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookWorkspace

/// What stays however a machine stops, told without knowing what it is: ops by their log, points by themselves.
extension Simulation {
  /// Points of the series `loss` as they were recorded.
  struct Points {
    struct Batch {
      /// Nil when its folder became another one.
      var who: Int?
      let run: RunID
      let points: Set<MetricPoint>
      /// A power cut must leave it.
      var isDurable = false
    }

    private(set) var batches: [Batch] = []
    /// Written by calls that failed: there or not.
    private(set) var attempted: [RunID: Set<MetricPoint>] = [:]

    mutating func attempt(_ points: [MetricPoint], of run: RunID) {
      attempted[run, default: []].formUnion(points)
    }

    mutating func add(_ points: [MetricPoint], of run: RunID, by who: Int) {
      batches.append(Batch(who: who, run: run, points: Set(points)))
    }

    mutating func settle(_ who: Int) {
      for index in batches.indices where batches[index].who == who {
        batches[index].isDurable = true
      }
    }

    /// What a replica held it may get back from others.
    mutating func leave(_ who: Int) {
      for index in batches.indices where batches[index].who == who { batches[index].who = nil }
    }

    /// What is not there any more, as it may.
    mutating func lose(_ index: Int) { batches.remove(at: index) }

    /// By run.
    var expected: [RunID: Set<MetricPoint>] {
      batches.reduce(into: [:]) { $0[$1.run, default: []].formUnion($1.points) }
    }
  }

  func noteEnd(_ who: Int, isDurable: Bool) throws {
    guard let end = try replicas[who].workspace.store.inspect({ try $0.ownEnd() }) else { return }
    disaster.ends[who] = end
    guard isDurable else { return }
    disaster.durableEnds[who] = end
    disaster.kept.insert(end)
  }

  /// After a kill every op is there that was there at the end of the step before it; after a power cut every durable one.
  func compareLogs(_ who: Int, isPowerCut: Bool) throws {
    let store = replicas[who].workspace.store
    if let end = isPowerCut ? disaster.durableEnds[who] : disaster.ends[who],
      try !store.inspect({ try $0.holds(end) })
    {
      throw broken("2 durable is kept", "\(replicas[who].name) lost op \(end.number) of its log")
    }
    // What a cut took, which may be all of the log, no kill takes once more.
    if isPowerCut { disaster.ends[who] = try store.inspect { try $0.ownEnd() } }
  }

  /// As `compareLogs`, for points, which can lie outside of the log until it is sealed.
  func comparePoints(_ who: Int, isPowerCut: Bool) throws {
    // Points of a revoked device are there and count for nothing.
    if hasMembership, faults["revocation"] != nil { return }
    let workspace = replicas[who].workspace
    for index in watched.points.batches.indices.reversed() {
      let batch = watched.points.batches[index]
      guard batch.who == who, !disaster.purged.contains(batch.run.key) else { continue }
      let held = (try? workspace.metricHistory(batch.run, key: "loss")) ?? []
      if batch.points.isSubset(of: held) { continue }
      if isPowerCut, !batch.isDurable {
        fault("lost points")
        watched.points.lose(index)
        continue
      }
      // Points whose payload is elsewhere are known, and not here.
      guard try workspace.missingChunkPayloads(limit: 1).isEmpty else { continue }
      throw broken(
        "2 durable is kept", "\(replicas[who].name) lost points of \(batch.run.hex.prefix(8))")
    }
  }

  /// Everybody holds whatever was durable anywhere.
  func checkKept(_ replica: Replica) throws {
    let lost = try replica.workspace.store.inspect { transaction in
      try disaster.kept.filter { try !transaction.holds($0) }
    }
    guard let lost = lost.min(by: { $0.number < $1.number }) else { return }
    throw broken("2 nothing lost", "\(replica.name) lacks op \(lost.number) of a durable log")
  }
}
