import FieldbookModel

extension SegmentBody {
  package var hasWithheld: Bool { ops.contains { $0.cells.contains(where: \.isWithheld) } }

  /// This body with the values that another copy has and this one lacks; nil if there are none.
  ///
  /// What the other says is taken only where it matches the commitment that stands here. So a copy that is not whole, or
  /// lies elsewhere, still gives what it has.
  ///
  /// - Parameter shift: how far behind the other's first op this body's is: two branches share ops, and cut them otherwise.
  /// - Parameter isWanted: asked for each cell that could be taken.
  package func completed(
    from other: SegmentBody, shift: Int = 0, isWanted: (CellPlace) throws -> Bool
  ) throws -> SegmentBody? {
    let width = Salts.bytesPerCell
    let count = ops.reduce(0) { $0 + $1.cells.count }
    let otherCount = other.ops.reduce(0) { $0 + $1.cells.count }
    guard let given = try? other.salts.bytes(cells: otherCount) else { return nil }
    let starts = other.ops.reduce(into: [0]) { $0.append($0.last! + $1.cells.count * width) }
    var salts = try self.salts.bytes(cells: count)
    var ops = ops
    var cursor = 0
    var taken = 0
    for position in ops.indices {
      let begin = cursor
      cursor += ops[position].cells.count * width
      guard other.ops.indices.contains(position + shift),
        other.ops[position + shift].cells.count == ops[position].cells.count
      else { continue }
      for index in ops[position].cells.indices {
        let cell = other.ops[position + shift].cells[index]
        let from = starts[position + shift] + index * width
        let salt = given[from..<from + width]
        guard let commitment = ops[position].cells[index].withheld, !cell.isWithheld,
          OperationHash.commitment(cell, salt: salt) == commitment,
          try isWanted(CellPlace(op: position, cell: index))
        else { continue }
        ops[position].cells[index] = Cell(
          field: cell.field, overwrites: ops[position].cells[index].overwrites, value: cell.value)
        salts.replaceSubrange(begin + index * width..<begin + (index + 1) * width, with: salt)
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
