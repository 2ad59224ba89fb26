/// Memory that one chunk after the other is unpacked into: new memory for each takes the system longer than the rest.
package struct ChunkRoom {
  fileprivate var spare: [[Int64]] = []

  package init() {}

  /// At least so many numbers, whatever they are.
  fileprivate mutating func take(_ count: Int) -> [Int64] {
    if let last = spare.popLast(), last.count >= count { return last }
    return [Int64](unsafeUninitializedCapacity: count) { $1 = count }
  }

  mutating func giveBack(_ columns: consuming PointColumns) {
    spare = [columns.steps, columns.timestamps, columns.values]
  }
}

/// Turns the packed form of a chunk back into columns.
struct ChunkUnpacking {
  private let head: ChunkHead
  private var escapes: ByteReader
  /// What is left to read of either section.
  private var planes: UnsafeRawBufferPointer
  private var lows: UnsafeRawBufferPointer

  /// Any bytes may come in. Throws unless they are a chunk whole and in canonical order.
  ///
  /// - Returns: columns that may be longer than the last range of the series.
  static func columns(
    _ packed: [UInt8], in room: inout ChunkRoom
  ) throws(DecodingFailure) -> PointColumns {
    var reader = ByteReader(packed)
    _ = try reader.bytes(count: 1)  // the format, which the caller knows
    let head = try ChunkHead(try reader.lengthPrefixed(limit: packed.count))
    let escapes = ByteReader(try reader.lengthPrefixed(limit: packed.count))
    let sizes = head.series.reduce(into: (planes: 0, lows: 0)) { sizes, series in
      for column in series.columns {
        sizes.planes += column.planeByteCount(series.range.count)
        sizes.lows += column.lowByteCount(series.range.count)
      }
    }
    guard sizes.planes + sizes.lows == reader.remaining else {
      throw .malformed("size of a metric chunk")
    }
    return try packed.withUnsafeBufferPointer { bytes throws(DecodingFailure) in
      let packed = UnsafeRawBufferPointer(bytes)
      let lowsStart = packed.count - sizes.lows
      var unpacking = ChunkUnpacking(
        head: head, escapes: escapes,
        planes: UnsafeRawBufferPointer(rebasing: packed[lowsStart - sizes.planes..<lowsStart]),
        lows: UnsafeRawBufferPointer(rebasing: packed[lowsStart...]))
      return try unpacking.columns(in: &room)
    }
  }

  /// The ranges of the series follow each other from the first point to the last, and each is written whole before it is
  /// read.
  private mutating func columns(in room: inout ChunkRoom) throws(DecodingFailure) -> PointColumns {
    var steps = room.take(head.pointCount)
    var timestamps = room.take(head.pointCount)
    var values = room.take(head.pointCount)
    for series in head.series {
      try read(series.steps, series.range, into: &steps)
      try read(series.timestamps, series.range, into: &timestamps)
      try read(series.mapping, series.values, series.range, into: &values)
    }
    guard escapes.isAtEnd else { throw .malformed("size of a metric chunk") }
    return try PointColumns(
      series: head.series.map { PointColumns.Series(key: $0.key, range: $0.range) }, steps: steps,
      timestamps: timestamps, values: values)
  }

  private mutating func read(
    _ source: ColumnSource, _ range: Range<Int>, into numbers: inout [Int64]
  ) throws(DecodingFailure) {
    try numbers.withUnsafeMutableBufferPointer { numbers throws(DecodingFailure) in
      let own = UnsafeMutableBufferPointer(rebasing: numbers[range])
      if let column = source.column {
        try read(column, into: own)
      } else {
        own.update(repeating: 0)
      }
      guard let reference = source.reference else { return }
      let earlier = UnsafeMutableBufferPointer(rebasing: numbers[head.series[reference].range])
      for index in own.indices { own[index] = own[index] &+ earlier[index] }
    }
  }

  private mutating func read(
    _ mapping: ValueMapping, _ column: PackedColumn, _ range: Range<Int>, into values: inout [Int64]
  ) throws(DecodingFailure) {
    try values.withUnsafeMutableBufferPointer { values throws(DecodingFailure) in
      let own = UnsafeMutableBufferPointer(rebasing: values[range])
      try read(column, into: own)
      mapping.restore(own)
    }
  }

  private mutating func read(
    _ column: PackedColumn, into numbers: UnsafeMutableBufferPointer<Int64>
  ) throws(DecodingFailure) {
    let planeByteCount = column.planeByteCount(numbers.count)
    let lowByteCount = column.lowByteCount(numbers.count)
    try column.unpack(
      into: numbers, plane: UnsafeRawBufferPointer(rebasing: planes[..<planeByteCount]),
      low: UnsafeRawBufferPointer(rebasing: lows[..<lowByteCount]), escapes: &escapes)
    planes = UnsafeRawBufferPointer(rebasing: planes[planeByteCount...])
    lows = UnsafeRawBufferPointer(rebasing: lows[lowByteCount...])
  }
}
