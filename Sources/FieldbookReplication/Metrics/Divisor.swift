/// The search for a number by which all values of a series become whole numbers.
enum Divisor {
  /// Up to here every whole number is a Double.
  static let greatestExact: UInt64 = 1 << 53

  /// Fills the column with the values, given as bit patterns, times the divisor that is returned:
  /// each value is then exactly number / divisor. Nil, with the column spoiled, if none is found.
  static func find(
    for values: UnsafeBufferPointer<Int64>, into column: UnsafeMutableBufferPointer<Int64>
  ) -> UInt64? {
    var divisor: UInt64 = 1
    // Each round at least doubles the divisor.
    while let failing = fill(column, with: values, times: Double(divisor)) {
      guard let greater = extend(divisor, toDivide: failing) else { return nil }
      divisor = greater
    }
    return divisor
  }

  /// The first value that is no whole number over the divisor.
  private static func fill(
    _ column: UnsafeMutableBufferPointer<Int64>, with values: UnsafeBufferPointer<Int64>,
    times divisor: Double
  ) -> Double? {
    for index in values.indices {
      let value = Double(bitPattern: UInt64(bitPattern: values[index]))
      guard let number = number(of: value, times: divisor) else { return value }
      column[index] = number
    }
    return nil
  }

  /// The whole number that, over the divisor, is the value bit for bit: negative zero has none.
  @inline(__always)
  private static func number(of value: Double, times divisor: Double) -> Int64? {
    let product = (value * divisor).rounded(.toNearestOrEven)
    guard abs(product) <= Double(greatestExact) else { return nil }
    let number = Int64(product)
    return (Double(number) / divisor).bitPattern == value.bitPattern ? number : nil
  }

  /// The smallest multiple of the divisor that also divides the value and is not beyond reason.
  private static func extend(_ divisor: UInt64, toDivide value: Double) -> UInt64? {
    if let own = denominator(of: abs(value)) {
      let multiple = divisor / greatestCommonDivisor(divisor, own) * own
      // Equal to the divisor only if rounding was in the way, which no multiple would mend.
      if multiple <= shareMax, multiple > divisor { return multiple }
    }
    return decimals.first {
      $0 > divisor && $0.isMultiple(of: divisor) && number(of: value, times: Double($0)) != nil
    }
  }

  private static let shareMax: UInt64 = 1 << 16
  private static let decimals: [UInt64] = [
    100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
  ]

  /// The smallest q up to `shareMax` for which some p / q is the value, by continued fractions.
  private static func denominator(of value: Double) -> UInt64? {
    guard value <= Double(greatestExact) else { return nil }
    var rest = value
    var (p, q, pBefore, qBefore) = (rest.rounded(.down), 1.0, 1.0, 0.0)
    while p / q != value {
      let fraction = rest - rest.rounded(.down)
      guard fraction > 0 else { return nil }
      rest = 1 / fraction
      let term = rest.rounded(.down)
      (p, pBefore) = (term * p + pBefore, p)
      (q, qBefore) = (term * q + qBefore, q)
      guard q <= Double(shareMax) else { return nil }
    }
    return UInt64(q)
  }

  private static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }
}
