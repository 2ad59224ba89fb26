import GRDBSQLite

/// A SQLite file without any of our code: the loop to beat in the bench, and the hand that damages files in tests.
package final class RawSQLite {
  private var connection: OpaquePointer?

  /// - Parameter pageBytes: nil for SQLite's own choice.
  package init(path: String, pageBytes: Int? = nil) {
    guard sqlite3_open(path, &connection) == SQLITE_OK else {
      fatalError(String(cString: sqlite3_errmsg(connection)))
    }
    if let pageBytes { execute("PRAGMA page_size = \(pageBytes)") }
    execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
  }

  deinit { sqlite3_close(connection) }

  package func execute(_ sql: String) {
    guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
      fatalError(String(cString: sqlite3_errmsg(connection)))
    }
  }

  /// Runs one statement once a row, all in one transaction.
  package func each(_ sql: String, count: Int, bind: (OpaquePointer, Int) -> Void) {
    let statement = prepare(sql)
    execute("BEGIN IMMEDIATE")
    for row in 0..<count {
      bind(statement, row)
      sqlite3_step(statement)
      sqlite3_reset(statement)
    }
    execute("COMMIT")
    sqlite3_finalize(statement)
  }

  /// The first column of the first row.
  package func blob(_ sql: String) -> [UInt8] {
    let statement = prepare(sql)
    defer { sqlite3_finalize(statement) }
    guard sqlite3_step(statement) == SQLITE_ROW, let bytes = sqlite3_column_blob(statement, 0)
    else { return [] }
    return Array(
      UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, 0))))
  }

  /// The first column of every row.
  package func texts(_ sql: String) -> [String] {
    let statement = prepare(sql)
    defer { sqlite3_finalize(statement) }
    var out: [String] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      out.append(sqlite3_column_text(statement, 0).map { String(cString: $0) } ?? "")
    }
    return out
  }

  /// Runs a statement with one blob.
  package func execute(_ sql: String, blob: [UInt8]) {
    each(sql, count: 1) { statement, _ in
      sqlite3_bind_blob(
        statement, 1, blob, Int32(blob.count),
        unsafeBitCast(-1, to: sqlite3_destructor_type.self))
    }
  }

  private func prepare(_ sql: String) -> OpaquePointer {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK, let statement
    else { fatalError(String(cString: sqlite3_errmsg(connection))) }
    return statement
  }
}
