/// One measurement of a metric.
///
/// Points are a grow-only set: two with the same step, timestamp and value bits are one point.
/// A NaN is equal to a NaN of the same bits here, since identity is by bits.
package struct MetricPoint: Hashable, Sendable {
  package var step: Int64
  /// Milliseconds since 1970 in UTC.
  package var timestamp: Int64
  package var value: Double

  package init(step: Int64, timestamp: Int64, value: Double) {
    self.step = step
    self.timestamp = timestamp
    self.value = value
  }

  package static func == (left: MetricPoint, right: MetricPoint) -> Bool {
    left.step == right.step && left.timestamp == right.timestamp
      && left.value.bitPattern == right.value.bitPattern
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(step)
    hasher.combine(timestamp)
    hasher.combine(value.bitPattern)
  }

  /// The order in which the last point is the latest: by step, then timestamp, then value.
  ///
  /// NaN ranks below every number (MLflow's latest metric ignores NaN on a tie), bits break ties.
  package static func precedes(_ left: MetricPoint, _ right: MetricPoint) -> Bool {
    if left.step != right.step { return left.step < right.step }
    if left.timestamp != right.timestamp { return left.timestamp < right.timestamp }
    if left.value.isNaN != right.value.isNaN { return left.value.isNaN }
    if left.value != right.value, !left.value.isNaN { return left.value < right.value }
    return left.value.bitPattern < right.value.bitPattern
  }

  /// All points, each once, in that order. Quick where the parts follow each other and each is in order.
  package static func union(_ parts: [[MetricPoint]]) -> [MetricPoint] {
    let parts = parts.filter { !$0.isEmpty }.sorted { precedes($0[0], $1[0]) }
    guard parts.count > 1 || parts.contains(where: { !isAscending($0) }) else {
      return parts.first ?? []
    }
    var all: [MetricPoint] = []
    all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { all.append(contentsOf: part) }
    if isAscending(all) { return all }
    all.sort(by: precedes)
    var kept = 0
    for index in all.indices where index == 0 || all[index] != all[kept - 1] {
      all[kept] = all[index]
      kept += 1
    }
    all.removeLast(all.count - kept)
    return all
  }

  private static func isAscending(_ points: [MetricPoint]) -> Bool {
    points.withUnsafeBufferPointer { points in
      points.indices.dropFirst().allSatisfy { precedes(points[$0 - 1], points[$0]) }
    }
  }
}

/// Points of one metric of one run.
package struct MetricSeries: Equatable, Sendable {
  package var key: String
  package var points: [MetricPoint]

  package init(key: String, points: [MetricPoint]) {
    self.key = key
    self.points = points
  }
}

/// What lists and comparisons need of a series, without its points.
package struct MetricSummary: Equatable, Sendable {
  /// Number of distinct points.
  package var count: Int
  /// The greatest point by `MetricPoint.precedes`.
  package var last: MetricPoint
  /// Smallest and greatest value, NaN left out; NaN when there is no number at all.
  package var minimum: Double
  package var maximum: Double

  package init(count: Int, last: MetricPoint, minimum: Double, maximum: Double) {
    self.count = count
    self.last = last
    self.minimum = minimum
    self.maximum = maximum
  }

  /// Nil when there are no points. Counts the points as given: the caller has removed duplicates.
  package init?(of points: some Collection<MetricPoint>) {
    guard var last = points.first else { return nil }
    var minimum = Double.nan
    var maximum = Double.nan
    for point in points {
      if MetricPoint.precedes(last, point) { last = point }
      guard !point.value.isNaN else { continue }
      if !(minimum <= point.value) { minimum = point.value }
      if !(maximum >= point.value) { maximum = point.value }
    }
    self.init(count: points.count, last: last, minimum: minimum, maximum: maximum)
  }
}
