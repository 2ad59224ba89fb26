/// A database with tables, whoever wrote it: read, never changed, and one moment of it as long as this lives.
protocol Tables: AnyObject {
  /// Empty for a table that is not there.
  func columns(of table: String) throws -> [String]

  /// Rows come as they are asked for; several can be open at once.
  func rows(_ sql: String) throws -> any TableRows

  /// An expression that orders a text by its bytes.
  func byBytes(_ column: String) -> String
}

protocol TableRows: AnyObject {
  /// Nil after the last.
  func next() throws -> [TableValue]?
}

enum TableValue: Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  var integer: Int64? {
    switch self {
    case .integer(let number): number
    case .text(let text): Int64(text)
    case .real(let number): Int64(exactly: number)
    case .null: nil
    }
  }

  var real: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .text(let text): Double(text)
    case .real(let number): number
    case .null: nil
    }
  }

  var text: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): String(number)
    }
  }

  /// SQLite's 1, PostgreSQL's `t`.
  var flag: Bool {
    switch self {
    case .integer(let number): number != 0
    case .text(let text): text == "t" || text == "true" || text == "1"
    case .real, .null: false
    }
  }
}

extension Tables {
  func has(_ table: String) throws -> Bool { try !columns(of: table).isEmpty }

  func count(_ sql: String) throws -> Int {
    Int(clamping: try rows(sql).next()?.first?.integer ?? 0)
  }

  /// `SELECT` of columns of a table; those that it lacks are NULL. Names are ours, never the database's.
  func select(_ columns: [String], from table: String, _ rest: String = "") throws -> any TableRows
  {
    let known = Set(try self.columns(of: table))
    let list = columns.map { column in
      known.contains(column) ? "t.\"\(column)\"" : "NULL"
    }
    return try rows("SELECT \(list.joined(separator: ", ")) FROM \"\(table)\" t \(rest)")
  }
}
