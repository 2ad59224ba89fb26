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
    for key in entities.items { out.bytes(key.bytes.prefix(EntityKey.freshBytes)) }
    for key in entities.items { out.fixed32(key.tail ^ key.impliedTail) }
    out.varint(UInt64(fields.items.count))
    for field in fields.items { out.text(field.text) }
    for column in columns { out.lengthPrefixed(column.bytes) }
    return out.bytes
  }

  /// In place of a value's type: the cell was purged, and 32 bytes of commitment stand for it.
  static let withheldType: UInt64 = 5

  private enum Column: Int, CaseIterable {
    case kind, entity, clock, cells, field, overwrites, anchor, number, type, length, integer,
      content
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
