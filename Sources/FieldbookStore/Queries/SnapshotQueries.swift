import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Runs that name a snapshot of their code: the commit as they name it, and the device that recorded the run.
  package func namedSnapshots() throws -> [(run: RunID, commit: String, device: DeviceKey?)] {
    try sql.all(
      """
      SELECT e.key, r.value, c.device FROM register r JOIN entity e ON e.id = r.entity
      JOIN run x ON x.id = e.id LEFT JOIN chain c ON c.id = x.chain WHERE r.field = ? ORDER BY 1
      """, .integer(fieldID(.environment("snapshot")))
    ).compactMap { row in
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }), let commit = row[1].text else {
        return nil
      }
      return (RunID(key), commit, row[2].blob.flatMap { DeviceKey(bytes: $0) })
    }
  }
}
