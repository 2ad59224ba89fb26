import FieldbookModel

/// How an op lies in the journal of the open segment: row by row, with this replica's dots.
package enum JournalCoding {
  package static func encode(_ op: Operation<Dot>) -> [UInt8] {
    var out = ByteWriter()
    out.varint(UInt64(op.kind.rawValue))
    out.bytes(op.entity.bytes)
    out.fixed64(op.clock.raw)
    out.varint(UInt64(op.cells.count))
    for cell in op.cells {
      out.text(cell.field.text)
      out.varint(UInt64(cell.overwrites.count))
      for dot in cell.overwrites { out.fixed64(UInt64(bitPattern: dot.raw)) }
      if let value = cell.value { value.write(to: &out) } else { out.bytes([0]) }
    }
    return out.bytes
  }

  /// Any bytes may come in. What is read is what `encode` wrote, byte for byte, or it throws: in a damaged database an op
  /// has nothing but its form to be known by.
  package static func decode(_ bytes: [UInt8]) throws -> Operation<Dot> {
    var reader = ByteReader(bytes)
    let kind = OperationKind(rawValue: UInt16(try reader.count(limit: Int(UInt16.max))))
    guard let entity = EntityKey(bytes: try reader.bytes(count: 16)) else {
      throw DecodingFailure.malformed("journal")
    }
    let time = try reader.fixed64()
    let clock = HybridTime(raw: time)
    guard clock.raw == time else { throw DecodingFailure.malformed("clock") }
    var cells: [Cell<Dot>] = []
    for _ in 0..<(try reader.count(limit: SegmentLimits.cellsPerOp)) {
      let field = FieldName(try reader.text(limit: Limits.fieldNameBytes))
      var overwrites: [Dot] = []
      for _ in 0..<(try reader.count(limit: SegmentLimits.overwritesPerCell)) {
        overwrites.append(Dot(raw: Int64(bitPattern: try reader.fixed64())))
      }
      var peek = reader
      let value: FieldValue?
      if try peek.bytes(count: 1).first == 0 {
        reader = peek
        value = nil
      } else {
        value = try FieldValue.read(from: &reader)
      }
      cells.append(Cell(field: field, overwrites: overwrites, value: value))
    }
    guard reader.isAtEnd else { throw DecodingFailure.malformed("journal") }
    return Operation(kind: kind, entity: entity, clock: clock, cells: cells)
  }
}
