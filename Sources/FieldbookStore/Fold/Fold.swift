import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Gives one op its effect on the derived tables.
  ///
  /// Delivery is causal: whatever an op overwrites has been folded before. So a value that is overwritten is
  /// simply removed, and what is left beside the new one was concurrent with it.
  func fold(_ op: Operation<Dot>, dot: Dot) throws {
    guard op.isUnderstood else { return try keepUnknown(op, dot) }
    try noteWithheld(op, dot: dot)
    guard !op.isWithheld else { return }
    guard try hasEffect(op, dot: dot) else { return try keepVoid(op, dot) }
    switch op.kind {
    case .settle: return try foldSettle(op, dot: dot)
    case .witness: return try foldWitness(op)
    case .purge: return try foldPurge(op, dot: dot)
    default: break
    }
    let known = try existingEntity(op.entity)
    var entity = try known ?? newEntity(op, dot: dot)
    if known != nil, let kind = op.kind.createdKind {
      try noteCreation(&entity, kind: kind, op, dot: dot)
    }
    let isFirst = known == nil && entity.kind != nil
    for cell in op.cells {
      guard let rule = FieldRule.of(cell.field) else { continue }
      let field = try fieldID(cell.field)
      switch rule {
      case .growOnly: try addMember(entity, field, dot, op.clock, cell)
      case .manifests: try foldManifest(entity, dot, cell)
      default:
        if rule == .blocking { try keepBlocking(entity, field, dot, op.clock, cell) }
        if isFirst, let value = cell.value, cell.field != .lifecycle {
          try writeFirstRegister(entity.id, field, value)
          continue
        }
        let byCreation = op.kind.createdKind != nil && entity.createdDot == dot
        try foldRegister(entity, field, rule, dot, op.clock, cell, byCreation: byCreation)
      }
    }
    entity = try entityRow(op.entity)
    try refreshRecord(entity, op, dot, isFirst: isFirst)
    try noteEditOfDeleted(entity, op, dot)
  }

  /// A row for what nothing named before, with its record if this op creates it.
  private func newEntity(_ op: Operation<Dot>, dot: Dot) throws -> EntityRow {
    guard let kind = op.kind.createdKind else { return try entityRow(op.entity) }
    let made = try insertEntity(op.entity, kind: kind, dot: dot, clock: op.clock)
    try makeRecord(made, kind, op)
    return made
  }

  /// Keeps an op that this version gives no effect: one of a later version, or one without its values.
  func keepUnknown(_ op: Operation<Dot>, _ dot: Dot) throws {
    try noteWithheld(op, dot: dot)
    if Mutant.isOn(.unknownDropped) { return }
    try sql.run(
      "INSERT OR IGNORE INTO unknown_op(dot, hash) VALUES (?, ?)", .integer(dot.raw),
      .blob(OperationHash.sha256(try canonicalBytes(op))))
  }

  private func noteCreation(
    _ entity: inout EntityRow, kind: EntityKind, _ op: Operation<Dot>, dot: Dot
  ) throws {
    let clock = op.clock
    if entity.kind == nil {
      entity.kind = kind
      entity.createdDot = dot
      entity.createdClock = clock
      try save(entity)
      try makeRecord(entity, kind, op)
    } else if let known = entity.createdDot, known != dot {
      // A second creation of the same thing: registers that the first one wrote are given their dot by
      // name, since `createdDot` alone no longer says which creation they are from.
      try sql.run(
        "UPDATE register SET dot = ?, clock = ? WHERE entity = ? AND dot IS NULL",
        .integer(known.raw), .integer(entity.createdClock?.stored ?? 0), .integer(entity.id))
      entity.createdClock = min(entity.createdClock ?? clock, clock)
      try save(entity)
      try refreshCreatedTime(entity)
    }
  }

  private func addMember(
    _ entity: EntityRow, _ field: Int64, _ dot: Dot, _ clock: HybridTime, _ cell: Cell<Dot>
  ) throws {
    guard let value = cell.value else { return }
    try sql.run(
      "INSERT OR IGNORE INTO member(entity, field, dot, clock, value) VALUES (?, ?, ?, ?, ?)",
      .integer(entity.id), .integer(field), .integer(dot.raw), .integer(clock.stored), .init(value))
  }

  private func foldRegister(
    _ entity: EntityRow, _ field: Int64, _ rule: FieldRule, _ dot: Dot, _ clock: HybridTime,
    _ cell: Cell<Dot>, byCreation: Bool
  ) throws {
    var values = try live(entity, field)
    let hadSeveral = values.count > 1
    if !cell.overwrites.isEmpty {
      let gone = Mutant.isOn(.overwrittenStay) ? [] : Set(try overwritten(by: cell))
      values.removeAll { gone.contains($0.dot) }
    }
    if let value = cell.value { values.append(LiveValue(dot: dot, clock: clock, value: value)) }
    if Mutant.isOn(.unseenAddsRemoved), rule == .addWins, cell.value == nil { values = [] }
    if hadSeveral {
      try sql.run(
        "DELETE FROM sibling WHERE entity = ? AND field = ?", .integer(entity.id), .integer(field))
    }
    switch values.count {
    case 0:
      try sql.run(
        "DELETE FROM register WHERE entity = ? AND field = ?", .integer(entity.id), .integer(field))
    case 1:
      let only = values[0]
      let implied = byCreation && only.dot == dot
      try writeRegister(
        entity.id, field, only.value, dot: implied ? nil : only.dot.raw,
        clock: implied ? nil : only.clock.stored)
    default:
      for value in values {
        try sql.run(
          "INSERT INTO sibling(entity, field, dot, clock, value) VALUES (?, ?, ?, ?, ?)",
          .integer(entity.id), .integer(field), .integer(value.dot.raw),
          .integer(value.clock.stored), .init(value.value))
      }
      let shown = try shown(values, entity: entity, rule: rule)
      try writeRegister(
        entity.id, field, shown.value, dot: WriteTransaction.several, clock: shown.clock.stored)
    }
    if hadSeveral || values.count > 1 {
      try noteConflict(entity, field, rule: rule, values: values)
    }
    if cell.field == .lifecycle { try noteLifecycle(entity, values, dot) }
  }

  /// A field of a thing that nothing named before: nothing can stand there.
  private func writeFirstRegister(_ entity: Int64, _ field: Int64, _ value: FieldValue) throws {
    try sql.run(
      "INSERT INTO register(entity, field, value) VALUES (?, ?, ?)", .integer(entity),
      .integer(field), .init(value))
  }

  func writeRegister(
    _ entity: Int64, _ field: Int64, _ value: FieldValue, dot: Int64?, clock: Int64?
  ) throws {
    try sql.run(
      """
      INSERT INTO register(entity, field, value, dot, clock) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT(entity, field) DO UPDATE SET value = excluded.value, dot = excluded.dot, clock = excluded.clock
      """, .integer(entity), .integer(field), .init(value), .optional(dot), .optional(clock))
  }

  private func noteConflict(
    _ entity: EntityRow, _ field: Int64, rule: FieldRule, values: [LiveValue]
  ) throws {
    let disagrees: Bool =
      switch rule {
      case .register, .writeOnce, .blocking:
        Mutant.isOn(.equalValuesConflict) ? values.count > 1 : Set(values.map(\.value)).count > 1
      default: false
      }
    let isAlias = fieldNames[field]?.split.family == "aliases"
    let kind: ConflictKind = isAlias ? .alias : .value
    try markConflict(entity.id, field, kind, blocking: rule == .blocking, open: disagrees)
  }

  func markConflict(
    _ entity: Int64, _ field: Int64, _ kind: ConflictKind, blocking: Bool, open: Bool
  ) throws {
    if open {
      newConflicts += try sql.run(
        "INSERT OR IGNORE INTO conflict(entity, field, kind, blocking) VALUES (?, ?, ?, ?)",
        .integer(entity), .integer(field), .text(kind.rawValue), .integer(blocking ? 1 : 0))
    } else if !Mutant.isOn(.conflictStays) {
      try sql.run(
        "DELETE FROM conflict WHERE entity = ? AND field = ? AND kind = ?", .integer(entity),
        .integer(field), .text(kind.rawValue))
    }
  }
}
