import FieldbookModel

/// One measure of many traces, of their spans or of what is held of them: summed up by what they share, and by time.
package struct TraceMetricQuery: Sendable {
  /// What is counted. Raw values are MLflow's.
  package enum View: String, Sendable, CaseIterable {
    case traces = "TRACES"
    case spans = "SPANS"
    case assessments = "ASSESSMENTS"
  }

  package enum Summary: Hashable, Sendable {
    case count, sum, average, least, greatest
    /// Between 0 and 100; between two values it is interpolated.
    case percentile(Double)
  }

  package var view: View
  package var metric: TraceMetric
  package var summaries: [Summary]
  package var dimensions: [TraceMetricDimension]
  /// Each one comparison: `trace.tag.k = 'v'`, `span.type = 'LLM'`. All must hold.
  package var filters: [String]
  package var experiments: [ExperimentID]
  /// Milliseconds, greater than 0; nil for one sum over all times.
  package var bucket: Int64?
  /// Inclusive, of the trace; of a span's cost its own beginning.
  package var earliest: Timestamp?
  package var latest: Timestamp?
  /// Groups; the first ones by time, then by their dimensions.
  package var limit: Int

  package init(
    view: View, metric: TraceMetric, summaries: [Summary], dimensions: [TraceMetricDimension],
    filters: [String], experiments: [ExperimentID], bucket: Int64?, earliest: Timestamp?,
    latest: Timestamp?, limit: Int
  ) {
    self.view = view
    self.metric = metric
    self.summaries = summaries
    self.dimensions = dimensions
    self.filters = filters
    self.experiments = experiments
    self.bucket = bucket
    self.earliest = earliest
    self.latest = latest
    self.limit = limit
  }
}

/// What is measured. Raw values are MLflow's names; `latency` is milliseconds, costs are US dollars.
package enum TraceMetric: String, Sendable {
  case traceCount = "trace_count"
  case sessionCount = "session_count"
  case latency
  case inputTokens = "input_tokens"
  case outputTokens = "output_tokens"
  case totalTokens = "total_tokens"
  case cacheReadTokens = "cache_read_input_tokens"
  case cacheCreationTokens = "cache_creation_input_tokens"
  case spanCount = "span_count"
  case inputCost = "input_cost"
  case outputCost = "output_cost"
  case totalCost = "total_cost"
  case assessmentCount = "assessment_count"
  case assessmentValue = "assessment_value"
}

/// What groups share. Raw values are MLflow's names.
package enum TraceMetricDimension: String, Sendable {
  case traceName = "trace_name"
  case traceStatus = "trace_status"
  case spanName = "span_name"
  case spanType = "span_type"
  case spanStatus = "span_status"
  case spanModel = "span_model_name"
  case spanProvider = "span_model_provider"
  case assessmentName = "assessment_name"
  case assessmentValue = "assessment_value"
}

/// One group of a `TraceMetricQuery`.
package struct TraceMetricPoint: Equatable, Sendable {
  /// Where its bucket begins; nil without buckets.
  package var time: Timestamp?
  /// In the order asked for.
  package var dimensions: [String]
  /// In the order asked for; nil where SQL knows no number.
  package var values: [Double?]
}
