import FieldbookModel
import FieldbookReplication

/// What checkers ask.
extension WriteTransaction {
  /// Every value of a register that stands, versions and other references by key; nil for null.
  package func standingTexts(_ key: EntityKey, _ field: FieldName) throws -> [String?] {
    guard let entity = try existingEntity(key) else { return [] }
    return try live(entity, fieldID(field)).map { $0.value.display }
  }

  package func segmentHashes() throws -> [SegmentHash] {
    try sql.all("SELECT hash FROM segment").compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }

  /// The ops of the newest segment, for the report of a failure.
  package func newestOps() throws -> [String] {
    guard let id = try sql.first("SELECT max(id) FROM segment")?[0].integer else { return [] }
    return try opened(id).numbered.prefix(5).map { dot, op in
      let fields = op.cells.prefix(3).map { "\($0.field.text) over \($0.overwrites.map(\.raw))" }
      return "\(dot.chain)/\(dot.number) kind \(op.kind.rawValue) of \(op.entity.short): \(fields)"
    }
  }

  package func ownSegmentHashes() throws -> [SegmentHash] {
    try sql.all("SELECT hash FROM segment WHERE origin = 'local'")
      .compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }

  /// The ops whose values stand in a register.
  package func standingDots(_ key: EntityKey, _ field: FieldName) throws -> Set<Dot> {
    guard let entity = try existingEntity(key) else { return [] }
    return Set(try live(entity, fieldID(field)).map(\.dot))
  }

  package func segmentHashes(of device: DeviceKey) throws -> [SegmentHash] {
    try sql.all(
      "SELECT s.hash FROM segment s JOIN chain c ON c.id = s.chain WHERE c.device = ?",
      .blob(device.bytes)
    ).compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }

  /// Texts that this replica's own ops gave to a field, sealed or not.
  package func ownTexts(_ key: EntityKey, _ field: FieldName) throws -> Set<String> {
    let sealed = try sql.all("SELECT id FROM segment WHERE origin = 'local'").flatMap { row in
      try row[0].integer.map { try opened($0).numbered.map(\.1) } ?? []
    }
    let ops = try sealed + journalOps().map(\.1)
    return Set(
      ops.filter { $0.entity == key }.flatMap(\.cells).filter { $0.field == field }
        .compactMap { $0.value?.text })
  }

  /// Of the segments that wait for others.
  package func waitingHashes() throws -> [SegmentHash] {
    try sql.all("SELECT hash FROM waiting").compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }
}
