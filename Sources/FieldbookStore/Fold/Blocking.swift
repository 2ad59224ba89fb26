import FieldbookModel
import FieldbookReplication

/// Blocking registers keep all their set-ops, so that one in conflict can answer what it answered before.
extension WriteTransaction {
  func keepBlocking(
    _ entity: EntityRow, _ field: Int64, _ dot: Dot, _ clock: HybridTime, _ cell: Cell<Dot>
  ) throws {
    try sql.run(
      """
      INSERT OR IGNORE INTO blocking_op(entity, field, dot, clock, overwrites, value)
      VALUES (?, ?, ?, ?, ?, ?)
      """, .integer(entity.id), .integer(field), .integer(dot.raw), .integer(clock.stored),
      .blob(DotList.encode(overwritten(by: cell))), .init(cell.value ?? .null))
  }

  func foldSettle(_ op: Operation<Dot>, dot: Dot) throws {
    if Mutant.isOn(.settleIgnored) { return }
    let entity = try entityRow(op.entity)
    for cell in op.cells {
      let field = try fieldID(cell.field)
      for settled in cell.overwrites where try !isVoid(settled) {
        try sql.run(
          "INSERT OR IGNORE INTO settled(entity, field, dot, settle, clock) VALUES (?, ?, ?, ?, ?)",
          .integer(entity.id), .integer(field), .integer(settled.raw), .integer(dot.raw),
          .integer(op.clock.stored))
      }
    }
  }

  /// A hub found these ops' clocks ahead of its own: for display they rank no later than its op.
  func foldWitness(_ op: Operation<Dot>) throws {
    for dot in op.cells.flatMap(\.overwrites) {
      try sql.run(
        "INSERT OR IGNORE INTO suspect(chain, upto, clock) VALUES (?, ?, ?)", .integer(dot.chain),
        .integer(Int64(dot.number)), .integer(op.clock.stored))
    }
    isRankingDoubted = true
  }

  func fieldName(_ id: Int64) throws -> FieldName? {
    if let known = fieldNames[id] { return known }
    let name = try sql.first("SELECT name FROM field WHERE id = ?", .integer(id))?[0].text
    return name.map { FieldName($0) }
  }

  /// The hub's duty: says of every unconflicted value of a blocking register that it was seen alone.
  package func settleUnconflicted() throws {
    let rows = try sql.all(
      """
      SELECT e.key, b.field, b.dot FROM blocking_op b
      JOIN entity e ON e.id = b.entity
      JOIN register r ON r.entity = b.entity AND r.field = b.field
      WHERE coalesce(r.dot, e.created_dot) = b.dot
        AND NOT EXISTS (SELECT 1 FROM settled s WHERE s.entity = b.entity AND s.field = b.field AND s.dot = b.dot)
      """)
    for row in rows {
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }), let field = row[1].integer,
        let name = try fieldName(field), FieldRule.of(name) == .blocking,
        let dot = row[2].integer
      else { continue }
      try append(
        kind: .settle, entity: key,
        cells: [Cell(field: name, overwrites: [Dot(raw: dot)], value: nil)])
    }
  }
}
