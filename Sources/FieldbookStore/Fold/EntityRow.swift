import FieldbookModel
import FieldbookReplication

/// An entity as this replica numbers it.
struct EntityRow {
  let id: Int64
  let key: EntityKey
  /// Nil until an op that creates it is applied.
  var kind: EntityKind?
  var createdDot: Dot?
  var createdClock: HybridTime?
  /// A `deleted` value is among those of its lifecycle.
  var isDeleted: Bool
}

extension WriteTransaction {
  /// The entity's row, made if nothing named it before: an op may come before the create that it is
  /// concurrent with, and must count the same then.
  func entityRow(_ key: EntityKey) throws -> EntityRow {
    if let known = entityCache[key] { return known }
    if let known = try existingEntity(key) { return known }
    try sql.run("INSERT INTO entity(key, kind) VALUES (?, 0)", .blob(key.bytes))
    let made = EntityRow(
      id: sql.lastInsertedID, key: key, kind: nil, createdDot: nil, createdClock: nil,
      isDeleted: false)
    entityCache[key] = made
    return made
  }

  func insertEntity(_ key: EntityKey, kind: EntityKind, dot: Dot, clock: HybridTime) throws
    -> EntityRow
  {
    try sql.run(
      "INSERT INTO entity(key, kind, created_dot, created_clock) VALUES (?, ?, ?, ?)",
      .blob(key.bytes), .integer(Int64(kind.rawValue)), .integer(dot.raw), .integer(clock.stored))
    let made = EntityRow(
      id: sql.lastInsertedID, key: key, kind: kind, createdDot: dot, createdClock: clock,
      isDeleted: false)
    entityCache[key] = made
    return made
  }

  func existingEntity(_ key: EntityKey) throws -> EntityRow? {
    if let known = entityCache[key] { return known }
    guard
      let row = try sql.first(
        "SELECT id, kind, created_dot, created_clock, deleted FROM entity WHERE key = ?",
        .blob(key.bytes)), let id = row[0].integer
    else { return nil }
    let found = EntityRow(
      id: id, key: key, kind: EntityKind(rawValue: UInt8(truncatingIfNeeded: row[1].integer ?? 0)),
      createdDot: row[2].integer.map(Dot.init(raw:)),
      createdClock: row[3].integer.map(HybridTime.init(stored:)), isDeleted: row[4].integer == 1)
    if entityCache.count > 50_000 { entityCache = [:] }
    entityCache[key] = found
    return found
  }

  func save(_ row: EntityRow) throws {
    entityCache[row.key] = row
    try sql.run(
      "UPDATE entity SET kind = ?, created_dot = ?, created_clock = ?, deleted = ? WHERE id = ?",
      .integer(Int64(row.kind?.rawValue ?? 0)), .optional(row.createdDot?.raw),
      .optional(row.createdClock?.stored), .integer(row.isDeleted ? 1 : 0), .integer(row.id))
  }

  func fieldID(_ name: FieldName) throws -> Int64 {
    if let known = fieldIDs[name] { return known }
    let id: Int64
    if let row = try sql.first("SELECT id FROM field WHERE name = ?", .text(name.text)),
      let found = row[0].integer
    {
      id = found
    } else if isReadOnly {
      return -1  // No field of that name is held: nothing matches.
    } else {
      try sql.run("INSERT INTO field(name) VALUES (?)", .text(name.text))
      id = sql.lastInsertedID
    }
    if fieldIDs.count > 50_000 { (fieldIDs, fieldNames) = ([:], [:]) }
    fieldIDs[name] = id
    fieldNames[id] = name
    return id
  }
}
