/// A metric as a chart draws it: of each column of the picture what all its points span, so that a spike of one point among millions is
/// seen at every zoom.
package struct MetricCurve: Sendable {
  package enum Axis: String, CaseIterable, Sendable {
    case step
    /// Milliseconds since 1970 in UTC.
    case time
  }

  /// A stretch of the axis with points in it.
  package struct Column: Sendable {
    /// Of the axis. All columns of a curve are equally wide; the last can be narrower.
    package var range: ClosedRange<Int64>
    /// At least 1. Where it is 1 the column is its point.
    package var count: Int
    /// The latest along the axis; of several there the greatest by `MetricPoint.precedes`.
    package var last: MetricPoint
    /// Of the finite values; NaN if there is none.
    package var minimum: Double
    package var maximum: Double
    package var mean: Double
    /// Points that are no number, and those that are infinite: a chart says so, instead of leaving them out.
    package var nan: Int
    package var positiveInfinite: Int
    package var negativeInfinite: Int
  }

  package var axis: Axis
  /// What the columns cover: what was asked for, else from the first point to the last.
  package var window: ClosedRange<Int64>
  /// In order, those without a point left out.
  package var columns: [Column]
  /// Points that the log names and that are not on this replica, in chunks that may reach into the window; 0 as a rule.
  package var absent = 0
}

extension MetricPoint {
  package func place(on axis: MetricCurve.Axis) -> Int64 { axis == .step ? step : timestamp }
}
