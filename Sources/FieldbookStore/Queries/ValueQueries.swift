import FieldbookModel
import FieldbookReplication

/// A text that was recorded at some time, whether or not it is what its field shows now.
package struct RecordedText: Sendable, Equatable {
  package let entity: EntityKey
  package let field: FieldName
  package let text: String
}

extension WriteTransaction {
  /// Calls `body` with every text in the log, those that were overwritten included, oldest first.
  ///
  /// - Parameter entity: only of this one; nil: of all.
  package func eachText(of entity: EntityKey? = nil, _ body: (RecordedText) throws -> Void) throws {
    func take(_ op: Operation<Dot>) throws {
      guard entity == nil || op.entity == entity else { return }
      for cell in op.cells {
        guard let text = cell.value?.text else { continue }
        try body(RecordedText(entity: op.entity, field: cell.field, text: text))
      }
    }
    for id in try sql.all("SELECT id FROM segment ORDER BY id").compactMap({ $0[0].integer }) {
      for (_, op) in try opened(id).numbered { try take(op) }
    }
    for (_, op) in try journalOps() { try take(op) }
  }

  /// True if it is, or is among, what the field holds now.
  package func isPresent(_ recorded: RecordedText) throws -> Bool {
    guard let entity = try existingEntity(recorded.entity) else { return false }
    let field = try fieldID(recorded.field)
    if try live(entity, field).contains(where: { $0.value.text == recorded.text }) { return true }
    return try sql.first(
      "SELECT 1 FROM member WHERE entity = ? AND field = ? AND value = ?", .integer(entity.id),
      .integer(field), .text(recorded.text)) != nil
  }

  /// Runs and logged models: what can have files.
  package func entitiesWithArtifacts() throws -> [EntityKey] {
    try sql.all(
      """
      SELECT DISTINCT e.key FROM register r JOIN field f ON f.id = r.field JOIN entity e ON e.id = r.entity
      WHERE f.name > 'artifacts.' AND f.name < 'artifacts/' ORDER BY e.id
      """
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) } }
  }
}
