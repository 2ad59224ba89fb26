import FieldbookModel

/// The histories of one metric in two runs, step by step. When a point was recorded does not count.
///
/// Several values of one step are compared in the order of their times, one that follows itself counted once. Where several
/// came in one millisecond, or one run has more of them, their order is the clock's doing: then each value must have one near it in
/// the other run.
package struct HistoryComparison: Equatable, Sendable {
  package enum Verdict: Equatable, Sendable { case equal, within, different }

  package struct Pair: Equatable, Sendable {
    package var step: Int64
    package var first: Double
    package var second: Double

    package init(step: Int64, first: Double, second: Double) {
      self.step = step
      self.first = first
      self.second = second
    }

    /// Infinite between a number and what is none.
    package var distance: Double { HistoryComparison.distance(first, second) }
  }

  package private(set) var verdict = Verdict.equal
  /// Steps that both have.
  package private(set) var steps = 0
  /// Steps that one alone has, and the first of them.
  package private(set) var onlyInFirst = 0
  package private(set) var onlyInSecond = 0
  package private(set) var firstLone: Int64?
  /// The values that lie furthest apart; nil if all are the same.
  package private(set) var greatest: Pair?
  /// Where the first values lie that are not within the tolerance.
  package private(set) var firstDifferent: Pair?

  /// - Parameters: points by step, then time; as `Workspace.metricHistory` gives them.
  package init(
    _ first: [MetricPoint], _ second: [MetricPoint], within bound: MetricTolerance.Bound
  ) {
    var (left, right) = (first[...], second[...])
    while let step = [left.first?.step, right.first?.step].compactMap({ $0 }).min() {
      let ours = HistoryComparison.takeStep(step, &left)
      let theirs = HistoryComparison.takeStep(step, &right)
      if ours.isEmpty || theirs.isEmpty {
        firstLone = firstLone ?? step
        if theirs.isEmpty { onlyInFirst += 1 } else { onlyInSecond += 1 }
        verdict = .different
      } else {
        steps += 1
        compare(step, ours, theirs, bound)
      }
    }
  }

  private static func takeStep(
    _ step: Int64, _ points: inout ArraySlice<MetricPoint>
  ) -> ArraySlice<MetricPoint> {
    let end = points.firstIndex { $0.step != step } ?? points.endIndex
    defer { points = points[end...] }
    return points[..<end]
  }

  private mutating func compare(
    _ step: Int64, _ ours: ArraySlice<MetricPoint>, _ theirs: ArraySlice<MetricPoint>,
    _ bound: MetricTolerance.Bound
  ) {
    if ours.count == 1, theirs.count == 1 {
      return note(Pair(step: step, first: ours.first!.value, second: theirs.first!.value), bound)
    }
    let left = HistoryComparison.values(ours)
    let right = HistoryComparison.values(theirs)
    if left.count == right.count, !HistoryComparison.hasTies(ours),
      !HistoryComparison.hasTies(theirs)
    {
      for (one, other) in zip(left, right) {
        note(Pair(step: step, first: one, second: other), bound)
      }
      return
    }
    let (sortedLeft, sortedRight) = (
      HistoryComparison.sorted(left), HistoryComparison.sorted(right)
    )
    for one in left {
      let near = HistoryComparison.nearest(to: one, among: sortedRight)
      note(Pair(step: step, first: one, second: near), bound)
    }
    for other in right {
      let near = HistoryComparison.nearest(to: other, among: sortedLeft)
      note(Pair(step: step, first: near, second: other), bound)
    }
  }

  private mutating func note(_ pair: Pair, _ bound: MetricTolerance.Bound) {
    guard !HistoryComparison.isSame(pair.first, pair.second) else { return }
    if greatest.map({ pair.distance > $0.distance }) ?? true { greatest = pair }
    if bound.admits(pair.first, pair.second) {
      if verdict == .equal { verdict = .within }
    } else {
      firstDifferent = firstDifferent ?? pair
      verdict = .different
    }
  }

  // MARK: Values of one step

  private static func hasTies(_ points: ArraySlice<MetricPoint>) -> Bool {
    zip(points, points.dropFirst()).contains { $0.timestamp == $1.timestamp }
  }

  private static func values(_ points: ArraySlice<MetricPoint>) -> [Double] {
    var out: [Double] = []
    for point in points where out.last.map({ !isSame($0, point.value) }) ?? true {
      out.append(point.value)
    }
    return out
  }

  /// NaN first.
  private static func sorted(_ values: [Double]) -> [Double] {
    values.sorted { $0.isNaN ? !$1.isNaN : $0 < $1 }
  }

  /// - Parameter values: at least one, sorted.
  private static func nearest(to value: Double, among values: [Double]) -> Double {
    var (low, high) = (0, values.count)
    // The first that is not below.
    while low < high {
      let middle = (low + high) / 2
      let isBelow = values[middle].isNaN ? !value.isNaN : values[middle] < value
      if isBelow { low = middle + 1 } else { high = middle }
    }
    let candidates = [low - 1, low].filter(values.indices.contains).map { values[$0] }
    return candidates.min { distance(value, $0) < distance(value, $1) } ?? values[0]
  }

  /// Zero and minus zero are the same, NaN is NaN.
  static func isSame(_ one: Double, _ other: Double) -> Bool {
    one == other || (one.isNaN && other.isNaN)
  }

  static func distance(_ one: Double, _ other: Double) -> Double {
    if isSame(one, other) { return 0 }
    let distance = abs(one - other)
    return distance.isNaN ? .infinity : distance
  }
}
