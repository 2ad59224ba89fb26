import FieldbookModel

/// Which cell of which op: what a purge names.
package struct CellPlace: Hashable, Sendable {
  /// Position of the op in its segment, and of the cell in the op.
  package let op: Int
  package let cell: Int

  package init(op: Int, cell: Int) {
    self.op = op
    self.cell = cell
  }
}

extension FieldName {
  /// In a purge: the ops that it names, with the positions of the cells that go.
  package static let purged = FieldName("purged")
  /// In a purge: digests of contents that go, 32 bytes each.
  package static let purgedContent = FieldName("purged_content")
  /// In a purge: the metric that goes, as a `SeriesCommitment`; absent when the name itself had to go.
  package static let purgedSeries = FieldName("purged_series")
  package static let reason = FieldName("reason")
  /// In a purge: what it was, for people; absent when the name itself had to go.
  package static let subject = FieldName("subject")
}

extension FieldName {
  /// Decides where a thing belongs or what becomes of it.
  package var isStructural: Bool {
    switch word {
    case .experiment, .lifecycle, .status, .startTime, .createdTime, .parent, .model, .run, .number,
      .leasedNumber, .provisional, .ordinal, .key, .nonce:
      true
    default: false
    }
  }
}

/// What a purge takes away. The op holds no value and no name of what is gone.
package enum Purge {
  /// Ops that one cell names.
  package static let targetsPerCell = 1000

  package static func cells<Reference>(
    _ targets: [(Reference, [Int])], contents: [ContentDigest], series: [SeriesCommitment] = [],
    reason: String, subject: String?
  ) -> [Cell<Reference>] {
    var cells = stride(from: 0, to: targets.count, by: targetsPerCell).map { start in
      let part = targets[start..<min(start + targetsPerCell, targets.count)]
      return Cell(
        field: .purged, overwrites: part.map(\.0), value: .bytes(encode(part.map(\.1))))
    }
    if !contents.isEmpty {
      cells.append(
        Cell(field: .purgedContent, overwrites: [], value: .bytes(contents.flatMap(\.bytes))))
    }
    for one in series {
      cells.append(Cell(field: .purgedSeries, overwrites: [], value: .bytes(one.bytes)))
    }
    cells.append(Cell(field: .reason, overwrites: [], value: .text(reason)))
    if let subject { cells.append(Cell(field: .subject, overwrites: [], value: .text(subject))) }
    return cells
  }

  /// For each op the positions of its cells, ascending.
  static func encode(_ positions: [[Int]]) -> [UInt8] {
    var out = ByteWriter()
    for list in positions {
      out.varint(UInt64(list.count))
      for position in list { out.varint(UInt64(position)) }
    }
    return out.bytes
  }

  static func decode(_ bytes: [UInt8], ops: Int) throws(DecodingFailure) -> [[Int]] {
    var reader = ByteReader(bytes)
    var lists: [[Int]] = []
    for _ in 0..<ops {
      var list: [Int] = []
      for _ in 0..<(try reader.count(limit: SegmentLimits.cellsPerOp)) {
        list.append(try reader.count(limit: SegmentLimits.cellsPerOp))
      }
      lists.append(list)
    }
    guard reader.isAtEnd else { throw .malformed("purge") }
    return lists
  }
}

extension Operation {
  /// The cells that a purge names, by op; throws for what is no purge.
  package func purgeTargets() throws(DecodingFailure) -> [(Reference, [Int])] {
    var targets: [(Reference, [Int])] = []
    for cell in cells where cell.field == .purged {
      let positions = try Purge.decode(cell.value?.bytes ?? [], ops: cell.overwrites.count)
      targets += zip(cell.overwrites, positions)
    }
    return targets
  }

  package var purgedContents: [ContentDigest] {
    cells.filter { $0.field == .purgedContent }.flatMap { cell in
      let bytes = cell.value?.bytes ?? []
      return stride(from: 0, to: bytes.count - bytes.count % 32, by: 32).compactMap {
        ContentDigest(bytes: Array(bytes[$0..<$0 + 32]))
      }
    }
  }

  package var purgedSeries: [SeriesCommitment] {
    cells.filter { $0.field == .purgedSeries }.compactMap {
      $0.value?.bytes.flatMap(SeriesCommitment.init)
    }
  }

  var isWellFormedPurge: Bool {
    guard (try? purgeTargets()) != nil else { return false }
    return !cells.isEmpty
      && cells.allSatisfy { cell in
        switch cell.field {
        case .purged: cell.value?.bytes != nil && !cell.overwrites.isEmpty
        case .purgedContent:
          cell.value?.bytes.map { $0.count % 32 == 0 } == true && cell.overwrites.isEmpty
        case .purgedSeries:
          cell.value?.bytes.flatMap(SeriesCommitment.init) != nil && cell.overwrites.isEmpty
        case .reason, .subject: cell.value?.text != nil && cell.overwrites.isEmpty
        default: false
        }
      }
  }
}

extension SegmentBody {
  /// The same ops without the names and values of some cells: commitments stand in for them, so that hashes and
  /// signature hold. The seed goes as well, since values could be guessed from it.
  package func withholding(_ places: Set<CellPlace>) throws -> SegmentBody {
    let width = Salts.bytesPerCell
    var salts = try self.salts.bytes(cells: ops.reduce(0) { $0 + $1.cells.count })
    var cursor = 0
    let ops = self.ops.enumerated().map { position, op in
      var op = op
      for index in op.cells.indices {
        defer { cursor += width }
        let place = CellPlace(op: position, cell: index)
        guard places.contains(place), !op.cells[index].isWithheld else { continue }
        let commitment = OperationHash.commitment(
          op.cells[index], salt: salts[cursor..<cursor + width])
        op.cells[index] = Cell(overwrites: op.cells[index].overwrites, withheld: commitment)
        salts.replaceSubrange(cursor..<cursor + width, with: repeatElement(0, count: width))
      }
      return op
    }
    return SegmentBody(salts: .each(salts), ops: ops)
  }
}

extension Segment {
  /// The same segment, under the same name and signature, with another form of its body.
  package func replacing(_ body: SegmentBody) -> Segment {
    Segment(
      header: header, signature: signature,
      compressedBody: Zstd.compress(body.encoded(clockBase: header.clockBase)))
  }
}
