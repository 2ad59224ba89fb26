import FieldbookModel

extension SegmentBody {
  /// Reads what `encoded` wrote. Any bytes may come in.
  ///
  /// - Parameter count: of ops, as the header has it.
  /// - Parameter anchors: how many the header names.
  package init(encoded: [UInt8], clockBase: HybridTime, count: Int, anchors: Int) throws {
    var reader = ByteReader(encoded)
    let salts = try Salts(from: &reader)
    let entities = try SegmentBody.entities(&reader)
    var fields: [FieldName] = []
    for _ in 0..<(try reader.count(limit: encoded.count)) {
      fields.append(FieldName(try reader.text(limit: Limits.fieldNameBytes)))
    }
    var columns = try SegmentColumns(&reader, anchors: anchors)
    guard reader.isAtEnd else { throw DecodingFailure.malformed("segment body") }
    var clock = clockBase.raw
    var ops: [Operation<WireDot>] = []
    ops.reserveCapacity(count)
    for _ in 0..<count {
      let kind = try columns.kind.varint()
      guard kind <= UInt64(UInt16.max) else { throw DecodingFailure.malformed("kind of op") }
      let entity = try columns.entity.index(below: entities.count)
      clock = clock &+ UInt64(bitPattern: try columns.clock.zigzag())
      guard clock <= UInt64(Int64.max) else { throw DecodingFailure.malformed("clock") }
      ops.append(
        Operation(
          kind: OperationKind(rawValue: UInt16(kind)), entity: entities[entity],
          clock: HybridTime(raw: clock), cells: try columns.cells(fields)))
    }
    guard columns.areAtEnd else { throw DecodingFailure.malformed("segment body") }
    self.init(salts: salts, ops: ops)
  }

  /// Heads of all keys, then how the end of each differs from the one that is implied: zeros, for keys that were drawn,
  /// which compression takes away.
  private static func entities(_ reader: inout ByteReader) throws(DecodingFailure) -> [EntityKey] {
    let count = try reader.count(limit: reader.remaining / 16)
    var heads = ByteReader(try reader.bytes(count: count * EntityKey.freshBytes))
    var keys: [EntityKey] = []
    keys.reserveCapacity(count)
    for _ in 0..<count {
      let head = try heads.bytes(count: EntityKey.freshBytes)
      guard let drawn = EntityKey(bytes: head + [0, 0, 0, 0]) else { throw .malformed("entity") }
      keys.append(drawn.withTail(try reader.fixed32() ^ drawn.impliedTail))
    }
    return keys
  }
}

extension Salts {
  fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
    switch try reader.bytes(count: 1).first {
    case 0: self = .seed(Array(try reader.bytes(count: 32)))
    case 1:
      let limit = SegmentLimits.cells * Salts.bytesPerCell
      self = .each(Array(try reader.lengthPrefixed(limit: limit)))
    default: throw .malformed("kind of salts")
    }
  }
}

/// The columns of a body, each read on its own.
private struct SegmentColumns {
  var kind, entity, clock: ByteReader
  private var cells, field, overwrites, anchor, number, type, length, integer, content: ByteReader
  /// Of each anchor, the number that was named last.
  private var lastNumbers: [UInt64]
  /// Cells and overwritten ops that may still come.
  private var room = SegmentLimits.cells

  init(_ reader: inout ByteReader, anchors: Int) throws(DecodingFailure) {
    let limit = reader.remaining
    func next() throws(DecodingFailure) -> ByteReader {
      ByteReader(try reader.lengthPrefixed(limit: limit))
    }
    (kind, entity, clock) = (try next(), try next(), try next())
    (cells, field, overwrites) = (try next(), try next(), try next())
    (anchor, number, type) = (try next(), try next(), try next())
    (length, integer, content) = (try next(), try next(), try next())
    lastNumbers = Array(repeating: 0, count: anchors + 1)
  }

  var areAtEnd: Bool {
    [
      kind, entity, clock, cells, field, overwrites, anchor, number, type, length, integer, content,
    ].allSatisfy(\.isAtEnd)
  }

  /// The cells of the next op.
  mutating func cells(_ fields: [FieldName]) throws(DecodingFailure) -> [Cell<WireDot>] {
    let count = try cells.count(limit: SegmentLimits.cellsPerOp)
    try take(count)
    var out: [Cell<WireDot>] = []
    out.reserveCapacity(count)
    for _ in 0..<count {
      let dots = try dots()
      let type = try type.varint()
      if type == SegmentBody.withheldType {
        out.append(Cell(overwrites: dots, withheld: Array(try content.bytes(count: 32))))
        continue
      }
      let field = fields[try field.index(below: fields.count)]
      out.append(Cell(field: field, overwrites: dots, value: try value(type)))
    }
    return out
  }

  private mutating func take(_ count: Int) throws(DecodingFailure) {
    room -= count
    guard room >= 0 else { throw .tooLarge("cells of a segment") }
  }

  private mutating func dots() throws(DecodingFailure) -> [WireDot] {
    let count = try overwrites.count(limit: SegmentLimits.overwritesPerCell)
    guard count > 0 else { return [] }
    try take(count)
    var out: [WireDot] = []
    for _ in 0..<count {
      let anchor = try anchor.varint()
      guard anchor < UInt64(lastNumbers.count) else { throw .malformed("anchor") }
      let number = lastNumbers[Int(anchor)] &+ UInt64(bitPattern: try number.zigzag())
      guard number >= 1, number < Dot.numberLimit else {
        throw .malformed("number of an overwritten op")
      }
      lastNumbers[Int(anchor)] = number
      out.append(WireDot(anchor: Int(anchor), number: number))
    }
    return out
  }

  private mutating func value(_ type: UInt64) throws(DecodingFailure) -> FieldValue? {
    switch type {
    case 0: return nil
    case 1: return .null
    case 2:
      guard let text = String(validating: try bytes(), as: UTF8.self) else {
        throw .malformed("text")
      }
      return .text(text)
    case 3: return .integer(try integer.zigzag())
    case 4: return .bytes(Array(try bytes()))
    default: throw .malformed("value type")
    }
  }

  private mutating func bytes() throws(DecodingFailure) -> ArraySlice<UInt8> {
    try content.bytes(count: length.count(limit: Limits.valueBytes))
  }
}

extension ByteReader {
  /// A varint that must not exceed `limit`: every count is bounded before anything is allocated.
  package mutating func count(limit: Int) throws(DecodingFailure) -> Int {
    let value = try varint()
    guard value <= UInt64(limit) else { throw .tooLarge("count") }
    return Int(value)
  }

  /// A varint that names one of `count` things.
  fileprivate mutating func index(below count: Int) throws(DecodingFailure) -> Int {
    let value = try varint()
    guard value < UInt64(count) else { throw .malformed("reference in a segment") }
    return Int(value)
  }
}
