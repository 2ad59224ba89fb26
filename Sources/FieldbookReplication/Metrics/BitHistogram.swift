/// How many residuals have how many significant bits: enough to foresee what packing them costs.
struct BitHistogram {
  private var counts = [Int](repeating: 0, count: 65)
  private let total: Int

  /// Counts the residuals that a predictor leaves in some ranges of a column.
  init(_ predictor: Predictor, _ numbers: UnsafeBufferPointer<Int64>, in ranges: [Range<Int>]) {
    counts.withUnsafeMutableBufferPointer { counts in
      for range in ranges {
        predictor.forEachResidual(of: numbers, in: range) { residual in
          counts[64 - residual.leadingZeroBitCount] += 1
        }
      }
    }
    total = counts.reduce(0, +)
  }

  /// How residuals are split into low bits, which are packed as they are, and the rest, which goes
  /// into a plane of bytes for zstd to find what is frequent.
  struct Split: Equatable {
    /// Low bits of each residual: 0...56.
    var width: Int
    /// False if nothing is left above the low bits.
    var hasPlane: Bool
    /// Foreseen size in bits.
    var cost: Int
  }

  /// The split that is foreseen to cost least, the narrowest of them.
  ///
  /// Residuals of equal length are taken to be evenly spread, and zstd to code the bytes of a plane
  /// by their frequencies alone.
  func bestSplit() -> Split {
    let lengths = counts.indices.filter { counts[$0] > 0 }
    let longest = lengths.last ?? 0
    let widest = min(longest, PackedColumn.widthMax)
    // With any narrower one, half of the residuals or more would not fit into their planes.
    let narrowest = min(max(medianLength - 8, 0), widest)
    var best = Split(width: widest, hasPlane: longest > widest, cost: Int.max)
    for width in narrowest...widest {
      let cost = cost(width, lengths)
      if cost < best.cost { best = Split(width: width, hasPlane: longest > width, cost: cost) }
    }
    return best
  }

  private var medianLength: Int {
    var seen = 0
    return counts.firstIndex { count in
      seen += count
      return 2 * seen >= total
    } ?? 0
  }

  private func cost(_ width: Int, _ lengths: [Int]) -> Int {
    guard let longest = lengths.last, longest > width else { return total * width }
    var (none, escapes, escapeBits, entropy, symbols) = (0, 0, 0, 0, 0)
    for length in lengths {
      let count = counts[length]
      switch length - width {
      case ...0: none += count
      case let bits where bits <= 8:
        entropy += count * (bits - 1) + FixedPoint.entropy(count, of: total)
        symbols += min(1 << (bits - 1), count)
      case let bits:
        escapes += count
        escapeBits += count * 8 * ((bits + 6) / 7)
      }
    }
    entropy += FixedPoint.entropy(none, of: total) + FixedPoint.entropy(escapes, of: total)
    // A table of frequencies, unless the bytes are better stored as they are.
    let plane = min(entropy + 40 + 5 * symbols, 8 * total)
    return total * width + plane + escapeBits
  }
}

private enum FixedPoint {
  /// Bits that `count` equal ones among `total` cost in a code that is ideal, rounded down.
  static func entropy(_ count: Int, of total: Int) -> Int {
    guard count > 0 else { return 0 }
    return (count * (log2(total) - log2(count))) >> 8
  }

  /// In units of 1/256, to about a twelfth of a bit (Mitchell's approximation).
  private static func log2(_ number: Int) -> Int {
    let zeros = number.leadingZeroBitCount
    let fraction = (UInt(bitPattern: number) << UInt(zeros)) >> 55 & 255
    return (63 - zeros) << 8 | Int(fraction)
  }
}
