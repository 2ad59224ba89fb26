import GRDB

/// Indexes of single fields, made when runs are searched by them in a large replica. They belong to this machine, and hold
/// nothing that the tables do not.
enum SearchIndexes {
  /// Runs from which on a scan takes longer than a person notices.
  static let manyRuns = 20_000
  /// The oldest makes way for another.
  static let most = 16

  private static let prefix = "found_"

  static func name(_ field: Int64) -> String { prefix + String(field) }

  /// The numbers of the fields that have one.
  static func present(_ db: Database) throws -> Set<Int64> {
    Set(try names(db).compactMap { Int64($0.dropFirst(prefix.count)) })
  }

  /// The oldest first.
  private static func names(_ db: Database) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT name FROM sqlite_schema WHERE type = 'index' AND name GLOB '\(prefix)[0-9]*' ORDER BY rowid
        """)
  }

  static func isWorthIt(_ db: Database, from runs: Int) throws -> Bool {
    try Bool.fetchOne(db, sql: "SELECT 1 FROM run LIMIT 1 OFFSET ?", arguments: [runs]) ?? false
  }

  /// - Parameter fields: at most `most`; of those that are metrics, their `series` are indexed.
  static func make(_ fields: [IndexedField], _ db: Database) throws {
    try db.inTransaction {
      let present = try present(db)
      let new = fields.filter { !present.contains($0.number) }
      for name in try names(db).prefix(max(0, present.count + new.count - most)) {
        try db.execute(sql: "DROP INDEX \(name)")
      }
      for field in new {
        let name = SearchIndexes.name(field.number)
        try db.execute(
          sql: field.isMetric
            ? "CREATE INDEX \(name) ON series(last_value, run) WHERE key = \(field.number)"
            : "CREATE INDEX \(name) ON register(value, entity) WHERE field = \(field.number) AND value IS NOT NULL"
        )
      }
      return .commit
    }
  }
}

/// A field of runs by its number in this replica.
struct IndexedField: Hashable, Sendable {
  let number: Int64
  let isMetric: Bool

  /// Of each run that has one, SQL of its table as `o`, narrowed to the field.
  var source: String {
    let table = isMetric ? "series" : "register"
    return "\(table) o INDEXED BY \(SearchIndexes.name(number))"
  }
  /// As the index has it, word by word: else SQLite does not see that it can be used.
  var isOfField: String {
    isMetric ? "o.key = \(number)" : "o.field = \(number) AND o.value IS NOT NULL"
  }
  var run: String { isMetric ? "o.run" : "o.entity" }
  var value: String { isMetric ? "o.last_value" : "o.value" }
}
