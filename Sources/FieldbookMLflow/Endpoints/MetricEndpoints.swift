import FieldbookModel
import FieldbookWorkspace

/// Metric histories, whole or thinned out for charts.
enum MetricEndpoints {
  static let all: [Endpoint] = [
    Endpoint(points: "metrics/get-history", history),
    Endpoint(points: "metrics/get-history-bulk", bulk),
    Endpoint(points: "metrics/get-history-bulk-interval", interval),
  ]

  private static let pointLimit = 25_000
  private static let pointsPerRunLimit = 2500
  private static let runLimit = 100

  @Sendable static func history(_ tracker: Tracker, _ call: Call) throws -> PointPage {
    let fields = call.fields
    let run = try tracker.runID(fields)
    let key = try fields.requiredText("metric_key")
    let limit = try fields.integer("max_results")
    if let limit, limit <= 0 {
      throw MLflowError.invalid(
        "Invalid value \(limit) for parameter 'max_results' supplied. It must be a positive"
          + " integer.")
    }
    let start = try PageOffset.parse(try fields.pageToken())
    let points = try sorted(tracker.workspace.metricHistory(run, key: key))
    let rest = points.dropFirst(start)
    let page = limit.map { rest.prefix(Int(clamping: $0)) } ?? rest
    let next = page.endIndex < points.endIndex ? PageOffset.token(page.endIndex) : nil
    return PointPage(parts: [PointPage.Part(key: key, points: page)], nextPageToken: next)
  }

  @Sendable static func bulk(_ tracker: Tracker, _ call: Call) throws -> PointPage {
    let runs = try call.fields.texts("run_id")
    guard !runs.isEmpty else {
      throw MLflowError.invalid("GetMetricHistoryBulk request must specify at least one run_id.")
    }
    guard runs.count <= runLimit else {
      throw MLflowError.invalid(
        "GetMetricHistoryBulk request cannot specify more than \(runLimit) run_ids. Received"
          + " \(runs.count) run_ids.")
    }
    guard let key = try call.fields.text("metric_key") else {
      throw MLflowError.invalid("GetMetricHistoryBulk request must specify a metric_key.")
    }
    let limit = min(Int(clamping: try call.fields.integer("max_results") ?? Int64.max), pointLimit)
    var parts: [PointPage.Part] = []
    var left = limit
    for text in runs.sorted() {
      guard left > 0 else { break }
      let run = try tracker.runID(text)
      let points = try sorted(tracker.workspace.metricHistory(run, key: key)).prefix(left)
      parts.append(PointPage.Part(key: key, run: run, points: points))
      left -= points.count
    }
    return PointPage(parts: parts, isListedWhenEmpty: true)
  }

  /// Of all steps that any of the runs has, about so many, evenly spread, with the last; of each run its points there.
  @Sendable static func interval(_ tracker: Tracker, _ call: Call) throws -> PointPage {
    let fields = call.fields
    let runs = try fields.texts("run_ids")
    guard !runs.isEmpty else { throw Fields.missing("run_ids") }
    guard runs.count <= runLimit else {
      throw MLflowError.invalid(
        "GetMetricHistoryBulkInterval request must specify at most \(runLimit) run_ids. Received"
          + " \(runs.count) run_ids." + Fields.advice)
    }
    let key = try fields.requiredText("metric_key")
    let limit = try fields.integer("max_results") ?? Int64(pointsPerRunLimit)
    guard (1...Int64(pointsPerRunLimit)).contains(limit) else {
      throw MLflowError.invalid(
        "max_results must be between 1 and \(pointsPerRunLimit)." + Fields.advice)
    }
    let range = try stepRange(fields)
    let histories = try runs.map { text in
      let run = try tracker.runID(text)
      return (run, try tracker.workspace.metricHistory(run, key: key))
    }
    let chosen = sampled(
      Set(histories.flatMap { $0.1.map(\.step) }).filter { range?.contains($0) ?? true }.sorted(),
      Int(limit))
    return PointPage(
      parts: histories.map { run, points in
        PointPage.Part(
          key: key, run: run,
          points: points.filter { chosen.contains($0.step) }.prefix(pointsPerRunLimit))
      })
  }

  private static func stepRange(_ fields: Fields) throws(MLflowError) -> ClosedRange<Int64>? {
    switch (try fields.integer("start_step"), try fields.integer("end_step")) {
    case (nil, nil): return nil
    case (let start?, let end?):
      guard start <= end else {
        throw .invalid(
          "end_step must be greater than start_step. Found start_step=\(start) and"
            + " end_step=\(end).")
      }
      return start...end
    default:
      throw .invalid("If either start step or end step are specified, both must be specified.")
    }
  }

  /// - Parameter steps: in order, each once.
  static func sampled(_ steps: [Int64], _ limit: Int) -> Set<Int64> {
    guard steps.count > limit, let last = steps.last else { return Set(steps) }
    return Set((0..<limit - 1).map { steps[$0 * steps.count / limit] } + [last])
  }

  /// MLflow's order: by timestamp, then step, then value.
  private static func sorted(_ points: [MetricPoint]) -> [MetricPoint] {
    func precedes(_ left: MetricPoint, _ right: MetricPoint) -> Bool {
      left.timestamp == right.timestamp
        ? MetricPoint.precedes(left, right) : left.timestamp < right.timestamp
    }
    // As a rule time goes on with the steps, by which they came.
    if zip(points, points.dropFirst()).allSatisfy({ !precedes($1, $0) }) { return points }
    return points.sorted(by: precedes)
  }
}

/// Page tokens of lists that are cut here: the number of entries before the page.
enum PageOffset {
  static func token(_ offset: Int) -> String { "offset:\(offset)" }

  static func parse(_ token: String?) throws(MLflowError) -> Int {
    guard let token else { return 0 }
    guard token.hasPrefix("offset:"), let offset = Int(token.dropFirst(7)), offset >= 0 else {
      throw .invalid("Invalid page token, could not base64-decode")
    }
    return offset
  }
}
