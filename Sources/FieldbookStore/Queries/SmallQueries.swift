import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// The text that a field shows; nil for none, a null or another type.
  package func text(_ key: EntityKey, _ field: FieldName) throws -> String? {
    guard let entity = try existingEntity(key) else { return nil }
    return try shownValue(entity.id, field).text
  }

  package func shown(_ key: EntityKey, _ field: FieldName) throws -> FieldValue? {
    guard let entity = try existingEntity(key) else { return nil }
    let row = try sql.first(
      "SELECT value FROM register WHERE entity = ? AND field = ?", .integer(entity.id),
      .integer(fieldID(field)))
    return try row?[0].field ?? heldValue(entity.id, field)
  }

  package func runLifecycle(_ run: RunID) throws -> Lifecycle? {
    guard let entity = try existingEntity(run.key) else { return nil }
    return try sql.first("SELECT lifecycle FROM run WHERE id = ?", .integer(entity.id))?[0].text
      .flatMap(Lifecycle.init)
  }

  package func kind(of key: EntityKey) throws -> EntityKind? { try existingEntity(key)?.kind }

  package func latestRuns(count: Int) throws -> [RunID] {
    try sql.all(
      """
      SELECT e.key FROM run r JOIN chain c ON c.id = r.chain JOIN entity e ON e.id = r.id
      WHERE c.device = ? AND r.lifecycle = 'active' ORDER BY r.start_time DESC, r.id DESC LIMIT ?
      """, .blob(identity.device.bytes), .integer(Int64(count))
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) }.map { RunID($0) } }
  }

  /// Runs that a reference could mean: the exact id, else a name, else the beginning of an id.
  package func runs(matching text: String) throws -> [RunID] {
    func ids(_ rows: [SQL.Row]) -> [RunID] {
      rows.compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) }.map { RunID($0) } }
    }
    if let key = EntityKey(hex: text), try existingEntity(key)?.kind == .run { return [RunID(key)] }
    let named = ids(
      try sql.all(
        """
        SELECT e.key FROM run r JOIN entity e ON e.id = r.id
        WHERE r.name = ? ORDER BY r.lifecycle, r.start_time DESC LIMIT 20
        """, .text(text)))
    if !named.isEmpty { return named }
    let digits = text.utf8.count
    guard (4...32).contains(digits),
      let least = EntityKey(hex: text + String(repeating: "0", count: 32 - digits)),
      let greatest = EntityKey(hex: text + String(repeating: "f", count: 32 - digits))
    else { return [] }
    return ids(
      try sql.all(
        """
        SELECT e.key FROM entity e JOIN run r ON r.id = e.id WHERE e.key BETWEEN ? AND ?
        ORDER BY e.key LIMIT 20
        """, .blob(least.bytes), .blob(greatest.bytes)))
  }
}

extension WriteTransaction {
  /// True when several values of the field stand.
  package func isContested(_ key: EntityKey, _ field: FieldName) throws -> Bool {
    guard let entity = try existingEntity(key) else { return false }
    return try live(entity, fieldID(field)).count > 1
  }
}

extension WriteTransaction {
  /// The ops whose values of a field stand.
  package func standing(_ key: EntityKey, _ field: FieldName) throws -> Set<Dot> {
    guard let entity = try existingEntity(key) else { return [] }
    return Set(try live(entity, fieldID(field)).map(\.dot))
  }
}
