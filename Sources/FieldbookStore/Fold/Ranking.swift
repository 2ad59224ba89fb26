import FieldbookModel
import FieldbookReplication

/// A field of a thing.
struct Register: Hashable {
  let entity: EntityKey
  let field: Int64
}

/// What a transaction did to a field with several values.
enum Unranked {
  /// Added these.
  case added([LiveValue])
  case anew
}

/// Where several values stand one of them is shown, and they can be a conflict. That is found once a transaction, at its
/// end, and from what it added where that is all it did: so whoever sends very many values of one field costs no more
/// than a look at each.
extension WriteTransaction {
  func noteUnranked(_ register: Register, gone: Set<Dot>, _ new: LiveValue?) {
    guard gone.isEmpty, let new else {
      unranked[register] = .anew
      return
    }
    switch unranked[register] {
    case nil: unranked[register] = .added([new])
    case .added(var values):
      // Not copied with each value.
      unranked[register] = nil
      values.append(new)
      unranked[register] = .added(values)
    case .anew: break
    }
  }

  /// Until then the register of such a field shows one of the values, not always the right one.
  func rankUnranked() throws {
    if isRankingDoubted {
      for row in try sql.all(
        "SELECT DISTINCT e.key, s.field FROM sibling s JOIN entity e ON e.id = s.entity")
      {
        guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }), let field = row[1].integer
        else { continue }
        unranked[Register(entity: key, field: field)] = .anew
      }
      known.shown = [:]
      isRankingDoubted = false
    }
    guard !unranked.isEmpty else { return }
    let suspects = try suspectLogs()
    // In an order that is the same every time.
    let registers = unranked.sorted {
      ($0.key.entity, $0.key.field) < ($1.key.entity, $1.key.field)
    }
    unranked = [:]
    if known.shown.count > KnownOps.limit { known.shown = [:] }
    for (register, change) in registers { try rank(register, change, suspects) }
  }

  private func rank(_ register: Register, _ change: Unranked, _ suspects: Set<LogID>) throws {
    let entity = try entityRow(register.entity)
    guard let name = try fieldName(register.field), let rule = FieldRule.of(name) else { return }
    let shown: LiveValue
    if case .added(let values) = change, let before = known.shown[register] {
      let candidates = Mutant.isOn(.addedAlone) ? values : [before] + values
      shown = try self.shown(candidates, entity: entity, rule: rule, suspects: suspects)
      // Those that agree with it end no conflict that others are in.
      if values.contains(where: { $0.value != before.value }) {
        try noteConflict(entity, register.field, rule: rule, values: [before] + values)
      }
    } else {
      let values = try siblings(entity.id, register.field)
      guard values.count > 1 else { return }
      shown = try self.shown(values, entity: entity, rule: rule, suspects: suspects)
      try noteConflict(entity, register.field, rule: rule, values: values)
    }
    known.shown[register] = shown
    try writeRegister(entity.id, register.field, shown.value, dot: WriteTransaction.several)
    if name == .lifecycle { try refreshLifecycle(entity) }
    let refresh = Operation<Dot>(
      kind: .set, entity: register.entity, clock: HybridTime(raw: 0),
      cells: [Cell(field: name, overwrites: [], value: nil)])
    try refreshRecord(entity, refresh, shown.dot)
  }

  /// True if each register shows, of the values that stand, the one that all of them give: however they came.
  func areRanked() throws -> Bool {
    let suspects = try suspectLogs()
    for row in try sql.all(
      """
      SELECT e.key, s.field, r.value FROM (SELECT DISTINCT entity, field FROM sibling) s
      JOIN entity e ON e.id = s.entity JOIN register r ON r.entity = s.entity AND r.field = s.field
      """)
    {
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }), let field = row[1].integer,
        let rule = try fieldName(field).flatMap(FieldRule.of)
      else { continue }
      let entity = try entityRow(key)
      let values = try siblings(entity.id, field)
      guard
        try values.isEmpty
          || row[2].field == shown(values, entity: entity, rule: rule, suspects: suspects).value
      else { return false }
    }
    return true
  }

  /// Logs some of whose clocks a hub found ahead of its own.
  func suspectLogs() throws -> Set<LogID> {
    Set(
      try sql.all("SELECT DISTINCT chain FROM suspect").compactMap { row in
        try row[0].integer.map { try chain($0).log }
      })
  }

  func noteConflict(
    _ entity: EntityRow, _ field: Int64, rule: FieldRule, values: [LiveValue]
  ) throws {
    let disagrees: Bool =
      switch rule {
      case .register, .writeOnce, .blocking:
        Mutant.isOn(.equalValuesConflict) ? values.count > 1 : Set(values.map(\.value)).count > 1
      default: false
      }
    let isAlias = try fieldName(field)?.family == .aliases
    let kind: ConflictKind = isAlias ? .alias : .value
    try markConflict(entity.id, field, kind, blocking: rule == .blocking, open: disagrees)
  }
}
