import FieldbookModel

/// One entry of `order_by` of `logged-models/search`.
struct LoggedModelOrder: Sendable {
  private enum Value: Comparable {
    case number(Double)
    case text(String)
    /// Last in both directions.
    case missing
  }

  private var field: String
  private var isAscending: Bool
  private var datasetName: String?
  private var datasetDigest: String?

  init(_ fields: Fields) throws(MLflowError) {
    field = try fields.text("field_name") ?? ""
    isAscending = try fields.flag("ascending") ?? true
    datasetName = try fields.text("dataset_name").flatMap { $0.isEmpty ? nil : $0 }
    datasetDigest = try fields.text("dataset_digest").flatMap { $0.isEmpty ? nil : $0 }
    if field.contains(".") {
      guard field.hasPrefix("metrics.") else {
        throw .invalid("Invalid order by field name: \(field). Only metrics are supported.")
      }
    } else {
      if field == "creation_time" { field = "creation_timestamp" }
      if field.hasSuffix("_timestamp_ms") { field.removeLast(3) }
      guard
        LoggedModelFilter.textAttributes.contains(field)
          || LoggedModelFilter.numberAttributes.contains(field)
      else { throw .invalid("Invalid order by field name: \(field)") }
    }
  }

  /// By the entries in turn, then newest first, then by id.
  static func sort(_ models: [LoggedModel], by order: [LoggedModelOrder]) -> [LoggedModel] {
    let keyed = models.map { model in (model: model, values: order.map { $0.value(of: model) }) }
    return keyed.sorted { left, right in
      for (index, entry) in order.enumerated() {
        let (one, other) = (left.values[index], right.values[index])
        guard one != other else { continue }
        if one == .missing || other == .missing { return other == .missing }
        return entry.isAscending ? one < other : other < one
      }
      if left.model.createdTime != right.model.createdTime {
        return left.model.createdTime > right.model.createdTime
      }
      return left.model.id < right.model.id
    }.map(\.model)
  }

  private func value(of model: LoggedModel) -> Value {
    guard field.hasPrefix("metrics.") else {
      if let text = model.text(field) { return .text(text) }
      return model.number(field).map(Value.number) ?? .missing
    }
    let key = field.dropFirst("metrics.".count)
    let latest = model.metrics.filter { metric in
      metric.key == key && (datasetName == nil || metric.datasetName == datasetName)
        && (datasetDigest == nil || metric.datasetDigest == datasetDigest)
        && !metric.point.value.isNaN
    }.max { left, right in
      (left.point.timestamp, left.point.step) < (right.point.timestamp, right.point.step)
    }
    return latest.map { .number($0.point.value) } ?? .missing
  }
}
