import FieldbookModel
import Foundation

/// A PostgreSQL database, read through the system's libpq, which is loaded when it is asked for.
///
/// One transaction that can only read sees one moment; rows come through cursors, some thousand at a time.
final class PostgresTables: Tables {
  private let library: PostgresLibrary
  private let connection: OpaquePointer
  private var known: [String: [String]] = [:]
  private var cursors = 0

  /// - Parameter url: `postgresql://…`, also with the name of a driver as SQLAlchemy has it (`postgresql+psycopg2://…`).
  init(url: String) throws {
    library = try PostgresLibrary()
    let place = PostgresTables.title(url)
    guard let connection = library.connect(PostgresTables.plain(url)) else {
      throw MovingFailure.unreachable(url: place, reason: "libpq has no memory")
    }
    guard library.status(connection) == 0 else {
      let reason = library.message(connection)
      library.finish(connection)
      throw MovingFailure.unreachable(url: place, reason: reason)
    }
    self.connection = connection
    for sql in [
      "SET client_encoding = 'UTF8'", "SET extra_float_digits = 1",
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    ] {
      _ = try run(sql)
    }
  }

  deinit { library.finish(connection) }

  /// Without the driver.
  private static func plain(_ url: String) -> String {
    guard let end = url.range(of: "://") else { return url }
    return "postgresql" + url[end.lowerBound...]
  }

  /// As it can be shown: without the password.
  static func title(_ url: String) -> String {
    guard let start = url.range(of: "://"),
      let at = url[start.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@")
    else { return url }
    let user = url[start.upperBound..<at].prefix { $0 != ":" }
    return String(url[..<start.upperBound] + user + url[at...])
  }

  /// The rows of one answer.
  func run(_ sql: String) throws -> [[TableValue]] {
    guard let result = library.execute(connection, sql) else {
      throw MovingFailure.database(library.message(connection))
    }
    defer { library.clear(result) }
    guard library.isFine(result) else {
      throw MovingFailure.database(library.message(connection))
    }
    return library.rows(result)
  }

  func columns(of table: String) throws -> [String] {
    if let found = known[table] { return found }
    // Names are ours: MLflow's tables.
    let rows = try run(
      """
      SELECT c.column_name FROM information_schema.columns c JOIN information_schema.tables t
        ON t.table_schema = c.table_schema AND t.table_name = c.table_name
      WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name = '\(table)'
      """)
    known[table] = rows.compactMap { $0.first?.text }
    return known[table] ?? []
  }

  func rows(_ sql: String) throws -> any TableRows {
    cursors += 1
    let name = "fieldbook_\(cursors)"
    _ = try run("DECLARE \(name) NO SCROLL CURSOR FOR \(sql)")
    return PostgresRows(tables: self, cursor: name)
  }

  func byBytes(_ column: String) -> String { "\(column) COLLATE \"C\"" }
}

private final class PostgresRows: TableRows {
  private let tables: PostgresTables
  private let cursor: String
  private var page: ArraySlice<[TableValue]> = []
  private var isAtEnd = false

  private static let pageRows = 2000

  init(tables: PostgresTables, cursor: String) {
    self.tables = tables
    self.cursor = cursor
  }

  deinit { _ = try? tables.run("CLOSE \(cursor)") }

  func next() throws -> [TableValue]? {
    if page.isEmpty, !isAtEnd {
      page = try tables.run("FETCH FORWARD \(PostgresRows.pageRows) FROM \(cursor)")[...]
      isAtEnd = page.count < PostgresRows.pageRows
    }
    return page.popFirst()
  }
}
