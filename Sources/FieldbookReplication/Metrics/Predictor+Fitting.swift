extension Predictor {
  /// Predictors worth comparing for these numbers, of which there is at least one.
  static func candidates(for numbers: UnsafeBufferPointer<Int64>) -> [Predictor] {
    [level(numbers), slope(numbers), curvature(numbers), ceiling(numbers)].compactMap { $0 }
  }

  /// The predictor that leaves nothing over, if the numbers go up or down by equal steps.
  static func exact(for numbers: UnsafeBufferPointer<Int64>) -> Predictor? {
    let stride = numbers.count > 1 ? numbers[1] &- numbers[0] : 0
    for index in 1..<numbers.count where numbers[index] &- numbers[index - 1] != stride {
      return nil
    }
    return Predictor(kind: .slope, first: numbers[0], base: stride)
  }

  private static func level(_ numbers: UnsafeBufferPointer<Int64>) -> Predictor {
    Predictor(kind: .level, base: centre(0..<numbers.count) { numbers[$0] })
  }

  private static func slope(_ numbers: UnsafeBufferPointer<Int64>) -> Predictor? {
    guard numbers.count > 1 else { return nil }
    return Predictor(
      kind: .slope, first: numbers[0],
      base: centre(1..<numbers.count) { numbers[$0] &- numbers[$0 - 1] })
  }

  private static func curvature(_ numbers: UnsafeBufferPointer<Int64>) -> Predictor? {
    guard numbers.count > 2 else { return nil }
    return Predictor(
      kind: .curvature, first: numbers[0], firstSlope: numbers[1] &- numbers[0], base: 0)
  }

  private static func ceiling(_ numbers: UnsafeBufferPointer<Int64>) -> Predictor {
    var (least, greatest, greatestFolded) = (Int64.max, Int64.min, UInt64.zero)
    for number in numbers {
      least = min(least, number)
      greatest = max(greatest, number)
      greatestFolded = max(greatestFolded, ZigZag.encode(number))
    }
    return (least < 0) == (greatest < 0)
      ? Predictor(kind: .ceiling, base: greatest)
      : Predictor(kind: .foldedCeiling, base: Int64(bitPattern: greatestFolded))
  }

  /// The median of a few numbers: unlike the mean it does not move for the pauses of a run.
  private static func centre(_ range: Range<Int>, _ number: (Int) -> Int64) -> Int64 {
    let sampled = min(range.count, 63)
    let sample = (0..<sampled).map { number(range.lowerBound + $0 * range.count / sampled) }
    return sample.sorted()[sampled / 2]
  }
}
