import FieldbookModel
import GRDB

/// What a search is compiled against: which fields the replica knows, which of them have an index, and how often a value
/// occurs.
struct SearchGround {
  let db: Database
  private var indexed: Set<Int64>

  init(_ db: Database) throws {
    self.db = db
    indexed = try SearchIndexes.present(db)
  }

  var hasAny: Bool { !indexed.isEmpty }

  var withoutIndexes: SearchGround {
    var plain = self
    plain.indexed = []
    return plain
  }

  /// Nil for a field that nothing here has.
  func number(of field: String) throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT id FROM field WHERE name = ?", arguments: [field])
  }

  func isIndexed(_ field: IndexedField) -> Bool { indexed.contains(field.number) }

  /// As many runs are looked up faster by themselves than passed by on the way through all.
  private static let few = 5000

  /// Whether few runs meet a condition on an indexed field.
  func isRare(_ field: IndexedField, _ condition: String, _ arguments: StatementArguments) throws
    -> Bool
  {
    let sql = """
      SELECT count(*) FROM
      (SELECT 1 FROM \(field.source) WHERE \(field.isOfField) AND \(condition) LIMIT \(SearchGround.few))
      """
    return try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0 < SearchGround.few
  }
}
