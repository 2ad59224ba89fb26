/// Foretells the numbers of a column; what remains of each are small unsigned residuals.
///
/// All arithmetic wraps, so that each kind is reversible for any numbers whatever.
struct Predictor: Equatable {
  enum Kind: UInt8, CaseIterable {
    /// Every number is about the base.
    case level
    /// Every difference of neighbours is about the base.
    case slope
    /// Every difference of differences is about the base.
    case curvature
    /// Numbers lie below the base, more densely near it, as those of an exponent do.
    case ceiling
    /// The same for numbers of both signs, by magnitude.
    case foldedCeiling

    /// How many numbers are given as they are, before the first residual.
    var order: Int {
      switch self {
      case .level, .ceiling, .foldedCeiling: 0
      case .slope: 1
      case .curvature: 2
      }
    }
  }

  var kind: Kind
  /// The number before the first residual, for `slope` and `curvature`.
  var first: Int64 = 0
  /// The difference before the first residual, for `curvature`.
  var firstSlope: Int64 = 0
  var base: Int64

  /// Hands over the residuals of the numbers in the range, in order.
  @inline(__always)
  func forEachResidual(
    of numbers: UnsafeBufferPointer<Int64>, in range: Range<Int>, _ body: (UInt64) -> Void
  ) {
    let range = max(range.lowerBound, kind.order)..<max(range.upperBound, kind.order)
    switch kind {
    case .level:
      for index in range { body(ZigZag.encode(numbers[index] &- base)) }
    case .slope:
      for index in range {
        body(ZigZag.encode(numbers[index] &- numbers[index - 1] &- base))
      }
    case .curvature:
      for index in range {
        let slope = numbers[index] &- numbers[index - 1]
        let slopeBefore = numbers[index - 1] &- numbers[index - 2]
        body(ZigZag.encode(slope &- slopeBefore &- base))
      }
    case .ceiling:
      for index in range { body(UInt64(bitPattern: base &- numbers[index])) }
    case .foldedCeiling:
      for index in range { body(UInt64(bitPattern: base) &- ZigZag.encode(numbers[index])) }
    }
  }

  /// Replaces residuals by the numbers that they came from. The residuals stand at the indices of
  /// their numbers; what stands before the first of them is overwritten.
  func restore(_ column: UnsafeMutableBufferPointer<Int64>) {
    func residual(_ index: Int) -> UInt64 { UInt64(bitPattern: column[index]) }
    switch kind {
    case .level:
      for index in column.indices { column[index] = base &+ ZigZag.decode(residual(index)) }
    case .slope:
      guard !column.isEmpty else { return }
      var number = first
      column[0] = number
      for index in 1..<column.count {
        number = number &+ base &+ ZigZag.decode(residual(index))
        column[index] = number
      }
    case .curvature:
      guard !column.isEmpty else { return }
      var (number, slope) = (first, firstSlope)
      column[0] = number
      guard column.count > 1 else { return }
      number = number &+ slope
      column[1] = number
      for index in 2..<column.count {
        slope = slope &+ base &+ ZigZag.decode(residual(index))
        number = number &+ slope
        column[index] = number
      }
    case .ceiling:
      for index in column.indices { column[index] = base &- column[index] }
    case .foldedCeiling:
      for index in column.indices {
        column[index] = ZigZag.decode(UInt64(bitPattern: base) &- residual(index))
      }
    }
  }
}
