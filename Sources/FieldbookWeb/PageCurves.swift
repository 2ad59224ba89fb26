import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

extension PageLooking {
  /// Each column as a list: from, to, count, place and value of its last point, least, greatest and mean of what is finite, how many are no
  /// number, +infinite, -infinite.
  func curves(_ question: PageQuestion) throws -> JSON {
    let columns = Int(try question.integer("columns") ?? 800)
    guard (1...PageQuestion.columnsMax).contains(columns) else {
      throw PageFailure(.badRequest, "columns has to be from 1 to \(PageQuestion.columnsMax)")
    }
    guard let axis = MetricCurve.Axis(rawValue: try question.text("axis") ?? "step") else {
      throw PageQuestion.wrong("axis", "step or time")
    }
    let common = try PageLooking.window(question.integer("from"), question.integer("to"))
    let asked = try question.items("curves", most: PageQuestion.curvesMax).map { item in
      guard let key = item["key"]?.string else { throw PageQuestion.wrong("key", "a text") }
      let own = try PageLooking.window(
        PageQuestion.integer(item["from"], "from"), PageQuestion.integer(item["to"], "to"))
      return (run: try PageQuestion.run(item["run"]?.string), key: key, window: own ?? common)
    }
    let told = try asked.map { run, key, window -> JSON in
      let request = CurveRequest(key: key, axis: axis, window: window, columns: columns)
      let curve = try workspace.curve(run, request)
      return [
        "run": .string(run.hex), "key": .string(key), "axis": .string(axis.rawValue),
        "from": curve.map { .integer($0.window.lowerBound) } ?? .null,
        "to": curve.map { .integer($0.window.upperBound) } ?? .null,
        "absent": .count(curve?.absent ?? 0),
        "columns": .array((curve?.columns ?? []).map { PageLooking.list($0, axis) }),
      ]
    }
    return ["curves": .array(told)]
  }

  /// Nil for the whole curve.
  private static func window(_ from: Int64?, _ to: Int64?) throws -> ClosedRange<Int64>? {
    guard from != nil || to != nil else { return nil }
    let (low, high) = (from ?? .min, to ?? .max)
    guard low <= high else { throw PageFailure(.badRequest, "from is greater than to") }
    return low...high
  }

  private static func list(_ column: MetricCurve.Column, _ axis: MetricCurve.Axis) -> JSON {
    .array([
      .integer(column.range.lowerBound), .integer(column.range.upperBound), .count(column.count),
      .integer(column.last.place(on: axis)), .number(column.last.value), .number(column.minimum),
      .number(column.maximum), .number(column.mean), .count(column.nan),
      .count(column.positiveInfinite), .count(column.negativeInfinite),
    ])
  }
}
