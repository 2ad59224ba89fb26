extension PackedColumn {
  /// Splits the residuals of the numbers and appends the parts.
  func pack(
    _ numbers: UnsafeBufferPointer<Int64>, planes: inout [UInt8], lows: inout [UInt8],
    escapes: inout ByteWriter
  ) {
    if hasPlane { packPlane(numbers, into: &planes, escapes: &escapes) }
    if width > 0 { packLows(numbers, into: &lows) }
  }

  private func packPlane(
    _ numbers: UnsafeBufferPointer<Int64>, into planes: inout [UInt8], escapes: inout ByteWriter
  ) {
    let start = planes.count
    planes.append(contentsOf: repeatElement(0, count: planeByteCount(numbers.count)))
    let shift = UInt64(width)
    planes.withUnsafeMutableBufferPointer { planes in
      var index = start
      predictor.forEachResidual(of: numbers, in: 0..<numbers.count) { residual in
        let high = residual &>> shift
        planes[index] = UInt8(truncatingIfNeeded: min(high, PackedColumn.escape))
        index += 1
        if high >= PackedColumn.escape { escapes.varint(high - PackedColumn.escape) }
      }
    }
  }

  private func packLows(_ numbers: UnsafeBufferPointer<Int64>, into lows: inout [UInt8]) {
    let start = lows.count
    let end = start + lowByteCount(numbers.count)
    // Whole words are stored, so the last one reaches beyond the end.
    lows.append(contentsOf: repeatElement(0, count: end - start + 8))
    let mask: UInt64 = (1 << UInt64(width)) - 1
    lows.withUnsafeMutableBytes { lows in
      var (word, filled, position): (UInt64, Int, Int) = (0, 0, start)
      predictor.forEachResidual(of: numbers, in: 0..<numbers.count) { residual in
        // At most 7 + 56 bits.
        word |= (residual & mask) &<< UInt64(filled)
        filled += width
        lows.storeBytes(of: word.littleEndian, toByteOffset: position, as: UInt64.self)
        position += filled >> 3
        word = word &>> UInt64(filled & ~7)
        filled &= 7
      }
    }
    lows.removeSubrange(end...)
  }

  /// Reads as many numbers as the column has room for, which is at least one.
  ///
  /// - Parameters:
  ///   - plane: exactly `planeByteCount` bytes.
  ///   - low: exactly `lowByteCount` bytes.
  func unpack(
    into column: UnsafeMutableBufferPointer<Int64>, plane: UnsafeRawBufferPointer,
    low: UnsafeRawBufferPointer, escapes: inout ByteReader
  ) throws(DecodingFailure) {
    let residuals = UnsafeMutableBufferPointer(
      rebasing: column[min(predictor.kind.order, column.count)...])
    unpackLows(low, into: residuals)
    if hasPlane { try unpackPlane(plane, into: residuals, escapes: &escapes) }
    predictor.restore(column)
  }

  private func unpackLows(
    _ low: UnsafeRawBufferPointer, into residuals: UnsafeMutableBufferPointer<Int64>
  ) {
    guard width > 0 else { return residuals.update(repeating: 0) }
    let mask: UInt64 = (1 << UInt64(width)) - 1
    var bit = 0
    for index in residuals.indices {
      let word = PackedColumn.word(low, at: bit >> 3) &>> UInt64(bit & 7)
      residuals[index] = Int64(bitPattern: word & mask)
      bit += width
    }
  }

  private func unpackPlane(
    _ plane: UnsafeRawBufferPointer, into residuals: UnsafeMutableBufferPointer<Int64>,
    escapes: inout ByteReader
  ) throws(DecodingFailure) {
    let shift = UInt64(width)
    for index in residuals.indices {
      var high = UInt64(plane[index])
      if high == PackedColumn.escape { high = high &+ (try escapes.varint()) }
      residuals[index] |= Int64(bitPattern: high &<< shift)
    }
  }

  /// Eight bytes, little-endian, with zeros for those beyond the end.
  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, at start: Int) -> UInt64 {
    if start + 8 <= bytes.count {
      return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    var word: UInt64 = 0
    for index in start..<bytes.count { word |= UInt64(bytes[index]) << UInt64(8 * (index - start)) }
    return word
  }
}
