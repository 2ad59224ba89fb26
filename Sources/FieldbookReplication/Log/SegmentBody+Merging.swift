import FieldbookModel

extension SegmentBody {
  package var hasWithheld: Bool { ops.contains { $0.cells.contains(where: \.isWithheld) } }

  /// This body with the values that another copy has and this one lacks; nil if there are none.
  ///
  /// What the other says is taken only where it matches the commitment that stands here. So a copy that is not whole, or
  /// lies elsewhere, still gives what it has.
  ///
  /// - Parameter isWanted: asked for each cell that could be taken.
  package func completed(
    from other: SegmentBody, isWanted: (CellPlace) throws -> Bool
  ) throws -> SegmentBody? {
    let width = Salts.bytesPerCell
    let count = ops.reduce(0) { $0 + $1.cells.count }
    guard other.ops.count == ops.count,
      zip(ops, other.ops).allSatisfy({ $0.cells.count == $1.cells.count }),
      let given = try? other.salts.bytes(cells: count)
    else { return nil }
    var salts = try self.salts.bytes(cells: count)
    var ops = ops
    var cursor = 0
    var taken = 0
    for position in ops.indices {
      for index in ops[position].cells.indices {
        defer { cursor += width }
        let cell = other.ops[position].cells[index]
        let salt = given[cursor..<cursor + width]
        guard let commitment = ops[position].cells[index].withheld, !cell.isWithheld,
          OperationHash.commitment(cell, salt: salt) == commitment,
          try isWanted(CellPlace(op: position, cell: index))
        else { continue }
        ops[position].cells[index] = Cell(
          field: cell.field, overwrites: ops[position].cells[index].overwrites, value: cell.value)
        salts.replaceSubrange(cursor..<cursor + width, with: salt)
        taken += 1
      }
    }
    guard taken > 0 else { return nil }
    let merged = SegmentBody(salts: .each(salts), ops: ops)
    // Whole again, and from one seed: then the seed says it all.
    guard !merged.hasWithheld, case .seed = other.salts, salts == given else { return merged }
    return SegmentBody(salts: other.salts, ops: ops)
  }
}
