import FieldbookModel
import Foundation
import GRDBSQLite

/// A SQLite database that somebody else made: opened to read, its schema not trusted, its values bounded.
final class SQLiteTables: Tables {
  private let connection: OpaquePointer
  /// Views and virtual tables are never asked: what they do is up to who wrote them.
  private let tables: Set<String>

  /// The longest value that is read, in bytes: MLflow's longest is a dataset's profile with 16 million characters.
  static let valueBytes: Int32 = 64 * 1024 * 1024

  init(path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { throw MovingFailure.notThere(path) }
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      throw MovingFailure.notA(what: "MLflow database", path: path, reason: "it cannot be opened")
    }
    for (limit, value) in SQLiteTables.limits { sqlite3_limit(opened, limit, value) }
    sqlite3_busy_timeout(opened, 30_000)
    connection = opened
    do {
      // Temporary files and not memory: all points of a large store are sorted.
      for pragma in [
        "trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "temp_store = FILE",
        "cache_size = -64000",
      ] {
        try SQLiteTables.run("PRAGMA " + pragma, opened)
      }
      try SQLiteTables.run("BEGIN", opened)
      tables = try SQLiteTables.tableNames(opened)
    } catch {
      sqlite3_close_v2(opened)
      guard case MovingFailure.database(let reason) = error else { throw error }
      throw MovingFailure.notA(what: "MLflow database", path: path, reason: reason)
    }
  }

  deinit { sqlite3_close_v2(connection) }

  private static let limits: [(Int32, Int32)] = [
    (SQLITE_LIMIT_LENGTH, valueBytes), (SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (SQLITE_LIMIT_COLUMN, 200), (SQLITE_LIMIT_EXPR_DEPTH, 100), (SQLITE_LIMIT_ATTACHED, 0),
    (SQLITE_LIMIT_COMPOUND_SELECT, 10), (SQLITE_LIMIT_FUNCTION_ARG, 10),
    (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000), (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (SQLITE_LIMIT_WORKER_THREADS, 0),
  ]

  private static func run(_ sql: String, _ connection: OpaquePointer) throws {
    let rows = try SQLiteRows(sql, connection)
    while try rows.next() != nil {}
  }

  private static func tableNames(_ connection: OpaquePointer) throws -> Set<String> {
    let rows = try SQLiteRows(
      """
      SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' LIMIT 10000
      """, connection)
    var names: Set<String> = []
    while let row = try rows.next() { if let name = row[0].text { names.insert(name) } }
    return names
  }

  func columns(of table: String) throws -> [String] {
    guard tables.contains(table) else { return [] }
    let rows = try SQLiteRows("SELECT * FROM \"\(table)\" LIMIT 0", connection)
    return rows.columns
  }

  func rows(_ sql: String) throws -> any TableRows { try SQLiteRows(sql, connection) }

  func byBytes(_ column: String) -> String { "\(column) COLLATE BINARY" }
}

private final class SQLiteRows: TableRows {
  private let statement: OpaquePointer
  private let connection: OpaquePointer

  init(_ sql: String, _ connection: OpaquePointer) throws {
    var made: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &made, nil) == SQLITE_OK, let made else {
      throw MovingFailure.database(String(cString: sqlite3_errmsg(connection)))
    }
    statement = made
    self.connection = connection
  }

  deinit { sqlite3_finalize(statement) }

  var columns: [String] {
    (0..<sqlite3_column_count(statement)).map {
      String(cString: sqlite3_column_name(statement, $0))
    }
  }

  func next() throws -> [TableValue]? {
    switch sqlite3_step(statement) {
    case SQLITE_DONE: return nil
    case SQLITE_ROW: return (0..<sqlite3_column_count(statement)).map(value)
    default: throw MovingFailure.database(String(cString: sqlite3_errmsg(connection)))
    }
  }

  private func value(_ column: Int32) -> TableValue {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_NULL: return .null
    default:
      let count = Int(sqlite3_column_bytes(statement, column))
      guard let bytes = sqlite3_column_blob(statement, column) else { return .text("") }
      return .text(
        String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self))
    }
  }
}
