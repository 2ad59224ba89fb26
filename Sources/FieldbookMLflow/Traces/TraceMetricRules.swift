import FieldbookModel
import FieldbookWorkspace

/// What can be asked of which measure.
struct TraceMetricRules {
  private struct Rule {
    let metric: TraceMetric
    let summaries: Set<String>
    let dimensions: Set<String>
  }

  private let rules: [Rule]

  private static let counted: Set = ["COUNT"]
  private static let measured: Set = ["AVG", "MAX", "MIN", "PERCENTILE"]
  private static let summed = measured.union(["SUM"])
  private static let models: Set = ["span_model_name", "span_model_provider"]

  static func of(_ view: TraceMetricQuery.View) -> TraceMetricRules {
    switch view {
    case .traces:
      let tokens: [TraceMetric] = [
        .inputTokens, .outputTokens, .totalTokens, .cacheReadTokens, .cacheCreationTokens,
      ]
      return TraceMetricRules(
        rules: [
          Rule(
            metric: .traceCount, summaries: counted, dimensions: ["trace_name", "trace_status"]),
          Rule(metric: .sessionCount, summaries: counted, dimensions: []),
          Rule(metric: .latency, summaries: measured, dimensions: ["trace_name"]),
        ] + tokens.map { Rule(metric: $0, summaries: summed, dimensions: ["trace_name"]) })
    case .spans:
      let costs: [TraceMetric] = [.inputCost, .outputCost, .totalCost]
      return TraceMetricRules(
        rules: [
          Rule(
            metric: .spanCount, summaries: counted,
            dimensions: models.union(["span_name", "span_type", "span_status"])),
          Rule(metric: .latency, summaries: measured, dimensions: ["span_name", "span_status"]),
        ] + costs.map { Rule(metric: $0, summaries: summed, dimensions: models) })
    case .assessments:
      return TraceMetricRules(rules: [
        Rule(
          metric: .assessmentCount, summaries: counted,
          dimensions: ["assessment_name", "assessment_value"]),
        Rule(metric: .assessmentValue, summaries: measured, dimensions: ["assessment_name"]),
      ])
    }
  }

  /// The measure of that name, if all that is asked fits it.
  func metric(
    _ name: String, _ summaries: [TraceMetricQuery.Summary], _ dimensions: [String]
  ) throws(MLflowError) -> TraceMetric {
    guard let rule = rules.first(where: { $0.metric.rawValue == name }) else {
      throw .invalid(
        "metric_name must be one of \(TraceMetricRules.list(rules.map(\.metric.rawValue))),"
          + " got '\(name)'")
    }
    let kinds = Set(summaries.map(\.kind)).subtracting(rule.summaries)
    guard kinds.isEmpty else {
      throw .invalid(
        "Found invalid aggregation_type(s): \(TraceMetricRules.list(kinds.sorted())). Supported"
          + " aggregation types: \(TraceMetricRules.list(rule.summaries.sorted()))")
    }
    let others = Set(dimensions).subtracting(rule.dimensions)
    guard others.isEmpty else {
      throw .invalid(
        "Found invalid dimension(s): \(TraceMetricRules.list(others.sorted())). Supported dimensions:"
          + " \(TraceMetricRules.list(rule.dimensions.sorted()))")
    }
    return rule.metric
  }

  private static func list(_ texts: [String]) -> String {
    "[" + texts.map(PythonText.repr).joined(separator: ", ") + "]"
  }
}

extension TraceMetricQuery.Summary {
  /// MLflow's `AggregationType`.
  var kind: String {
    switch self {
    case .count: "COUNT"
    case .sum: "SUM"
    case .average: "AVG"
    case .least: "MIN"
    case .greatest: "MAX"
    case .percentile: "PERCENTILE"
    }
  }

  /// What its values are called: `P99.0`.
  var name: String {
    if case .percentile(let percent) = self { "P\(percent)" } else { kind }
  }
}
