import FieldbookModel

/// A metric's course as a row of small bars.
enum Curve {
  /// Empty for fewer than two points.
  static func phrase(_ points: [MetricPoint], width: Int) -> Phrase {
    guard points.count > 1 else { return "" }
    return Phrase(Sparkline.render(points.map(\.value), width: width), .cyan)
  }

  /// Points of a run's metrics, as far as reading them stays quick.
  static func series(_ run: Run, read: (String) throws -> [MetricPoint]) rethrows
    -> [String: [MetricPoint]]
  {
    var left = pointsMax
    var series: [String: [MetricPoint]] = [:]
    for (key, summary) in run.metrics.sorted(by: { $0.key < $1.key })
    where summary.count > 1 && summary.count <= left {
      left -= summary.count
      series[key] = try read(key)
    }
    return series
  }

  private static let pointsMax = 2_000_000
}
