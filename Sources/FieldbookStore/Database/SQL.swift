import FieldbookModel
import GRDBSQLite

/// Prepared statements of one connection, kept between transactions.
///
/// The fold runs a few small statements per op: GRDB's argument and row types cost more than SQLite
/// there. `@unchecked Sendable`: used only while its connection's queue is held.
package final class SQL: @unchecked Sendable {
  private let connection: OpaquePointer
  /// Keyed by the literal's address: hashing the text of a statement would cost more than to run many.
  private var statements: [UnsafePointer<UInt8>: OpaquePointer] = [:]
  private var composed: [String: OpaquePointer] = [:]

  package init(_ connection: OpaquePointer) { self.connection = connection }

  deinit { finalize() }

  package enum Value: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var text: String? { if case .text(let value) = self { value } else { nil } }
    package var blob: [UInt8]? { if case .blob(let value) = self { value } else { nil } }
    package var real: Double? { if case .real(let value) = self { value } else { nil } }
  }

  package typealias Row = [Value]

  /// Runs a statement that returns nothing; answers how many rows it changed.
  @discardableResult
  package func run(_ sql: StaticString, _ values: Value...) throws -> Int {
    try step(prepared(sql), values)
  }

  /// As `run`, for a statement that is put together from names of our own tables and columns.
  @discardableResult
  package func run(composed sql: String, _ values: Value...) throws -> Int {
    try step(prepared(composed: sql), values)
  }

  package func first(_ sql: StaticString, _ values: Value...) throws -> Row? {
    try firstRow(prepared(sql), values)
  }

  package func first(composed sql: String, _ values: Value...) throws -> Row? {
    try firstRow(prepared(composed: sql), values)
  }

  package func all(_ sql: StaticString, _ values: Value...) throws -> [Row] {
    try rows(prepared(sql), values)
  }

  package func all(composed sql: String, _ values: Value...) throws -> [Row] {
    try rows(prepared(composed: sql), values)
  }

  private func step(_ statement: OpaquePointer, _ values: [Value]) throws -> Int {
    try bind(values, to: statement)
    defer { sqlite3_reset(statement) }
    guard sqlite3_step(statement) == SQLITE_DONE else { throw failure() }
    return Int(sqlite3_changes(connection))
  }

  private func firstRow(_ statement: OpaquePointer, _ values: [Value]) throws -> Row? {
    try bind(values, to: statement)
    defer { sqlite3_reset(statement) }
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return row(statement)
    case SQLITE_DONE: return nil
    default: throw failure()
    }
  }

  private func rows(_ statement: OpaquePointer, _ values: [Value]) throws -> [Row] {
    try bind(values, to: statement)
    defer { sqlite3_reset(statement) }
    var rows: [Row] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: rows.append(row(statement))
      case SQLITE_DONE: return rows
      default: throw failure()
      }
    }
  }

  /// Calls `body` for each row while the statement runs.
  package func each(_ sql: String, _ values: [Value], _ body: (Row) throws -> Void) throws {
    // A statement of its own: `body` may run the same SQL again.
    var statement: OpaquePointer?
    guard sqlite3_prepare_v3(connection, sql, -1, 0, &statement, nil) == SQLITE_OK, let statement
    else { throw failure() }
    defer { sqlite3_finalize(statement) }
    try bind(values, to: statement)
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: try body(row(statement))
      case SQLITE_DONE: return
      default: throw failure()
      }
    }
  }

  /// For what runs once a field.
  func statement(_ sql: StaticString) throws -> Statement {
    Statement(pointer: try prepared(sql), connection: connection)
  }

  package var lastInsertedID: Int64 { sqlite3_last_insert_rowid(connection) }

  /// Call before the connection closes.
  package func finalize() {
    for statement in statements.values { sqlite3_finalize(statement) }
    for statement in composed.values { sqlite3_finalize(statement) }
    (statements, composed) = ([:], [:])
  }

  private func prepared(_ sql: StaticString) throws -> OpaquePointer {
    if let known = statements[sql.utf8Start] { return known }
    let made = try prepare(sql.description)
    statements[sql.utf8Start] = made
    return made
  }

  private func prepared(composed sql: String) throws -> OpaquePointer {
    if let known = composed[sql] { return known }
    let made = try prepare(sql)
    composed[sql] = made
    return made
  }

  private func prepare(_ sql: String) throws -> OpaquePointer {
    var statement: OpaquePointer?
    guard
      sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        == SQLITE_OK, let statement
    else { throw failure() }
    return statement
  }

  private func bind(_ values: [Value], to statement: OpaquePointer) throws {
    for (index, value) in values.enumerated() {
      let position = Int32(index + 1)
      let code =
        switch value {
        case .null: sqlite3_bind_null(statement, position)
        case .integer(let value): sqlite3_bind_int64(statement, position, value)
        case .real(let value): sqlite3_bind_double(statement, position, value)
        case .text(let value):
          sqlite3_bind_text(statement, position, value, Int32(value.utf8.count), SQL.transient)
        case .blob(let value):
          value.isEmpty
            ? sqlite3_bind_zeroblob(statement, position, 0)
            : sqlite3_bind_blob(statement, position, value, Int32(value.count), SQL.transient)
        }
      guard code == SQLITE_OK else { throw failure() }
    }
  }

  private func row(_ statement: OpaquePointer) -> Row {
    (0..<sqlite3_column_count(statement)).map { column in
      switch sqlite3_column_type(statement, column) {
      case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
      case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
      case SQLITE_TEXT:
        let count = Int(sqlite3_column_bytes(statement, column))
        guard let text = sqlite3_column_text(statement, column) else { return .text("") }
        return .text(
          String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
      case SQLITE_BLOB:
        let count = Int(sqlite3_column_bytes(statement, column))
        guard let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
        return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
      default: return .null
      }
    }
  }

  private func failure() -> DatabaseFailure { SQL.failure(connection) }

  static func failure(_ connection: OpaquePointer) -> DatabaseFailure {
    DatabaseFailure.of(
      code: sqlite3_errcode(connection), message: String(cString: sqlite3_errmsg(connection)))
  }

  static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

extension SQL.Value {
  package init(_ value: FieldValue) {
    self =
      switch value {
      case .null: .null
      case .text(let text): .text(text)
      case .integer(let number): .integer(number)
      case .bytes(let bytes): .blob(bytes)
      }
  }

  package var field: FieldValue {
    switch self {
    case .null, .real: .null
    case .integer(let number): .integer(number)
    case .text(let text): .text(text)
    case .blob(let bytes): .bytes(bytes)
    }
  }

  package static func optional(_ number: Int64?) -> SQL.Value {
    number.map { .integer($0) } ?? .null
  }
  package static func optional(_ text: String?) -> SQL.Value { text.map { .text($0) } ?? .null }
}
