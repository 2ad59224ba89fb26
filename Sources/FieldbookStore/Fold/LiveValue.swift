import FieldbookModel
import FieldbookReplication

/// A value of a field that no other value has overwritten.
struct LiveValue {
  let dot: Dot
  /// Nil where it was not looked up: a register keeps none, since only values in conflict are asked for theirs.
  let clock: HybridTime?
  let value: FieldValue

  /// Of a lifecycle.
  var isDeletion: Bool { value.text == Lifecycle.deleted.rawValue }
}

extension WriteTransaction {
  /// Marks a register whose values are all in `sibling`, since there are several.
  static let several: Int64 = -1

  /// The values of a register that stand. More than one dot means that their writers had not seen each other.
  func live(_ entity: EntityRow, _ field: Int64) throws -> [LiveValue] {
    try liveAlone(entity, field) ?? siblings(entity.id, field)
  }

  /// The same of a register that holds none or one; nil for one that holds several.
  func liveAlone(_ entity: EntityRow, _ field: Int64) throws -> [LiveValue]? {
    guard
      let row = try sql.first(
        "SELECT value, dot FROM register WHERE entity = ? AND field = ?", .integer(entity.id),
        .integer(field))
    else { return try heldLive(entity, field) }
    if row[1].integer == WriteTransaction.several { return nil }
    // A register without a dot was written by the create op and not since.
    guard let dot = row[1].integer.map(Dot.init(raw:)) ?? entity.createdDot else {
      throw DatabaseFailure.corrupt("a register has no op")
    }
    return [LiveValue(dot: dot, clock: nil, value: row[0].field)]
  }

  private func heldLive(_ entity: EntityRow, _ field: Int64) throws -> [LiveValue] {
    guard entity.kind == .run, let dot = entity.createdDot, let name = try fieldName(field),
      let value = try heldValue(entity.id, name)
    else { return [] }
    return [LiveValue(dot: dot, clock: nil, value: value)]
  }

  /// When a value was written, by its writer's clock.
  func clock(of value: LiveValue) throws -> HybridTime {
    try value.clock ?? operation(value.dot).clock
  }

  func siblings(_ entity: Int64, _ field: Int64, limit: Int64 = -1) throws -> [LiveValue] {
    try sql.all(
      "SELECT dot, clock, value FROM sibling WHERE entity = ? AND field = ? ORDER BY dot LIMIT ?",
      .integer(entity), .integer(field), .integer(limit)
    ).map { row in
      LiveValue(
        dot: Dot(raw: row[0].integer ?? 0), clock: HybridTime(stored: row[1].integer ?? 0),
        value: row[2].field)
    }
  }

  /// The value that everyone shows: the greatest by (display clock, op hash); for a run's status, first
  /// what the run's own device says, a final state above others.
  func shown(
    _ values: [LiveValue], entity: EntityRow, rule: FieldRule, suspects: Set<LogID>
  ) throws -> LiveValue {
    var candidates = values
    if rule == .state, !Mutant.isOn(.statusByClock) {
      let owner = try entity.createdDot.map { try chain($0.chain).log.device }
      let own = try candidates.filter { try chain($0.dot.chain).log.device == owner }
      if !own.isEmpty { candidates = own }
      let final = candidates.filter {
        $0.value.text.flatMap(RunState.init(coded:))?.status.isFinal == true
      }
      if !final.isEmpty { candidates = final }
    }
    func ranked(_ value: LiveValue) throws -> Ranked {
      let isSuspect = suspects.contains(try chain(value.dot.chain).log)
      return (value: value, clock: try isSuspect ? displayClock(value) : clock(of: value))
    }
    var best = try ranked(candidates[0])
    for value in candidates.dropFirst() {
      let next = try ranked(value)
      if try ranks(best, below: next) { best = next }
    }
    return best.value
  }

  private typealias Ranked = (value: LiveValue, clock: HybridTime)

  private func ranks(_ left: Ranked, below right: Ranked) throws -> Bool {
    if Mutant.isOn(.shownByRow) { return left.value.dot.raw < right.value.dot.raw }
    if Mutant.isOn(.oldestShown) { return left.clock > right.clock }
    if left.clock != right.clock { return left.clock < right.clock }
    return try keptHash(of: left.value.dot).lexicographicallyPrecedes(
      keptHash(of: right.value.dot))
  }

  /// An op's own clock, but no later than when a hub that found it ahead of itself took it in.
  func displayClock(_ value: LiveValue) throws -> HybridTime {
    let log = try chain(value.dot.chain).log
    var shown = try clock(of: value)
    for row in try sql.all(
      """
      SELECT s.chain, s.upto, s.clock FROM suspect s JOIN chain c ON c.id = s.chain
      WHERE c.device = ? AND c.epoch = ?
      """, .blob(log.device.bytes), .blob(log.epochBytes))
    {
      guard let id = row[0].integer, let upto = row[1].integer, let clock = row[2].integer,
        try isAncestor(value.dot, of: Dot(chain: id, number: UInt64(upto)))
      else { continue }
      shown = min(shown, HybridTime(stored: clock))
    }
    return shown
  }
}
