import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// The allocator's duty: gives final numbers to versions that have none, oldest first.
  ///
  /// A number is given once and never changed; it follows the greatest one that the model ever had here, and those that
  /// are leased. Then leases that were asked for are given.
  ///
  /// - Returns: true when more versions wait than one transaction takes.
  @discardableResult
  package func allocateNumbers() throws -> Bool {
    guard try allocator() == identity.device else { return false }
    let limit = 500
    var rows = try sql.all(
      """
      SELECT e.key, m.key FROM version v JOIN entity e ON e.id = v.id JOIN entity m ON m.id = v.model
      WHERE v.number IS NULL AND v.model IS NOT NULL ORDER BY v.created_time, e.key LIMIT ?
      """, .integer(Int64(limit)))
    if Mutant.isOn(.versionsRenumbered) {
      rows = try sql.all(
        """
        SELECT e.key, m.key FROM version v JOIN entity e ON e.id = v.id JOIN entity m ON m.id = v.model
        """)
    }
    for row in rows {
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }),
        let model = row[1].blob.flatMap({ EntityKey(bytes: $0) })
      else { continue }
      let next = Mutant.isOn(.numberReused) ? 1 : try nextNumber(ofModel: entityRow(model))
      guard ModelVersion.finalNumbers.contains(next) else { continue }
      try set(key, [(.number, .integer(next))])
    }
    try grantLeases()
    return rows.count == limit
  }

  package func versionCount(_ model: EntityKey) throws -> Int64 {
    guard let entity = try existingEntity(model) else { return 0 }
    return try sql.first("SELECT count(*) FROM version WHERE model = ?", .integer(entity.id))?[0]
      .integer ?? 0
  }
}

extension WriteTransaction {
  package func versions(of model: ModelID, matching text: String) throws -> [VersionID] {
    guard let entity = try existingEntity(model.key) else { return [] }
    let id = SQL.Value.integer(entity.id)
    func ids(_ rows: [SQL.Row]) -> [VersionID] {
      rows.compactMap { $0[0].text.flatMap { VersionID(hex: $0) } }
    }
    if let tilde = text.lastIndex(of: "~") {
      let prefix = text[text.index(after: tilde)...].lowercased()
      guard prefix.count >= 4, prefix.allSatisfy(\.isHexDigit) else { return [] }
      return ids(
        try sql.all(
          "SELECT key FROM version WHERE model = ?1 AND key >= ?2 AND key < ?2 || 'g'", id,
          .text(prefix)))
    }
    guard let number = Int64(text) else { return [] }
    return ids(
      try sql.all(
        "SELECT key FROM version WHERE model = ?1 AND (number = ?2 OR provisional = ?2)", id,
        .integer(number)))
  }
}
