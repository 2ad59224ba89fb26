import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// A peer that lies. With an even seed it is a member, whose ops count as far as its rights go; with an odd one nobody
/// let it in.
extension Simulation {
  /// What must be refused or left waiting: heads and state stay as they are.
  private enum Lie: CaseIterable {
    case flipped, foreignLog, bomb, hugeNumber, wrongRoot, unknownPast, unseenReference
    case otherWorkspace, unknownPredecessor, wrongCount, gap, anchorOutsidePast, tinySegments
  }

  func letLiarIn(_ founder: Workspace) throws {
    let liar = try Forger(key: (0..<32).map { _ in byte() }, workspace: founder.id)
    forger = liar
    if seed % 2 == 0 { try founder.admit(liar.device, name: "liar") }
  }

  private func byte() -> UInt8 { UInt8.random(in: 0...255, using: &beside) }

  func attack(_ step: Int) throws {
    guard let who = replicas.indices.randomElement(using: &beside) else { return }
    if beside.chance(45) { try writeHostile(to: who, step) } else { try lie(to: who, step) }
  }

  /// What others hold: what the liar says that it has seen.
  private func honestHeads(_ who: Int) throws -> [Head] {
    try replicas[who].workspace.heads().filter { $0.log.device != forger?.device }
  }

  private func writeHostile(to who: Int, _ step: Int) throws {
    guard let evil = forger else { return }
    let heads = try honestHeads(who)
    let ops = try hostileOps(step, heads)
    if try cutOtherwise(ops, heads, step) { return }
    let segment = try evil.sealed(ops, past: heads)
    fault("hostile ops")
    trace("step \(step): the liar gives \(replicas[who].name) hostile ops")
    try deliver([segment], to: who)
    if beside.chance(25), let other = replicas.indices.randomElement(using: &beside) {
      // The same number once more, to somebody else.
      fault("equivocation")
      trace("step \(step): and \(replicas[other].name) others with the same number")
      let heads = try honestHeads(other)
      try deliver([evil.sealed(hostileOps(step + 1000, heads), past: heads)], to: other)
    }
    forger?.goOn(after: segment)
  }

  /// The same ops once more, in segments that begin and end elsewhere: each replica is given its own, and the log goes on from one of
  /// them.
  ///
  /// With some seeds, and beside their dice: what others meet was found before there was this.
  private func cutOtherwise(_ ops: [Forger.Op], _ heads: [Head], _ step: Int) throws -> Bool {
    var dice = SeededGenerator(seed: seed &* 31 &+ UInt64(step))
    guard [2, 4].contains(seed % 8), ops.count > 1, dice.chance(50), let evil = forger else {
      return false
    }
    fault("one op in many cuts")
    for (index, replica) in replicas.enumerated() where index == 0 || dice.chance(70) {
      var author = evil
      var rest = ops[...]
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1...rest.count, using: &dice))
        let salts = part.flatMap {
          $0.cells.flatMap { _ in [UInt8](repeating: 5, count: Salts.bytesPerCell) }
        }
        let segment = try author.sealed(Array(part), past: heads, salts: .each(salts))
        trace("step \(step): the liar gives \(replica.name) \(part.count) of \(rest.count) ops")
        try deliver([segment], to: index)
        author.goOn(after: segment)
        rest = rest.dropFirst(part.count)
      }
      if index == 0 || dice.chance(50) { forger = author }
    }
    return true
  }

  private func lie(to who: Int, _ step: Int) throws {
    guard let lie = Lie.allCases.randomElement(using: &beside),
      let parcels = try parcels(lie, honestHeads(who))
    else { return }
    fault("lie: \(lie)")
    trace("step \(step): the liar gives \(replicas[who].name) \(lie)")
    func state() throws -> [String] {
      [try replicas[who].workspace.headsDigest().hex, try replicas[who].workspace.stateHash()]
    }
    try seal(who)
    let before = try state()
    try keepingWhatWaits(who) { try deliver(parcels, to: who) }
    guard try state() == before else {
      throw broken("lies change nothing", "\(replicas[who].name) took \(lie)")
    }
  }

  @discardableResult
  func deliver(_ segments: [Segment], to who: Int) throws -> ApplyReport {
    let workspace = replicas[who].workspace
    try seal(who)
    let report = try workspace.apply(segments.map(\.encoded), from: "liar")
    try checkWaiting(who, authors: Set(segments.map(\.header.log.device)))
    return report
  }

  // MARK: Ops of a member that mean harm

  /// What a good program would not write, in fields that nobody else writes.
  private func hostileOps(_ step: Int, _ heads: [Head]) throws -> [Forger.Op] {
    let run = (runs.randomElement(using: &beside) ?? runs.first)?.key ?? EntityKey(high: 1, low: 1)
    let clock = HybridTime(raw: beside.chance(20) ? .max : 1 << 20)
    let evil = FieldName("tags.evil")
    /// Ops of anybody, whatever they were about.
    let dots = heads.indices.prefix(3).map { WireDot(anchor: $0 + 1, number: heads[$0].number) }
    func op(
      _ kind: OperationKind, _ entity: EntityKey, _ cells: [Cell<WireDot>]
    ) -> Forger.Op { Forger.Op(kind: kind, entity: entity, clock: clock, cells: cells) }
    func cell(
      _ field: FieldName, _ value: FieldValue?, _ overwrites: [WireDot] = []
    ) -> Cell<WireDot> { Cell(field: field, overwrites: overwrites, value: value) }
    let all: [Forger.Op] = [
      op(.set, run, [cell(evil, .text("e\(step)"), dots)]),
      op(.set, run, [cell(evil, .text("twice")), cell(evil, .text("in one"))]),
      op(.set, run, [cell(evil, .integer(7))]),
      op(.createRun, run, [cell(evil, .text("of nothing"))]),
      op(
        .createRun, run,
        [cell(.experiment, .bytes(Experiment.defaultID.key.bytes)), cell(evil, .text("mine"))]),
      op(
        .createVersion, run,
        [cell(FieldName("model"), .bytes(run.bytes)), cell(FieldName("number"), .integer(1))]),
      op(.createModel, run, [cell(evil, .text("a model"))]),
      op(.createExperiment, models.first?.key ?? run, [cell(evil, .text("an experiment"))]),
      op(.createLoggedModel, run, [cell(evil, .text("a logged model"))]),
      op(.set, replicas[0].workspace.deviceKey.entity, [cell(FieldName("role"), .text("reader"))]),
      op(
        .set, replicas[0].workspace.deviceKey.entity,
        [cell(.revocation, .text(""), dots)]),
      op(.set, forger?.device.entity ?? run, [cell(FieldName("role"), .text("admin"))]),
      op(.set, forger?.device.entity ?? run, [cell(FieldName("hub"), .integer(1))]),
      op(.settle, run, [cell(FieldName("aliases.champion"), nil, dots)]),
      op(.witness, run, [cell(FieldName("tags.a"), nil, dots)]),
      op(
        .purge, run,
        Purge.cells(dots.map { ($0, [0]) }, contents: [], reason: "spite", subject: nil)),
      op(.addMetrics, run, [cell(FieldName("metrics"), .bytes([1, 2, 3]))]),
      op(OperationKind(rawValue: 999), run, [cell(FieldName("x.y"), .bytes([0]))]),
      op(.set, EntityKey(high: 7, low: UInt64(step)), [cell(evil, .null, dots)]),
      op(.createWorkspace, EntityKey(high: 9, low: 9), [cell(FieldName("name"), .text("mine"))]),
    ]
    return all.filter { _ in beside.chance(30) } + [all[0]]
  }

  // MARK: What does not fit

  /// Nil where there is nothing to lie about yet.
  private func parcels(_ lie: Lie, _ heads: [Head]) throws -> [Segment]? {
    guard let evil = forger else { return nil }
    let run = runs.first?.key ?? EntityKey(high: 1, low: 1)
    func plain(_ overwrites: [WireDot] = []) -> [Forger.Op] {
      [
        Forger.Op(
          kind: .set, entity: run, clock: HybridTime(raw: 1 << 20),
          cells: [Cell(field: FieldName("tags.evil"), overwrites: overwrites, value: .text("lie"))])
      ]
    }
    func nowhere() -> SegmentHash {
      SegmentHash(bytes: (0..<32).map { _ in byte() })!
    }
    let good = try evil.sealed(plain(), past: heads)
    switch lie {
    case .flipped:
      var bytes = good.encoded.bytes
      guard let place = bytes.indices.randomElement(using: &beside) else { return nil }
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &beside)
      guard let flipped = try? Segment(encoded: bytes) else { return nil }
      // A bit of the compressed body can be without meaning: then it is the segment that it was.
      func signed(_ segment: Segment) -> [[UInt8]?] {
        let body = try? Zstd.decompress(segment.compressedBody, limit: SegmentLimits.bodyBytes)
        return [segment.header.encoded, segment.signature, body]
      }
      return signed(flipped) == signed(good) ? nil : [flipped]
    case .foreignLog:
      // Somebody else's log, gone on by a stranger's hand.
      guard let head = heads.randomElement(using: &beside) else { return nil }
      return [
        try evil.altered(good) { header in
          header.log = head.log
          header.first = head.number + 1
          header.previous = head.hash
        }
      ]
    case .bomb:
      var bomb = try evil.altered(good) { $0.bodyByteCount = SegmentLimits.bodyBytes }
      bomb.compressedBody = Simulation.bomb
      return [bomb]
    case .hugeNumber:
      let numbers: [UInt64] = [Dot.numberLimit, UInt64(Int64.max), .max - 1]
      guard let number = numbers.randomElement(using: &beside) else { return nil }
      return [try evil.altered(good) { $0.first = number }]
    case .wrongRoot: return [try evil.altered(good) { $0.bodyRoot = nowhere() }]
    case .unknownPast: return [try evil.altered(good) { $0.past.append(nowhere()) }]
    case .unseenReference:
      guard let head = heads.first else { return nil }
      let beyond = head.number + (beside.chance(50) ? 1 : Dot.numberLimit / 2)
      return [try evil.sealed(plain([WireDot(anchor: 1, number: beyond)]), past: heads)]
    case .otherWorkspace:
      return [try evil.altered(good) { $0.workspace = WorkspaceID(EntityKey(high: 5, low: 5)) }]
    case .unknownPredecessor: return [try evil.altered(good) { $0.previous = nowhere() }]
    case .wrongCount:
      return [try evil.altered(good) { $0.count = beside.chance(50) ? 2 : SegmentLimits.ops }]
    case .gap: return [try evil.altered(good) { $0.first += 5 }]
    case .anchorOutsidePast: return [try evil.altered(good) { $0.anchors.append(nowhere()) }]
    case .tinySegments:
      // Each waits for something that never comes.
      return try (0..<60).map { _ in try evil.altered(good) { $0.past = [nowhere()] } }
    }
  }

  /// 64 MB of zeros in a few thousand bytes.
  private static let bomb = Zstd.compress([UInt8](repeating: 0, count: 64 << 20))
}
