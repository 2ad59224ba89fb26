/// Sorts points into the columns of a curve, in whatever order they come, without keeping them.
///
/// Whoever adds them sees to it that each point comes once.
package struct CurveBuilder {
  private struct Sum {
    var count = 0
    var last = MetricPoint(step: .min, timestamp: .min, value: .nan)
    var minimum = Double.infinity
    var maximum = -Double.infinity
    /// Of the finite values, and of their 2^-64ths for a sum that is beyond all numbers.
    var sum = 0.0
    var scaled = 0.0
    var nan = 0
    var positiveInfinite = 0
    var negativeInfinite = 0

    mutating func add(_ point: MetricPoint, _ axis: MetricCurve.Axis) {
      if count == 0 || isLater(point, axis) { last = point }
      count += 1
      let value = point.value
      if value.isFinite {
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
        sum += value
        scaled += value * CurveBuilder.scale
      } else if value.isNaN {
        nan += 1
      } else if value > 0 {
        positiveInfinite += 1
      } else {
        negativeInfinite += 1
      }
    }

    private func isLater(_ point: MetricPoint, _ axis: MetricCurve.Axis) -> Bool {
      let (one, two) = (point.place(on: axis), last.place(on: axis))
      return one == two ? MetricPoint.precedes(last, point) : one > two
    }
  }

  private static let scale = 0x1p-64
  /// More columns than any screen has.
  package static let columnsMax = 1 << 16

  private let axis: MetricCurve.Axis
  private let window: ClosedRange<Int64>
  /// One less than how many places a column has: their number can be 2^64.
  private let width: UInt64
  private var sums: [Sum]

  /// - Parameter columns: how many there are at most; from 1 to `columnsMax`, what is beyond is taken for these.
  package init(axis: MetricCurve.Axis, window: ClosedRange<Int64>, columns: Int) {
    self.axis = axis
    self.window = window
    let span = UInt64(bitPattern: window.upperBound &- window.lowerBound)
    width = span / UInt64(min(max(columns, 1), CurveBuilder.columnsMax))
    let count = width == .max ? 1 : span / (width + 1) + 1
    sums = [Sum](repeating: Sum(), count: Int(count))
  }

  package mutating func add(_ points: some Sequence<MetricPoint>) {
    for point in points where window.contains(point.place(on: axis)) {
      sums[column(point.place(on: axis))].add(point, axis)
    }
  }

  /// Points as columns: equally many steps, timestamps and bit patterns of values.
  package mutating func add(
    steps: UnsafeBufferPointer<Int64>, timestamps: UnsafeBufferPointer<Int64>,
    values: UnsafeBufferPointer<Int64>
  ) {
    let places = axis == .step ? steps : timestamps
    // As a rule a point lies in the column of the one before.
    var own = window.upperBound...window.upperBound
    var index = column(window.upperBound)
    for row in places.indices {
      let place = places[row]
      if !own.contains(place) {
        guard window.contains(place) else { continue }
        index = column(place)
        own = range(index)
      }
      let value = Double(bitPattern: UInt64(bitPattern: values[row]))
      sums[index].add(MetricPoint(step: steps[row], timestamp: timestamps[row], value: value), axis)
    }
  }

  private func column(_ place: Int64) -> Int {
    let offset = UInt64(bitPattern: place &- window.lowerBound)
    return width == .max ? 0 : Int(offset / (width + 1))
  }

  private func range(_ column: Int) -> ClosedRange<Int64> {
    guard width < .max else { return window }
    let span = UInt64(bitPattern: window.upperBound &- window.lowerBound)
    let lower = UInt64(column) * (width + 1)
    let upper = width < span - lower ? lower + width : span
    return window.lowerBound &+ Int64(bitPattern: lower)...window.lowerBound
      &+ Int64(bitPattern: upper)
  }

  package func curve(absent: Int = 0) -> MetricCurve {
    let columns = sums.indices.compactMap { index -> MetricCurve.Column? in
      let sum = sums[index]
      guard sum.count > 0 else { return nil }
      let finite = sum.count - sum.nan - sum.positiveInfinite - sum.negativeInfinite
      var mean = Double.nan
      if finite > 0 {
        let plain = sum.sum / Double(finite)
        mean = plain.isFinite ? plain : sum.scaled / Double(finite) / CurveBuilder.scale
        mean = min(max(mean, sum.minimum), sum.maximum)
      }
      return MetricCurve.Column(
        range: range(index), count: sum.count, last: sum.last,
        minimum: finite > 0 ? sum.minimum : .nan, maximum: finite > 0 ? sum.maximum : .nan,
        mean: mean, nan: sum.nan, positiveInfinite: sum.positiveInfinite,
        negativeInfinite: sum.negativeInfinite)
    }
    return MetricCurve(axis: axis, window: window, columns: columns, absent: absent)
  }
}
