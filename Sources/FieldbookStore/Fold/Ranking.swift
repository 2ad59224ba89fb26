import FieldbookModel
import FieldbookReplication

/// A field of a thing.
struct Register: Hashable {
  let entity: EntityKey
  let field: Int64
}

/// Where several values stand one of them is shown, and they can be a conflict. That is found once a transaction, at its
/// end: so whoever sends very many values of one field costs no more than a look at each.
extension WriteTransaction {
  /// Until then the register of such a field shows one of the values, not always the right one.
  func rankUnranked() throws {
    if isRankingDoubted {
      for row in try sql.all(
        "SELECT DISTINCT e.key, s.field FROM sibling s JOIN entity e ON e.id = s.entity")
      {
        guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }), let field = row[1].integer
        else { continue }
        unranked.insert(Register(entity: key, field: field))
      }
      isRankingDoubted = false
    }
    guard !unranked.isEmpty else { return }
    let suspects = try suspectLogs()
    // In an order that is the same every time.
    let registers = unranked.sorted { ($0.entity, $0.field) < ($1.entity, $1.field) }
    unranked = []
    for register in registers { try rank(register, suspects) }
  }

  private func rank(_ register: Register, _ suspects: Set<LogID>) throws {
    let entity = try entityRow(register.entity)
    guard let name = try fieldName(register.field), let rule = FieldRule.of(name) else { return }
    let values = try siblings(entity.id, register.field)
    guard values.count > 1 else { return }
    let shown = try shown(values, entity: entity, rule: rule, suspects: suspects)
    try writeRegister(entity.id, register.field, shown.value, dot: WriteTransaction.several)
    try noteConflict(entity, register.field, rule: rule, values: values)
    if name == .lifecycle { try refreshLifecycle(entity) }
    let refresh = Operation<Dot>(
      kind: .set, entity: register.entity, clock: HybridTime(raw: 0),
      cells: [Cell(field: name, overwrites: [], value: nil)])
    try refreshRecord(entity, refresh, shown.dot)
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
