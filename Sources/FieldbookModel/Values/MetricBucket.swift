/// A stretch of a metric's steps, for charts: what it holds is drawn as one column.
package struct MetricBucket: Equatable, Sendable {
  package var steps: ClosedRange<Int64>
  /// Of the points in it.
  package var summary: MetricSummary
  /// Of the finite values; NaN if there is none.
  package var mean: Double

  /// From the first step to the last, at most so many stretches of the same number of steps; the last can be shorter, and
  /// those without a point are left out.
  ///
  /// - Parameters:
  ///   - points: in order, as `MetricPoint.union` gives them.
  ///   - count: at least 1.
  package static func buckets(of points: [MetricPoint], count: Int) -> [MetricBucket] {
    guard let first = points.first?.step, let last = points.last?.step, count > 0 else { return [] }
    let steps = UInt64(bitPattern: last &- first)
    // One less than how many steps a stretch has: their number can be 2^64.
    let width = steps / UInt64(count)
    var buckets: [MetricBucket] = []
    var start = 0
    while start < points.count {
      let offset = UInt64(bitPattern: points[start].step &- first)
      let lower = width == .max ? 0 : offset / (width + 1) * (width + 1)
      let upper = width < steps - lower ? lower + width : steps
      let end = partition(points, from: start) { UInt64(bitPattern: $0.step &- first) > upper }
      let range = first &+ Int64(bitPattern: lower)...first &+ Int64(bitPattern: upper)
      buckets.append(MetricBucket(range, points[start..<end]))
      start = end
    }
    return buckets
  }

  private init(_ steps: ClosedRange<Int64>, _ points: ArraySlice<MetricPoint>) {
    self.steps = steps
    summary = MetricSummary(of: points)!
    // A running mean, since a sum of great values is infinite.
    var (mean, count) = (0.0, 0.0)
    for point in points where point.value.isFinite {
      count += 1
      mean += point.value / count - mean / count
    }
    self.mean = count > 0 ? mean : .nan
  }

  /// The first index from `start` on whose point is beyond the stretch.
  private static func partition(
    _ points: [MetricPoint], from start: Int, isBeyond: (MetricPoint) -> Bool
  ) -> Int {
    var (low, high) = (start, points.count)
    while low < high {
      let middle = low + (high - low) / 2
      if isBeyond(points[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
