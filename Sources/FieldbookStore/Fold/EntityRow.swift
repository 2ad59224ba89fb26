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

  /// The row of an entity that an op creates; nil, and nothing is changed, if something named it before.
  func insertEntity(_ key: EntityKey, kind: EntityKind, dot: Dot, clock: HybridTime) throws
    -> EntityRow?
  {
    guard entityCache[key] == nil else { return nil }
    let row = try sql.statement(
      """
      INSERT INTO entity(key, kind, created_dot, created_clock) VALUES (?, ?, ?, ?)
      ON CONFLICT(key) DO NOTHING
      """)
    try row.bind(1, key)
    try row.bind(2, Int64(kind.rawValue))
    try row.bind(3, dot.raw)
    try row.bind(4, clock.stored)
    guard try row.run() == 1 else { return nil }
    let made = EntityRow(
      id: sql.lastInsertedID, key: key, kind: kind, createdDot: dot, createdClock: clock,
      isDeleted: false)
    entityCache[key] = made
    return made
  }

  func existingEntity(_ key: EntityKey) throws -> EntityRow? {
    if let known = entityCache[key] { return known }
    let row = try sql.statement(
      "SELECT id, kind, created_dot, created_clock, deleted FROM entity WHERE key = ?")
    try row.bind(1, key)
    let found = try row.first { row in
      EntityRow(
        id: row.integer(0) ?? 0, key: key,
        kind: EntityKind(rawValue: UInt8(truncatingIfNeeded: row.integer(1) ?? 0)),
        createdDot: row.integer(2).map(Dot.init(raw:)),
        createdClock: row.integer(3).map(HybridTime.init(stored:)), isDeleted: row.integer(4) == 1)
    }
    guard let found else { return nil }
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
    // The same few names come again and again.
    if let recent = recentFields[name.slot], recent.name == name { return recent.id }
    let id = try knownFieldID(name)
    if id >= 0 { recentFields[name.slot] = (name, id) }
    return id
  }

  private func knownFieldID(_ name: FieldName) throws -> Int64 {
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
