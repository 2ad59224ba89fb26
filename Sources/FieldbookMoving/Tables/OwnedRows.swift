/// Rows that belong to owners which come in the same order: of each owner its rows, one after the other.
///
/// The first column names the owner; both orders are by bytes.
final class OwnedRows {
  private let rows: (any TableRows)?
  private var waiting: [TableValue]?
  private(set) var orphans = 0

  /// - Parameter rows: nil for a table that is not there.
  init(_ rows: (any TableRows)?) throws {
    self.rows = rows
    waiting = try rows?.next()
  }

  /// - Parameter body: is given the columns behind the first.
  func each(of owner: String, _ body: (ArraySlice<TableValue>) throws -> Void) throws {
    while let row = waiting {
      let of = row[0].text ?? ""
      if ExactOrder.precedes(owner, of) { return }
      if of.utf8.elementsEqual(owner.utf8) { try body(row.dropFirst()) } else { orphans += 1 }
      waiting = try rows?.next()
    }
  }

  /// Rows that are left over name owners that are not there.
  func finish() throws {
    while waiting != nil {
      orphans += 1
      waiting = try rows?.next()
    }
  }
}

enum ExactOrder {
  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
