import Foundation

/// A row on a leaf page: where it lies and what shape it has; its values are read when they are wanted.
struct FoundRow {
  let rowID: Int64
  /// Serial types of its columns.
  let types: [UInt64]
  fileprivate let page: UInt32
  /// Where its page lies in the write-ahead log, if it is one that was looked at there by itself.
  fileprivate let frame: off_t?
  fileprivate let place: Int
  fileprivate let view: DatabasePages.View

  /// Larger rows than any of ours are damaged sizes.
  static let bytesMax = 24 * 1024 * 1024
}

/// Reads table and index leaf pages. Source: sqlite.org/fileformat2.html, sections 1.6 and 2.1.
extension DatabasePages {
  private static let tableLeaf: UInt8 = 13
  private static let indexLeaf: UInt8 = 10

  /// Calls `body` with each row of each leaf page, in no order that means something.
  func eachRow(_ view: View, _ body: (FoundRow) throws -> Void) rethrows {
    for number in numbers(view) {
      if let page = page(number, view) { try eachRow(on: page, number, nil, view, body) }
    }
  }

  /// The same for all versions that the log has of each page: where the last one is damaged, an older one may have
  /// some of its rows. The newest come first.
  func eachOldRow(_ body: (FoundRow) throws -> Void) rethrows {
    for (number, place) in frames.reversed() {
      if let page = frame(place) { try eachRow(on: page, number, place, .everything, body) }
    }
  }

  private func eachRow(
    on page: [UInt8], _ number: UInt32, _ frame: off_t?, _ view: View,
    _ body: (FoundRow) throws -> Void
  ) rethrows {
    let start = number == 1 ? 100 : 0
    let isTable = page[start] == Self.tableLeaf
    guard isTable || page[start] == Self.indexLeaf else { return }
    let count = Int(page[start + 3]) << 8 | Int(page[start + 4])
    guard count <= pageBytes / 4 else { return }
    for index in 0..<count {
      let pointer = start + 8 + 2 * index
      guard pointer + 1 < page.count else { return }
      let place = Int(page[pointer]) << 8 | Int(page[pointer + 1])
      if let (cell, types) = cell(in: page, at: place, isTable: isTable) {
        try body(
          FoundRow(
            rowID: cell.rowID, types: types, page: number, frame: frame, place: place, view: view))
      }
    }
  }

  /// What a leaf page holds of a row: all of it, or its beginning.
  private struct Cell {
    var rowID: Int64 = 0
    var head: ArraySlice<UInt8>
    var byteCount: Int
    /// The page that it goes on at; 0 for none.
    var overflow: UInt32 = 0
    /// Where the values begin in `head`.
    var bodyStart: Int
  }

  /// The cell, and the serial types of its columns; nil for what is none.
  private func cell(in page: [UInt8], at place: Int, isTable: Bool) -> (Cell, [UInt64])? {
    var cursor = place
    guard let size = page[...].varint(&cursor), size <= UInt64(FoundRow.bytesMax) else {
      return nil
    }
    var rowID: Int64 = 0
    if isTable {
      guard let id = page[...].varint(&cursor) else { return nil }
      rowID = Int64(bitPattern: id)
    }
    let local = localBytes(Int(size), isTable: isTable)
    guard cursor + local <= page.count else { return nil }
    var cell = Cell(
      rowID: rowID, head: page[cursor..<cursor + local], byteCount: Int(size), bodyStart: 0)
    if local < cell.byteCount {
      guard cursor + local + 4 <= page.count else { return nil }
      cell.overflow = UInt32(page[cursor + local..<cursor + local + 4].bigEndian)
    }
    var reader = cursor
    guard let headerBytes = cell.head.varint(&reader), headerBytes <= UInt64(local) else {
      return nil
    }
    cell.bodyStart = Int(headerBytes)
    var types: [UInt64] = []
    while reader < cursor + cell.bodyStart, types.count < 16 {
      guard let type = cell.head.varint(&reader) else { return nil }
      types.append(type)
    }
    return (cell, types)
  }

  private func localBytes(_ size: Int, isTable: Bool) -> Int {
    let usable = usableBytes
    let most = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
    if size <= most { return size }
    let least = (usable - 12) * 32 / 255 - 23
    let fitting = least + (size - least) % (usable - 4)
    return fitting <= most ? fitting : least
  }

  /// The row's columns; nil if a page of it is missing or it does not add up.
  func values(_ row: FoundRow) -> [SQL.Value]? {
    guard let leaf = row.frame.map(frame) ?? page(row.page, row.view),
      let (cell, _) = cell(
        in: leaf, at: row.place, isTable: leaf[row.page == 1 ? 100 : 0] == Self.tableLeaf)
    else { return nil }
    // Damaged, its pages may go round in a circle.
    guard cell.byteCount <= byteCount else { return nil }
    var bytes = Array(cell.head)
    var next = cell.overflow
    while bytes.count < cell.byteCount {
      guard let page = page(next, row.view) else { return nil }
      next = UInt32(page[..<4].bigEndian)
      bytes += page[4..<min(usableBytes, 4 + cell.byteCount - bytes.count)]
    }
    var place = cell.bodyStart
    var out: [SQL.Value] = []
    for type in row.types {
      let count = FoundRow.bytes(type)
      guard place + count <= bytes.count else { return nil }
      let content = bytes[place..<place + count]
      place += count
      switch type {
      case 0: out.append(.null)
      case 1...6:
        // Sign extended from its first byte.
        let unused = 64 - 8 * count
        let raw = Int64(bitPattern: content.bigEndian << UInt64(unused))
        out.append(.integer(raw >> Int64(unused)))
      case 7: out.append(.real(Double(bitPattern: content.bigEndian)))
      case 8, 9: out.append(.integer(Int64(type) - 8))
      case 10, 11: return nil
      default:
        if type.isMultiple(of: 2) {
          out.append(.blob(Array(content)))
        } else {
          guard let text = String(validating: content, as: UTF8.self) else { return nil }
          out.append(.text(text))
        }
      }
    }
    return out
  }
}

extension FoundRow {
  /// What a column must be for a row to be of a table.
  enum Column: Sendable {
    case null, integer, text
    case blob(Int?)
    indirect case maybe(Column)

    func admits(_ type: UInt64) -> Bool {
      switch self {
      case .null: type == 0
      case .integer: (1...6).contains(type) || type == 8 || type == 9
      case .text: type >= 13 && !type.isMultiple(of: 2)
      case .blob(let size):
        type >= 12 && type.isMultiple(of: 2) && size.map { FoundRow.bytes(type) == $0 } != false
      case .maybe(let column): type == 0 || column.admits(type)
      }
    }
  }

  /// - Parameter later: columns at the end that were added to the table later, so that older rows lack them.
  func fits(_ columns: [Column], later: Int = 0) -> Bool {
    (columns.count - later...columns.count).contains(types.count)
      && zip(columns, types).allSatisfy { $0.admits($1) }
  }

  /// Bytes of a value by its serial type.
  static func bytes(_ type: UInt64) -> Int {
    switch type {
    case 0, 8, 9: 0
    case 1...4: Int(type)
    case 5: 6
    case 6, 7: 8
    case 10, 11: 0
    default: Int(min(type, 1 << 32) - 12) / 2
    }
  }
}

extension ArraySlice<UInt8> {
  /// SQLite's: big-endian, seven bits a byte, the ninth whole. Moves `place` behind it; nil at the end.
  fileprivate func varint(_ place: inout Int) -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<9 {
      guard indices.contains(place) else { return nil }
      let byte = self[place]
      place += 1
      if index == 8 { return value << 8 | UInt64(byte) }
      value = value << 7 | UInt64(byte & 0x7f)
      if byte < 0x80 { return value }
    }
    return value
  }
}
