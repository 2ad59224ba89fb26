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

  /// Ops that this device ever wrote here, whatever the log.
  package func ownOpCount() throws -> Int {
    let row = try sql.first(
      "SELECT coalesce(sum(tip - fork), 0) FROM chain WHERE device = ?",
      .blob(identity.device.bytes))
    return Int(row?[0].integer ?? 0)
  }
}
