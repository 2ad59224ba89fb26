import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Deleted ones too; by name.
  package func configs() throws -> [Config] {
    try sql.all(
      "SELECT e.key FROM config c JOIN entity e ON e.id = c.id ORDER BY c.shown_name, e.key"
    ).compactMap { row in
      try row[0].blob.flatMap { EntityKey(bytes: $0) }.flatMap { try config(ConfigID($0)) }
    }
  }

  package func config(_ id: ConfigID) throws -> Config? {
    guard let entity = try existingEntity(id.key),
      let row = try sql.first(
        "SELECT shown_name, lifecycle, created_time, updated_time FROM config WHERE id = ?",
        .integer(entity.id))
    else { return nil }
    let shown = try shownValue(entity.id, .configText).field
    // Of two that wrote the same, the one with the least hash, so that all name one.
    let op = try live(entity, fieldID(.configText)).filter { $0.value == shown }
      .map { Hex.encode(try hash(of: $0.dot)) }.min()
    return Config(
      id: id, name: row[0].text ?? id.key.short,
      lifecycle: row[1].text.flatMap(Lifecycle.init) ?? .active, text: shown.text,
      op: shown.text == nil ? nil : op,
      createdTime: Timestamp(milliseconds: row[2].integer ?? 0),
      lastUpdateTime: Timestamp(milliseconds: row[3].integer ?? 0),
      conflicts: try conflicts(blockingOnly: false, entity: id.key).map(\.id))
  }

  /// Configs whose text several wrote unseen by each other.
  package func contestedConfigs() throws -> [ConfigID] {
    try sql.all(
      """
      SELECT e.key FROM conflict c JOIN config g ON g.id = c.entity JOIN entity e ON e.id = c.entity
      WHERE c.field = ? AND c.kind = 'value' ORDER BY e.key
      """, .integer(fieldID(.configText))
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) }.map { ConfigID($0) } }
  }

  /// The ops whose texts stand, each with its hash.
  package func standingTexts(of config: ConfigID) throws -> [(op: String, text: String?)] {
    guard let entity = try existingEntity(config.key) else { return [] }
    return try live(entity, fieldID(.configText)).map {
      (Hex.encode(try hash(of: $0.dot)), $0.value.text)
    }
  }
}
