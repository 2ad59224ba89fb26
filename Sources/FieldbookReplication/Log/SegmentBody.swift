import FieldbookModel

/// The ops of a segment as columns: entities, fields and anchors are named once and referred to.
package struct SegmentBody: Equatable, Sendable {
  package var salts: Salts
  package var ops: [Operation<WireDot>]

  package init(salts: Salts, ops: [Operation<WireDot>]) {
    self.salts = salts
    self.ops = ops
  }

  package func encoded(clockBase: HybridTime) -> [UInt8] {
    var entities = Interner<EntityKey>()
    var fields = Interner<FieldName>()
    var columns = [ByteWriter](repeating: ByteWriter(), count: Column.allCases.count)
    func write(_ column: Column, _ value: UInt64) { columns[column.rawValue].varint(value) }
    var clock = clockBase.raw
    var lastNumber: [Int: UInt64] = [:]
    for op in ops {
      write(.kind, UInt64(op.kind.rawValue))
      write(.entity, UInt64(entities.index(of: op.entity)))
      columns[Column.clock.rawValue].zigzag(Int64(bitPattern: op.clock.raw &- clock))
      clock = op.clock.raw
      write(.cells, UInt64(op.cells.count))
      for cell in op.cells {
        write(.overwrites, UInt64(cell.overwrites.count))
        for dot in cell.overwrites {
          write(.anchor, UInt64(dot.anchor))
          let delta = Int64(bitPattern: dot.number &- lastNumber[dot.anchor, default: 0])
          columns[Column.number.rawValue].zigzag(delta)
          lastNumber[dot.anchor] = dot.number
        }
        if let withheld = cell.withheld {
          write(.type, SegmentBody.withheldType)
          columns[Column.content.rawValue].bytes(withheld)
          continue
        }
        write(.field, UInt64(fields.index(of: cell.field)))
        switch cell.value {
        case nil: write(.type, 0)
        case .null: write(.type, 1)
        case .text(let text):
          write(.type, 2)
          write(.length, UInt64(text.utf8.count))
          columns[Column.content.rawValue].bytes(text.utf8)
        case .integer(let number):
          write(.type, 3)
          columns[Column.integer.rawValue].zigzag(number)
        case .bytes(let bytes):
          write(.type, 4)
          write(.length, UInt64(bytes.count))
          columns[Column.content.rawValue].bytes(bytes)
        }
      }
    }
    var out = ByteWriter()
    switch salts {
    case .seed(let seed):
      out.bytes([0])
      out.bytes(seed)
    case .each(let bytes):
      out.bytes([1])
      out.lengthPrefixed(bytes)
    }
    out.varint(UInt64(entities.items.count))
    for key in entities.items { out.bytes(key.bytes) }
    out.varint(UInt64(fields.items.count))
    for field in fields.items { out.text(field.text) }
    for column in columns { out.lengthPrefixed(column.bytes) }
    return out.bytes
  }

  package init(encoded: [UInt8], clockBase: HybridTime, count: Int, anchors: Int) throws {
    var reader = ByteReader(encoded)
    switch try reader.bytes(count: 1).first {
    case 0: salts = .seed(Array(try reader.bytes(count: 32)))
    case 1:
      salts = .each(
        Array(try reader.lengthPrefixed(limit: SegmentLimits.cells * Salts.bytesPerCell)))
    default: throw DecodingFailure.malformed("kind of salts")
    }
    var entities: [EntityKey] = []
    for _ in 0..<(try reader.count(limit: encoded.count / 16)) {
      guard let key = EntityKey(bytes: try reader.bytes(count: 16)) else {
        throw DecodingFailure.malformed("entity")
      }
      entities.append(key)
    }
    var fields: [FieldName] = []
    for _ in 0..<(try reader.count(limit: encoded.count)) {
      fields.append(FieldName(try reader.text(limit: Limits.fieldNameBytes)))
    }
    var columns: [ByteReader] = []
    for _ in Column.allCases {
      columns.append(ByteReader(Array(try reader.lengthPrefixed(limit: encoded.count))))
    }
    guard reader.isAtEnd else { throw DecodingFailure.malformed("segment body") }
    func read(_ column: Column) throws(DecodingFailure) -> UInt64 {
      try columns[column.rawValue].varint()
    }
    func pick<Item>(_ items: [Item], _ column: Column) throws(DecodingFailure) -> Item {
      let index = try read(column)
      guard index < UInt64(items.count) else { throw .malformed("reference in a segment") }
      return items[Int(index)]
    }
    var clock = clockBase.raw
    var lastNumber: [Int: UInt64] = [:]
    var room = SegmentLimits.cells
    ops = []
    ops.reserveCapacity(count)
    for _ in 0..<count {
      let kind = try read(.kind)
      guard kind <= UInt64(UInt16.max) else { throw DecodingFailure.malformed("kind of op") }
      let entity = try pick(entities, .entity)
      clock = clock &+ UInt64(bitPattern: try columns[Column.clock.rawValue].zigzag())
      guard clock <= UInt64(Int64.max) else { throw DecodingFailure.malformed("clock") }
      let cellCount = try columns[Column.cells.rawValue].count(limit: SegmentLimits.cellsPerOp)
      room -= cellCount
      guard room >= 0 else { throw DecodingFailure.tooLarge("cells of a segment") }
      var cells: [Cell<WireDot>] = []
      cells.reserveCapacity(cellCount)
      for _ in 0..<cellCount {
        let overwriteCount = try columns[Column.overwrites.rawValue].count(
          limit: SegmentLimits.overwritesPerCell)
        room -= overwriteCount
        guard room >= 0 else { throw DecodingFailure.tooLarge("cells of a segment") }
        var overwrites: [WireDot] = []
        for _ in 0..<overwriteCount {
          let anchor = try read(.anchor)
          guard anchor <= UInt64(anchors) else { throw DecodingFailure.malformed("anchor") }
          let number =
            lastNumber[Int(anchor), default: 0]
            &+ UInt64(bitPattern: try columns[Column.number.rawValue].zigzag())
          guard number >= 1, number < Dot.numberLimit else {
            throw DecodingFailure.malformed("number of an overwritten op")
          }
          lastNumber[Int(anchor)] = number
          overwrites.append(WireDot(anchor: Int(anchor), number: number))
        }
        let type = try read(.type)
        if type == SegmentBody.withheldType {
          let commitment = Array(try columns[Column.content.rawValue].bytes(count: 32))
          cells.append(Cell(overwrites: overwrites, withheld: commitment))
          continue
        }
        let field = try pick(fields, .field)
        let value: FieldValue?
        switch type {
        case 0: value = nil
        case 1: value = .null
        case 2:
          let bytes = try Self.content(&columns)
          guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DecodingFailure.malformed("text")
          }
          value = .text(text)
        case 3: value = .integer(try columns[Column.integer.rawValue].zigzag())
        case 4: value = .bytes(Array(try Self.content(&columns)))
        default: throw DecodingFailure.malformed("value type")
        }
        cells.append(Cell(field: field, overwrites: overwrites, value: value))
      }
      ops.append(
        Operation(
          kind: OperationKind(rawValue: UInt16(kind)), entity: entity,
          clock: HybridTime(raw: clock), cells: cells))
    }
    guard columns.allSatisfy(\.isAtEnd) else { throw DecodingFailure.malformed("segment body") }
  }

  /// In place of a value's type: the cell was purged, and 32 bytes of commitment stand for it.
  private static let withheldType: UInt64 = 5

  private static func content(_ columns: inout [ByteReader]) throws(DecodingFailure) -> ArraySlice<
    UInt8
  > {
    let length = try columns[Column.length.rawValue].count(limit: Limits.valueBytes)
    return try columns[Column.content.rawValue].bytes(count: length)
  }

  private enum Column: Int, CaseIterable {
    case kind, entity, clock, cells, field, overwrites, anchor, number, type, length, integer,
      content
  }
}

extension ByteReader {
  /// A varint that must not exceed `limit`: every count is bounded before anything is allocated.
  package mutating func count(limit: Int) throws(DecodingFailure) -> Int {
    let value = try varint()
    guard value <= UInt64(limit) else { throw .tooLarge("count") }
    return Int(value)
  }
}

/// Numbers values in the order in which they are first seen.
private struct Interner<Item: Hashable> {
  private(set) var items: [Item] = []
  private var indices: [Item: Int] = [:]

  mutating func index(of item: Item) -> Int {
    if let known = indices[item] { return known }
    indices[item] = items.count
    items.append(item)
    return items.count - 1
  }
}
