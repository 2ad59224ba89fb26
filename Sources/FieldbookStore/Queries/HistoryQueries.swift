import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Who changed what when: every op on an entity, oldest first in causal order.
  package func history(_ key: EntityKey, field: FieldName?) throws -> [HistoryEntry] {
    guard let entity = try existingEntity(key) else { return [] }
    var out: [HistoryEntry] = []
    for row in try sql.all(
      """
      SELECT s.id, s.origin FROM touched t JOIN segment s ON s.id = t.segment
      WHERE t.entity = ? ORDER BY s.id
      """, .integer(entity.id))
    {
      guard let id = row[0].integer else { continue }
      let segment = try opened(id)
      for ((dot, op), hash) in zip(segment.numbered, segment.hashes) where op.entity == key {
        out += try entries(op, dot, hash: hash, origin: row[1].text ?? "peer", field: field)
      }
    }
    let journal = try journalOps()
    if journal.contains(where: { $0.1.entity == key }) {
      for ((dot, op), hash) in zip(journal, try journalHashes(journal)) where op.entity == key {
        out += try entries(op, dot, hash: hash, origin: "local", field: field)
      }
    }
    return out
  }

  private func entries(
    _ op: Operation<Dot>, _ dot: Dot, hash: [UInt8], origin: String, field: FieldName?
  ) throws -> [HistoryEntry] {
    let device = try chain(dot.chain).log.device
    let who = try author(device)
    return try op.cells.filter { field == nil || $0.field == field }.map { cell in
      let before = try cell.overwrites.compactMap { dot in
        try operation(dot).cells.first { $0.field == cell.field }?.value
      }
      return HistoryEntry(
        op: Hex.encode(hash), time: Timestamp(milliseconds: op.clock.milliseconds),
        author: who.owner, device: who.name, field: cell.field,
        before: try before.first.flatMap { try displayText($0, cell.field) },
        after: try text(cell, op), origin: origin)
    }
  }

  private func text(_ cell: Cell<Dot>, _ op: Operation<Dot>) throws -> String? {
    guard let value = cell.value else { return op.kind == .settle ? "settled" : nil }
    if cell.field == .metrics {
      let points = try pointCount(op)
      return "\(points) points"
    }
    return try displayText(value, cell.field)
  }

  /// The op whose hash begins with these hexadecimal digits.
  package func findOperation(_ prefix: String) throws -> (
    dot: Dot, op: Operation<Dot>, hash: String
  )? {
    let prefix = prefix.lowercased()
    var found: (Dot, Operation<Dot>, String)?
    let journal = try journalOps()
    let open = journal.isEmpty ? [] : try journalHashes(journal)
    for ((dot, op), hash) in zip(journal, open) where Hex.encode(hash).hasPrefix(prefix) {
      found = (dot, op, Hex.encode(hash))
    }
    if let found { return found }
    for row in try sql.all("SELECT id FROM segment ORDER BY id DESC") {
      guard let id = row[0].integer else { continue }
      let segment = try opened(id)
      for ((dot, op), hash) in zip(segment.numbered, segment.hashes)
      where Hex.encode(hash).hasPrefix(prefix) {
        return (dot, op, Hex.encode(hash))
      }
    }
    return nil
  }

  /// Puts back what an op replaced: a new op that overwrites all that stands now.
  package func undo(_ op: Operation<Dot>) throws -> Dot {
    guard op.kind == .set else {
      throw InvalidInput(
        "this change created something; it cannot be undone",
        hint: "delete it instead: fieldbook delete REF")
    }
    var fields: [(FieldName, FieldValue?)] = []
    for cell in op.cells {
      guard FieldRule.of(cell.field).keepsEvery == false else {
        throw InvalidInput("a comment cannot be undone", hint: "add another comment")
      }
      let before = try cell.overwrites.compactMap { dot in
        try operation(dot).cells.first { $0.field == cell.field }?.value
      }
      let nothing: FieldValue? =
        switch FieldRule.of(cell.field) {
        case .addWins: nil
        default: cell.field == .lifecycle ? .text(Lifecycle.active.rawValue) : .null
        }
      fields.append((cell.field, before.first ?? nothing))
    }
    return try set(op.entity, fields)
  }

  package func hexHash(_ dot: Dot) throws -> String { Hex.encode(try hash(of: dot)) }
}

extension WriteTransaction {
  /// The value that an op gave a field.
  package func value(ofOp hash: String, field: FieldName) throws -> FieldValue? {
    try findOperation(hash)?.op.cells.first { $0.field == field }?.value
  }

  /// The value that every side of a conflict replaced.
  package func baseValue(_ conflict: Conflict) throws -> FieldValue? {
    var common: Set<Dot>?
    for side in conflict.sides {
      let replaced = Set(
        try findOperation(side.op)?.op.cells.filter { $0.field == conflict.field }
          .flatMap(\.overwrites) ?? [])
      common = common.map { $0.intersection(replaced) } ?? replaced
    }
    return try common?.first.flatMap { dot in
      try operation(dot).cells.first { $0.field == conflict.field }?.value
    }
  }

  /// Notes that a person has looked at the forks of a device's logs.
  package func acknowledgeForks(_ device: EntityKey) throws -> Dot {
    let entity = try entityRow(device)
    let key =
      try sql.first("SELECT key FROM device WHERE id = ?", .integer(entity.id))?.first ?? .null
    let forks =
      try sql.first(
        "SELECT count(*) FROM chain WHERE device = ? AND parent IS NOT NULL", key)?[0].integer ?? 0
    return try set(device, [(.acknowledgedForks, .integer(forks))])
  }
}
