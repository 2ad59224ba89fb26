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

  package func ownSegmentHashes() throws -> [SegmentHash] {
    try sql.all("SELECT hash FROM segment WHERE origin = 'local'")
      .compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }

  /// The ops whose values stand in a register.
  package func standingDots(_ key: EntityKey, _ field: FieldName) throws -> Set<Dot> {
    guard let entity = try existingEntity(key) else { return [] }
    return Set(try live(entity, fieldID(field)).map(\.dot))
  }
}
