/// A curve as a row of small bars, the smallest value lowest.
package enum Sparkline {
  /// A bar for each column, which shows the value in it that lies furthest from the middle, so that a spike is seen. What is no finite
  /// number is `·`.
  package static func render(_ columns: [MetricCurve.Column]) -> String {
    let finite = columns.filter { !$0.minimum.isNaN }
    let low = finite.map(\.minimum).min() ?? 0
    let high = finite.map(\.maximum).max() ?? 0
    let middle = low / 2 + high / 2
    return columns.map { column in
      guard !column.minimum.isNaN else { return "·" }
      guard high > low else { return bars[3] }
      let isHigh = abs(column.maximum - middle) >= abs(column.minimum - middle)
      let value = isHigh ? column.maximum : column.minimum
      let share = (value / 2 - low / 2) / (high / 2 - low / 2)
      return bars[min(7, max(0, Int(share * 8)))]
    }.joined()
  }

  private static let bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
}
