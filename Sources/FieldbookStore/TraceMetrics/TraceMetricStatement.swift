import FieldbookModel
import GRDB

/// A `TraceMetricQuery` as SQL. `t` is the table `trace`, `s` is `span`, `a` is `assessment`.
struct TraceMetricStatement {
  private let query: TraceMetricQuery
  private var compiler: SearchCompiler
  private(set) var sql = ""

  init(_ query: TraceMetricQuery, _ ground: SearchGround) throws {
    self.query = query
    compiler = SearchCompiler(.traces, ground)
    // Values are bound in the order in which the SQL asks for them.
    var columns = query.dimensions.map(TraceMetricStatement.column)
    if let bucket = query.bucket { columns.insert(buckets(of: bucket), at: 0) }
    let summaries = query.summaries.map { summary($0) }
    let conditions = try conditions()
    let groups = columns.indices.map { String($0 + 1) }.joined(separator: ", ")
    compiler.bind(query.limit)
    sql = """
      SELECT \((columns + summaries).joined(separator: ", ")) FROM \(from)
      WHERE \(conditions.joined(separator: " AND "))
      \(groups.isEmpty ? "" : "GROUP BY \(groups) ORDER BY \(groups)") LIMIT ?
      """
  }

  var arguments: StatementArguments { StatementArguments(compiler.arguments) }

  private var from: String {
    switch query.view {
    case .traces: "trace t"
    case .spans: "trace t JOIN span s ON s.trace = t.id"
    case .assessments: "trace t JOIN assessment a ON a.trace = t.id AND a.valid = 1"
    }
  }

  private var value: String {
    switch (query.metric, query.view) {
    case (.latency, .spans): "(s.finish - s.start) / 1000000"
    case (.latency, _): "t.duration"
    case (.traceCount, _): "t.id"
    case (.sessionCount, _): "t.session"
    case (.inputTokens, _): "t.input_tokens"
    case (.outputTokens, _): "t.output_tokens"
    case (.totalTokens, _): "t.total_tokens"
    case (.cacheReadTokens, _), (.cacheCreationTokens, _):
      "json_extract(t.tokens, '$.\(query.metric.rawValue)')"
    case (.spanCount, _): "s.span"
    case (.inputCost, _), (.outputCost, _), (.totalCost, _):
      "json_extract(s.cost, '$.\(query.metric.rawValue)')"
    case (.assessmentCount, _): "a.id"
    case (.assessmentValue, _): TraceMetricStatement.assessed
    }
  }

  /// Yes and no, true and false are 1 and 0. Source: MLflow 3.17, `assessment_aggregate`.
  private static let assessed = """
    (CASE WHEN a.number IS NOT NULL THEN a.number WHEN a.value = 'true' THEN 1 WHEN a.value = 'false' THEN 0
      WHEN a.value NOT LIKE '"%"' THEN NULL
      ELSE CASE lower(trim(a.value, '" ')) WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END END)
    """

  private mutating func summary(_ summary: TraceMetricQuery.Summary) -> String {
    switch summary {
    case .count where query.metric == .sessionCount: return "count(DISTINCT \(value))"
    case .count: return "count(\(value))"
    // Whole numbers that are too large together would be an error.
    case .sum: return "sum(CAST(\(value) AS REAL))"
    case .average: return "avg(\(value))"
    case .least: return "min(\(value))"
    case .greatest: return "max(\(value))"
    case .percentile(let percent):
      compiler.bind(percent)
      return "percentile_of(\(value), ?)"
    }
  }

  /// The beginning of the bucket, in milliseconds.
  private mutating func buckets(of length: Int64) -> String {
    let time = query.view == .spans ? "s.start / 1000000" : "t.time"
    for _ in 0..<3 { compiler.bind(length) }
    return "(\(time) - ((\(time)) % ? + ?) % ?)"
  }

  private static func column(_ dimension: TraceMetricDimension) -> String {
    switch dimension {
    case .traceName: "t.name"
    case .traceStatus: "t.state"
    case .spanName: "s.name"
    case .spanType: "s.type"
    case .spanStatus: "s.status"
    case .spanModel: SpanFunctions.attribute(TraceKey.spanModel)
    case .spanProvider: SpanFunctions.attribute(TraceKey.spanProvider)
    case .assessmentName: "a.name"
    case .assessmentValue: "a.value"
    }
  }

  private mutating func conditions() throws -> [String] {
    compiler.bind("[" + query.experiments.map { "\"\($0.hex)\"" }.joined(separator: ",") + "]")
    // What has no value, or nothing to be told apart by, is in no group.
    var conditions = [
      "t.lifecycle = 'active'",
      "t.experiment IN (SELECT id FROM experiment WHERE key IN (SELECT value FROM json_each(?)))",
      "\(value) IS NOT NULL",
    ]
    conditions += query.dimensions.map { TraceMetricStatement.column($0) + " IS NOT NULL" }
    conditions += bounds()
    for text in query.filters {
      conditions.append(try condition(TraceMetricFilter(text, of: query.view)))
    }
    return conditions
  }

  private mutating func bounds() -> [String] {
    let isOfSpan = [.inputCost, .outputCost, .totalCost].contains(query.metric)
    // The last millisecond counts whole.
    let time = isOfSpan ? "s.start / 1000000" : "t.time"
    var bounds: [String] = []
    if let earliest = query.earliest {
      compiler.bind(earliest.milliseconds)
      bounds.append("\(time) >= ?")
    }
    if let latest = query.latest {
      compiler.bind(latest.milliseconds)
      bounds.append("\(time) <= ?")
    }
    return bounds
  }

  private mutating func condition(_ filter: TraceMetricFilter) throws -> String {
    let test = SearchTest.text("=", filter.value)
    let column: String
    switch filter.subject {
    case .traceTag(TraceKey.traceName): column = "t.name"
    case .traceTag(let key): return try compiler.register("tags." + key, test)
    case .traceMetadata(let key): return try compiler.metadata(key, test)
    case .traceStatus: column = "t.state"
    case .spanName: column = "s.name"
    case .spanStatus: column = "s.status"
    case .spanType: column = "s.type"
    case .assessmentName: column = "a.name"
    case .assessmentType: column = "a.kind"
    }
    return compiler.matches(column, test, missing: false)
  }
}
