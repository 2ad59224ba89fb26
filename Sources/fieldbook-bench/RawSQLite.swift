import GRDBSQLite

/// The loop to beat: prepared statements on a WAL database, one row a point.
final class RawSQLite {
  private var connection: OpaquePointer?

  init(path: String) {
    sqlite3_open(path, &connection)
    execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
  }

  deinit { sqlite3_close(connection) }

  func execute(_ sql: String) {
    guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
      fatalError(String(cString: sqlite3_errmsg(connection)))
    }
  }

  /// Runs one statement once a row, all in one transaction.
  func each(_ sql: String, count: Int, bind: (OpaquePointer, Int) -> Void) {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK, let statement
    else {
      fatalError(String(cString: sqlite3_errmsg(connection)))
    }
    execute("BEGIN IMMEDIATE")
    for row in 0..<count {
      bind(statement, row)
      sqlite3_step(statement)
      sqlite3_reset(statement)
    }
    execute("COMMIT")
    sqlite3_finalize(statement)
  }
}
