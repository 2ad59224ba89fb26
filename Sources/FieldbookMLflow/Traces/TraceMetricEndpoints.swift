import FieldbookModel
import FieldbookWorkspace

/// Measures over traces, spans and assessments, as the charts of MLflow's page ask for them. Source: MLflow 3.17,
/// `query_trace_metrics`.
enum TraceMetricEndpoints {
  static let all: [Endpoint] = [.post("traces/metrics", query)]

  private static let groups: Int64 = 1000
  private static let mostGroups: Int64 = 100_000
  /// What SQLite takes in one statement, and more than a chart shows.
  private static let mostParts = 100

  @Sendable static func query(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let decimals = try fields.texts("experiment_ids")
    guard fields["experiment_ids"] != nil else { throw Fields.missing("experiment_ids") }
    let view = try fields.metricView()
    let name = try fields.requiredText("metric_name")
    guard !(try fields.list("aggregations").isEmpty) else { throw Fields.missing("aggregations") }
    let dimensions = try fields.texts("dimensions")
    let filters = try fields.texts("filters")
    let interval = try fields.integer("time_interval_seconds") ?? 0
    let earliest = try fields.integer("start_time_ms").map(Timestamp.init)
    let latest = try fields.integer("end_time_ms").map(Timestamp.init)
    let limit = try fields.integer("max_results") ?? groups
    guard (0...mostGroups).contains(limit) else { throw fields.tooMany(limit) }
    _ = try fields.pageToken()
    let summaries = try fields.list("aggregations").map { try $0.summary() }
    let counts = [
      ("aggregations", summaries.count), ("dimensions", dimensions.count),
      ("filters", filters.count),
    ]
    for (what, count) in counts where count > mostParts {
      throw MLflowError.invalid("More than \(mostParts) \(what) in one request.")
    }
    let rules = TraceMetricRules.of(view)
    let metric = try rules.metric(name, summaries, dimensions)
    guard interval == 0 || earliest != nil && latest != nil else {
      throw MLflowError.invalid(
        "start_time_ms and end_time_ms are required if time_interval_seconds is set")
    }
    guard (0...Int64.max / 4000).contains(interval) else {
      throw Fields.wrongType("time_interval_seconds", .integer(interval))
    }
    let points = try tracker.workspace.traceMetrics(
      TraceMetricQuery(
        view: view, metric: metric, summaries: summaries,
        dimensions: dimensions.compactMap(TraceMetricDimension.init), filters: filters,
        experiments: try tracker.knownExperiments(decimals),
        bucket: interval == 0 ? nil : interval * 1000, earliest: earliest, latest: latest,
        limit: Int(limit)))
    return .object([
      "data_points": .list(
        points.compactMap { $0.answer(name, dimensions, summaries.map(\.name)) })
    ])
  }
}

extension TraceMetricPoint {
  /// MLflow's `MetricDataPoint`; nil without any value.
  fileprivate func answer(_ metric: String, _ names: [String], _ summaries: [String]) -> JSON? {
    var shared: [String: JSON] = [:]
    if let time { shared["time_bucket"] = .string(String(time.rfc3339.prefix(19)) + "+00:00") }
    for (name, value) in zip(names, dimensions) { shared[name] = .string(value) }
    let numbers = zip(summaries, values).compactMap { name, value in value.map { (name, $0) } }
    guard !numbers.isEmpty else { return nil }
    func object(_ members: [String: JSON]) -> JSON {
      .object(members.sorted { $0.key < $1.key }.map { JSON.Member(name: $0.key, value: $0.value) })
    }
    return .object([
      "metric_name": .string(metric),
      "dimensions": shared.isEmpty ? nil : object(shared),
      "values": object(Dictionary(numbers.map { ($0.0, .number($0.1)) }) { first, _ in first }),
    ])
  }
}

extension Fields {
  /// By name or number.
  fileprivate func metricView() throws(MLflowError) -> TraceMetricQuery.View {
    guard let value = self["view_type"] else { throw missing("view_type") }
    switch value {
    case .string(let text):
      if let view = TraceMetricQuery.View(rawValue: text) { return view }
    case .integer(let number):
      let all = TraceMetricQuery.View.allCases
      if (1...all.count).contains(Int(clamping: number)) { return all[Int(number) - 1] }
    default: break
    }
    throw wrongType("view_type", value)
  }

  /// MLflow's `MetricAggregation`.
  fileprivate func summary() throws(MLflowError) -> TraceMetricQuery.Summary {
    let kind = self["aggregation_type"] ?? .integer(1)
    let percent = try self["percentile_value"].map { value throws(MLflowError) in
      guard let number = Fields.number(value) else { throw wrongType("percentile_value", value) }
      return number
    }
    let summary: TraceMetricQuery.Summary
    switch kind {
    case .string("COUNT"), .integer(1): summary = .count
    case .string("SUM"), .integer(2): summary = .sum
    case .string("AVG"), .integer(3): summary = .average
    case .string("MIN"), .integer(5): summary = .least
    case .string("MAX"), .integer(6): summary = .greatest
    case .string("PERCENTILE"), .integer(4):
      guard let percent else {
        throw .invalid("Percentile value is required for PERCENTILE aggregation")
      }
      guard (0...100).contains(percent) else {
        throw .invalid("Percentile value must be between 0 and 100, got \(percent)")
      }
      return .percentile(percent)
    default: throw wrongType("aggregation_type", kind)
    }
    guard percent == nil else {
      throw .invalid(
        "Percentile value is only allowed for PERCENTILE aggregation type, got \(summary.kind)")
    }
    return summary
  }
}
