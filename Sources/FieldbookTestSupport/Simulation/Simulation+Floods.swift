import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// Segments that wait for what never comes, more of them than a replica keeps.
extension Simulation {
  /// Small enough that a flood of a short history is beyond them.
  static let fewWaiting: WaitingLimits = {
    var limits = WaitingLimits.usual
    limits.segments = 64
    limits.segmentsPerAuthor = 24
    return limits
  }()

  /// By the liar alone, or by three whom nobody ever let in.
  func flood(_ who: Int, _ step: Int) throws {
    guard let liar = forger else { return }
    let isByLiar = flooding.chance(50)
    if floods.isEmpty {
      floods[.liar] = try waiting(of: liar)
      floods[.strangers] = try (0..<3).flatMap { _ in
        try waiting(of: Forger(key: floodingBytes(), workspace: liar.workspace))
      }
    }
    trace(
      "step \(step): \(isByLiar ? "the liar floods" : "strangers flood") \(replicas[who].name)")
    fault(isByLiar ? "flood of a member" : "flood of strangers")
    try seal(who)
    let segments = floods[isByLiar ? .liar : .strangers] ?? []
    try keepingWhatWaits(who) { try deliver(segments, to: who) }
  }

  enum Flooder { case liar, strangers }

  private func floodingBytes() -> [UInt8] {
    (0..<32).map { _ in UInt8.random(in: 0...255, using: &flooding) }
  }

  private func waiting(of author: Forger) throws -> [Segment] {
    let clock = HybridTime(raw: 1 << 20)
    let op = Forger.Op(
      kind: .set, entity: EntityKey(high: 1, low: 1), clock: clock,
      cells: [Cell(field: FieldName("tags.evil"), overwrites: [], value: .text("flood"))])
    let good = try author.sealed([op])
    return try (0..<Simulation.fewWaiting.segmentsPerAuthor + 6).map { _ in
      let nowhere = SegmentHash(bytes: floodingBytes())!
      return try author.altered(good) { $0.past = [nowhere] }
    }
  }

  /// What waits of anybody else stays, or had its turn.
  func keepingWhatWaits(_ who: Int, _ body: () throws -> ApplyReport) throws {
    let store = replicas[who].workspace.store
    // Of those whose enrolment came here: what others sent goes first, and is given again.
    let known = Set(try replicas[who].workspace.devices().map(\.key))
    let honest = known.intersection(replicas.map(\.workspace.deviceKey))
    func waiting() throws -> Set<SegmentHash> {
      try store.inspect { try $0.waitingHashes(of: honest) }
    }
    let before = try waiting()
    let report = try body()
    guard !before.isEmpty else { return }
    let rest = try before.subtracting(waiting()).subtracting(report.refused.map(\.segment))
    let held = try rest.isEmpty ? [] : Set(store.inspect { try $0.segmentHashes() })
    guard let lost = rest.subtracting(held).min() else { return }
    throw broken(
      "a flood pushes out nobody else's",
      "\(replicas[who].name) let go of \(lost.hex.prefix(8)), which waited")
  }

  func checkWaiting(_ who: Int, authors: Set<DeviceKey>) throws {
    let workspace = replicas[who].workspace
    let limits = workspace.environment.waiting
    let (count, bytes) = try workspace.store.inspect { try $0.waitingSize() }
    guard count <= limits.segments, bytes <= limits.bytes else {
      throw broken("what waits is bounded", "\(count) segments, \(bytes) bytes")
    }
    for author in authors {
      let share = try workspace.store.inspect { try $0.waitingHashes(of: [author]) }.count
      guard share <= limits.segmentsPerAuthor else {
        throw broken("what waits is bounded", "\(share) segments of \(author.id)")
      }
    }
  }
}
