/// A series as a row of small bars, the smallest value lowest.
package enum Sparkline {
  /// At most `width` bars; where there are more values each bar shows the value of its stretch that lies furthest
  /// from the middle, so that a spike is seen. What is no number is `·`.
  package static func render(_ values: [Double], width: Int) -> String {
    guard width > 0, !values.isEmpty else { return "" }
    let finite = values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
    let middle = low / 2 + high / 2
    let count = min(width, values.count)
    return (0..<count).map { bar -> String in
      let stretch = values[values.count * bar / count..<values.count * (bar + 1) / count]
      guard let value = stretch.filter(\.isFinite).max(by: { abs($0 - middle) < abs($1 - middle) })
      else {
        return "·"
      }
      guard high > low else { return bars[3] }
      let share = (value / 2 - low / 2) / (high / 2 - low / 2)
      return bars[min(7, max(0, Int(share * 8)))]
    }.joined()
  }

  private static let bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
}
