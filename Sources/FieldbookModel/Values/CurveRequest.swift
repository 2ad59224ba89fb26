/// What of a metric is drawn, and how finely.
package struct CurveRequest: Sendable {
  package var key: String
  package var axis: MetricCurve.Axis
  /// Nil: from the first point to the last.
  package var window: ClosedRange<Int64>?
  /// At most so many columns; see `CurveBuilder`.
  package var columns: Int

  package init(
    key: String, axis: MetricCurve.Axis = .step, window: ClosedRange<Int64>? = nil, columns: Int
  ) {
    self.key = key
    self.axis = axis
    self.window = window
    self.columns = columns
  }
}
