import FieldbookModel

extension MetricChunk {
  /// The same set of points in its one order: series by the UTF-8 of their keys, points by step,
  /// timestamp and value bits. No key twice, no point twice, no series without points.
  package static func canonical(_ series: [MetricSeries]) -> [MetricSeries] {
    let byKey = series.filter { !$0.points.isEmpty }.sorted { precedes($0.key, $1.key) }
    var united: [MetricSeries] = []
    united.reserveCapacity(byKey.count)
    for series in byKey {
      // Texts with the same characters can differ in their bytes, and are then different keys.
      if let last = united.last, last.key.utf8.elementsEqual(series.key.utf8) {
        united[united.count - 1].points += series.points
      } else {
        united.append(series)
      }
    }
    for index in united.indices { makeCanonical(&united[index].points) }
    return united
  }

  /// Cuts series into parts that each keep to the limits of a chunk, by time rather than by key:
  /// what was logged together stays together, so that timestamps can still be shared.
  ///
  /// The parts are canonical; together they hold the same set of points.
  package static func parts(of series: [MetricSeries]) -> [[MetricSeries]] {
    let all = canonical(series)
    return stride(from: 0, to: all.count, by: MetricChunkLimits.keys).flatMap { start in
      slices(all[start..<min(start + MetricChunkLimits.keys, all.count)])
    }
  }

  private static func slices(_ series: ArraySlice<MetricSeries>) -> [[MetricSeries]] {
    let total = series.reduce(0) { $0 + $1.points.count }
    // Each series may round up by one point in each slice.
    let room = MetricChunkLimits.points - series.count
    let count = (total + room - 1) / room
    guard count > 1 else { return [Array(series)] }
    return (0..<count).map { slice in
      series.compactMap { series in
        let points = series.points
        let range = points.count * slice / count..<points.count * (slice + 1) / count
        return range.isEmpty ? nil : MetricSeries(key: series.key, points: Array(points[range]))
      }
    }
  }

  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func makeCanonical(_ points: inout [MetricPoint]) {
    guard !isCanonical(points) else { return }
    points.sort(by: precedes)
    var kept = 1
    points.withUnsafeMutableBufferPointer { points in
      for index in 1..<points.count where points[index] != points[kept - 1] {
        points[kept] = points[index]
        kept += 1
      }
    }
    points.removeSubrange(kept...)
  }

  private static func isCanonical(_ points: [MetricPoint]) -> Bool {
    points.withUnsafeBufferPointer { points in
      for index in 1..<max(points.count, 1) where !precedes(points[index - 1], points[index]) {
        return false
      }
      return true
    }
  }

  /// Not `MetricPoint.precedes`: that one ranks values, here any total order of the bits will do.
  @inline(__always)
  private static func precedes(_ left: MetricPoint, _ right: MetricPoint) -> Bool {
    if left.step != right.step { return left.step < right.step }
    if left.timestamp != right.timestamp { return left.timestamp < right.timestamp }
    return left.value.bitPattern < right.value.bitPattern
  }
}
