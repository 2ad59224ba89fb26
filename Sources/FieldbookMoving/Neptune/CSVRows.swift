/// Rows of a table in a text file: RFC 4180. A field in quotes can hold commas, quotes (doubled) and line breaks.
package final class CSVRows {
  package static let fieldBytes = 16 * 1024 * 1024
  package static let fields = 1000

  private let path: String
  private let more: () throws -> ArraySlice<UInt8>
  private var piece: ArraySlice<UInt8> = []
  /// Rows that were read.
  package private(set) var count = 0

  package convenience init(_ path: String) throws {
    let file = try PiecewiseFile(path)
    self.init(path: path) { try file.take(1 << 16) }
  }

  /// - Parameter path: for what is said of it.
  /// - Parameter more: gives the bytes piece by piece; an empty one is the end.
  package init(path: String, more: @escaping () throws -> ArraySlice<UInt8>) {
    self.path = path
    self.more = more
  }

  private func next() throws -> UInt8? {
    if piece.isEmpty { piece = try more() }
    return piece.popFirst()
  }

  /// Nil after the last. What is no UTF-8 is replaced.
  package func row() throws -> [String]? {
    var fields: [String] = []
    var field: [UInt8] = []
    var (isQuoted, isOpen, isEmpty) = (false, false, true)
    func close() throws {
      fields.append(String(decoding: field, as: UTF8.self))
      field = []
      isQuoted = false
      guard fields.count <= CSVRows.fields else { throw damage("has too many fields") }
    }
    while let byte = try next() {
      isEmpty = false
      switch byte {
      case UInt8(ascii: "\"") where isOpen:
        // Twice stands for itself; else the field ends, and what follows is said by what comes.
        isOpen = false
      case UInt8(ascii: "\"") where isQuoted:
        field.append(byte)
        isOpen = true
      case UInt8(ascii: "\"") where field.isEmpty: (isQuoted, isOpen) = (true, true)
      case _ where isOpen: field.append(byte)
      case UInt8(ascii: ","): try close()
      case UInt8(ascii: "\n"):
        if field.last == UInt8(ascii: "\r"), !isQuoted { field.removeLast() }
        try close()
        count += 1
        return fields
      case UInt8(ascii: "\r") where isQuoted: break
      default: field.append(byte)
      }
      guard field.count <= CSVRows.fieldBytes else { throw damage("has a field that is too long") }
    }
    guard !isEmpty else { return nil }
    if isOpen { throw damage("ends within quotes") }
    try close()
    count += 1
    return fields
  }

  private func damage(_ what: String) -> MovingFailure {
    .damaged(path: path, reason: "row \(count + 1) \(what)")
  }
}
