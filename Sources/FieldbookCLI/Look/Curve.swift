import FieldbookModel
import FieldbookWorkspace

/// A metric's course as a row of small bars.
enum Curve {
  /// Empty for fewer than two points.
  static func phrase(_ curve: MetricCurve?) -> Phrase {
    guard let curve, curve.columns.count > 1 else { return "" }
    return Phrase(Sparkline.render(curve.columns), .cyan)
  }

  /// Of a run's metrics, as far as reading them stays quick.
  ///
  /// - Parameter width: how many bars at most.
  static func curves(of run: Run, in workspace: Workspace, width: Int) throws
    -> [String: MetricCurve]
  {
    var left = pointsMax
    var curves: [String: MetricCurve] = [:]
    for (key, summary) in run.metrics.sorted(by: { $0.key < $1.key })
    where summary.count > 1 && summary.count <= left {
      left -= summary.count
      curves[key] = try workspace.curve(run.id, CurveRequest(key: key, columns: width))
    }
    return curves
  }

  private static let pointsMax = 10_000_000
}
