import FieldbookModel
import GRDBSQLite

/// A prepared statement whose values are bound one by one, from 1: for what runs once a field.
///
/// Every parameter is to be bound before each run: what was bound before stays.
struct Statement {
  let pointer: OpaquePointer
  let connection: OpaquePointer

  func bind(_ position: Int32, _ number: Int64) throws {
    try check(sqlite3_bind_int64(pointer, position, number))
  }

  func bind(_ position: Int32, _ number: Int64?) throws {
    guard let number else { return try bindNull(position) }
    try bind(position, number)
  }

  func bindNull(_ position: Int32) throws { try check(sqlite3_bind_null(pointer, position)) }

  /// As 16 bytes.
  func bind(_ position: Int32, _ key: EntityKey) throws {
    let words = (key.high.bigEndian, key.low.bigEndian)
    try withUnsafeBytes(of: words) { try bind(position, $0) }
  }

  func bind(_ position: Int32, _ text: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
      guard let start else { return try check(sqlite3_bind_text(pointer, position, "", 0, nil)) }
      try check(
        sqlite3_bind_text(pointer, position, start, Int32(bytes.count), SQL.transient))
    }
  }

  func bind(_ position: Int32, _ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try bind(position, $0) }
  }

  func bind(_ position: Int32, _ value: FieldValue) throws {
    switch value {
    case .null: try bindNull(position)
    case .integer(let number): try bind(position, number)
    case .text(let text): try bind(position, text)
    case .bytes(let bytes): try bind(position, bytes)
    }
  }

  private func bind(_ position: Int32, _ bytes: UnsafeRawBufferPointer) throws {
    guard !bytes.isEmpty else { return try check(sqlite3_bind_zeroblob(pointer, position, 0)) }
    try check(
      sqlite3_bind_blob(
        pointer, position, bytes.baseAddress, Int32(bytes.count), SQL.transient))
  }

  /// Runs a statement that returns nothing; answers how many rows it changed.
  @discardableResult
  func run() throws -> Int {
    defer { sqlite3_reset(pointer) }
    guard sqlite3_step(pointer) == SQLITE_DONE else { throw SQL.failure(connection) }
    return Int(sqlite3_changes(connection))
  }

  /// What `read` makes of the first row; nil if there is none.
  func first<Result>(_ read: (Statement) -> Result) throws -> Result? {
    defer { sqlite3_reset(pointer) }
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return read(self)
    case SQLITE_DONE: return nil
    default: throw SQL.failure(connection)
    }
  }

  /// Of the present row; columns count from 0. Nil for what is no number.
  func integer(_ column: Int32) -> Int64? {
    guard sqlite3_column_type(pointer, column) == SQLITE_INTEGER else { return nil }
    return sqlite3_column_int64(pointer, column)
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw SQL.failure(connection) }
  }
}
