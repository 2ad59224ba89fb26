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
        func told(_ text: String) throws {
          try body(RecordedText(entity: op.entity, field: cell.field, text: text))
        }
        if let text = cell.value?.text { try told(text) }
        guard cell.field == .spans, let bytes = cell.value?.bytes else { continue }
        try (try? SpanChunk(encoded: bytes))?.eachText(told)
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
    // Nothing replaces a span but a purge, and then its texts are not told.
    if recorded.field == .spans { return true }
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
