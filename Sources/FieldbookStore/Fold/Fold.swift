import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Gives one op its effect on the derived tables.
  ///
  /// Delivery is causal: whatever an op overwrites has been folded before. So a value that is overwritten is
  /// simply removed, and what is left beside the new one was concurrent with it.
  func fold(_ op: Operation<Dot>, dot: Dot) throws {
    guard understands(op) else { return try keepUnknown(op, dot) }
    try noteWithheld(op, dot: dot)
    guard !op.isWithheld else { return }
    guard try hasEffect(op, dot: dot) else { return try keepVoid(op, dot) }
    switch op.kind {
    case .settle: return try foldSettle(op, dot: dot)
    case .witness: return try foldWitness(op)
    case .purge: return try foldPurge(op, dot: dot)
    default: break
    }
    var entity: EntityRow
    var held: Int64 = 0
    var isFirst = false
    if let kind = op.kind.createdKind {
      if op.createsDeleted { madeDeleted[op.entity, default: []].append(dot) }
      if let made = try insertEntity(op.entity, kind: kind, dot: dot, clock: op.clock) {
        entity = made
        held = try makeRecord(made, kind, op, isFirst: true)
        isFirst = true
      } else {
        entity = try entityRow(op.entity)
        try noteCreation(&entity, kind: kind, op, dot: dot)
      }
    } else {
      entity = try entityRow(op.entity)
    }
    for index in op.cells.indices {
      let name = op.cells[index].field
      guard let rule = FieldRule.of(name) else { continue }
      // Names of held fields are numbered, too: readers ask by number.
      let field = try fieldID(name)
      if held != 0, let own = HeldField(name), held & own.rawValue != 0 { continue }
      if isFirst, rule == .register || rule == .writeOnce, name.word != .lifecycle {
        if let value = op.cells[index].value { try writeFirstRegister(entity.id, field, value) }
        continue
      }
      let cell = op.cells[index]
      switch rule {
      case .growOnly:
        try addMember(entity, field, dot, op.clock, cell)
        if name == .spans { try foldSpans(entity, dot, cell) }
      case .manifests: try foldManifest(entity, dot, cell)
      default:
        if rule == .blocking { try keepBlocking(entity, field, dot, op.clock, cell) }
        if isFirst, let value = cell.value, name.word != .lifecycle {
          try writeFirstRegister(entity.id, field, value)
          continue
        }
        let byCreation = op.kind.createdKind != nil && entity.createdDot == dot
        if try foldAlone(entity, field, rule, dot, cell, byCreation: byCreation) { continue }
        try foldRegister(entity, field, rule, dot, op.clock, cell, byCreation: byCreation)
      }
    }
    entity = try entityRow(op.entity)
    try refreshRecord(entity, op, dot, isFirst: isFirst)
    try noteEditOfDeleted(entity, op, dot)
  }

  /// Keeps an op that this version gives no effect: one of a later version, or one without its values.
  func keepUnknown(_ op: Operation<Dot>, _ dot: Dot) throws {
    try noteWithheld(op, dot: dot)
    if !op.isWithheld { try noteMixedLevels() }
    if Mutant.isOn(.unknownDropped) { return }
    try sql.run(
      "INSERT OR IGNORE INTO unknown_op(dot, hash) VALUES (?, ?)", .integer(dot.raw),
      .blob(OperationHash.sha256(try canonicalBytes(op))))
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
    try release(cell.field, of: entity)
    let gone = Mutant.isOn(.overwrittenStay) ? [] : Set(try overwritten(by: cell))
    let new = cell.value.map { LiveValue(dot: dot, clock: clock, value: $0) }
    if let alone = try liveAlone(entity, field) {
      let values = alone.filter { !gone.contains($0.dot) } + (new.map { [$0] } ?? [])
      if values.count > 1 {
        for value in values { try writeSibling(entity.id, field, value) }
        try writeRegister(entity.id, field, values[0].value, dot: WriteTransaction.several)
        unranked[Register(entity: entity.key, field: field)] = .anew
      } else {
        try writeAlone(entity.id, field, values.first, isImplied: byCreation && new != nil)
      }
    } else {
      try foldAmongSeveral(entity, field, rule, gone, new, byCreation: byCreation)
    }
    if cell.field == .lifecycle { try noteLifecycle(entity, gone: gone, new) }
  }

  /// Where several values stand: what one more op costs does not depend on how many there are.
  private func foldAmongSeveral(
    _ entity: EntityRow, _ field: Int64, _ rule: FieldRule, _ gone: Set<Dot>, _ new: LiveValue?,
    byCreation: Bool
  ) throws {
    for dot in gone {
      try sql.run(
        "DELETE FROM sibling WHERE entity = ? AND field = ? AND dot = ?", .integer(entity.id),
        .integer(field), .integer(dot.raw))
    }
    if let new { try writeSibling(entity.id, field, new) }
    let hidesUnseen = Mutant.isOn(.unseenAddsRemoved) && rule == .addWins && new == nil
    let left = hidesUnseen ? [] : try siblings(entity.id, field, limit: 2)
    let register = Register(entity: entity.key, field: field)
    guard left.count < 2 else {
      noteUnranked(register, gone: gone, new)
      return
    }
    unranked[register] = nil
    known.shown[register] = nil
    try sql.run(
      "DELETE FROM sibling WHERE entity = ? AND field = ?", .integer(entity.id), .integer(field))
    let isOwn = left.first?.dot == new?.dot
    try writeAlone(entity.id, field, left.first, isImplied: byCreation && isOwn)
    try noteConflict(entity, field, rule: rule, values: left)
  }

  /// - Parameter isImplied: the value is the creation's, which says its op.
  private func writeAlone(_ entity: Int64, _ field: Int64, _ value: LiveValue?, isImplied: Bool)
    throws
  {
    guard let value else {
      try sql.run(
        "DELETE FROM register WHERE entity = ? AND field = ?", .integer(entity), .integer(field))
      return
    }
    try writeRegister(entity, field, value.value, dot: isImplied ? nil : value.dot.raw)
  }

  private func writeSibling(_ entity: Int64, _ field: Int64, _ value: LiveValue) throws {
    try sql.run(
      "INSERT INTO sibling(entity, field, dot, clock, value) VALUES (?, ?, ?, ?, ?)",
      .integer(entity), .integer(field), .integer(value.dot.raw),
      .integer(clock(of: value).stored), .init(value.value))
  }

  /// A field of a thing that nothing named before: nothing can stand there.
  private func writeFirstRegister(_ entity: Int64, _ field: Int64, _ value: FieldValue) throws {
    let row = try sql.statement("INSERT INTO register(entity, field, value) VALUES (?, ?, ?)")
    try row.bind(1, entity)
    try row.bind(2, field)
    try row.bind(3, value)
    try row.run()
  }

  /// The two ways in which most fields are written, each in one statement: the first value that a field ever gets, and
  /// one that overwrites exactly the one that stands alone.
  ///
  /// - Returns: false, and nothing is changed, where it is neither.
  private func foldAlone(
    _ entity: EntityRow, _ field: Int64, _ rule: FieldRule, _ dot: Dot, _ cell: Cell<Dot>,
    byCreation: Bool
  ) throws -> Bool {
    // Those with a family are held by no record, and are no lifecycle.
    guard rule == .register || rule == .writeOnce, cell.field.family != nil,
      let value = cell.value, cell.overwrites.count <= 1
    else { return false }
    let row: Statement
    if let gone = cell.overwrites.first {
      row = try sql.statement(
        "UPDATE register SET value = ?3, dot = ?4 WHERE entity = ?1 AND field = ?2 AND dot IS ?5")
      try row.bind(5, gone == entity.createdDot ? nil : gone.raw)
    } else {
      row = try sql.statement(
        """
        INSERT INTO register(entity, field, value, dot) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT(entity, field) DO NOTHING
        """)
    }
    try row.bind(1, entity.id)
    try row.bind(2, field)
    try row.bind(3, value)
    try row.bind(4, byCreation ? nil : dot.raw)
    return try row.run() == 1
  }

  func writeRegister(_ entity: Int64, _ field: Int64, _ value: FieldValue, dot: Int64?) throws {
    try sql.run(
      """
      INSERT INTO register(entity, field, value, dot) VALUES (?, ?, ?, ?)
      ON CONFLICT(entity, field) DO UPDATE SET value = excluded.value, dot = excluded.dot
      """, .integer(entity), .integer(field), .init(value), .optional(dot))
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
