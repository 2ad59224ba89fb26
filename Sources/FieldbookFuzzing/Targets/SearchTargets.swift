import FieldbookCLI
import FieldbookMLflow
import FieldbookModel
import FieldbookWorkspace

extension FuzzTarget {
  /// Filters, orders and page tokens, as people, scripts and clients write them.
  static let search: [FuzzTarget] = [
    // A number that says what is searched and in which dialect, a filter, an order, a page token.
    FuzzTarget("search", maxBytes: 1024, rounds: 200, seeds: searches.map { Array($0.utf8) }) {
      bytes in
      let parts = bytes.texts(4)
      let orders = parts[2].isEmpty ? [] : parts[2].split(separator: ";").map(String.init)
      let token = parts[3].isEmpty ? nil : parts[3]
      do {
        try ask(parts[0], parts[1], orders, token)
      } catch let failure as WorkspaceFailure where failure.isInvalidFilter {
      } catch {
        throw BrokenPromise("search: neither answered nor refused: \(error)")
      }
    },
    FuzzTarget("logged-model-filter", maxBytes: 512, seeds: modelFilters.map { Array($0.utf8) }) {
      bytes in
      let filter = try LoggedModelFilter(bytes.text)
      _ = filter.matches(model)
    },
    FuzzTarget("conflict-filter", maxBytes: 512, seeds: conflictFilters.map { Array($0.utf8) }) {
      bytes in
      let filter = try ConflictFilter(bytes.text)
      _ = filter.admits(conflict)
    },
  ]

  private static func ask(
    _ what: String, _ filter: String, _ orders: [String], _ token: String?
  ) throws {
    let hub = try Samples.shared.get().team.hub
    switch what.utf8.first {
    case UInt8(ascii: "e"):
      _ = try hub.experiments(
        ExperimentQuery(filter: filter, orderBy: orders, limit: 3, pageToken: token))
    case UInt8(ascii: "m"):
      _ = try hub.models(ModelQuery(filter: filter, orderBy: orders, limit: 3, pageToken: token))
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      _ = try hub.traces(
        TraceQuery(
          filter: filter, orderBy: orders, view: .all, limit: 1, pageToken: token,
          isExtended: what.utf8.first == UInt8(ascii: "T")))
    case UInt8(ascii: "s"), UInt8(ascii: "a"):
      let ofSpans = what.utf8.first == UInt8(ascii: "s")
      _ = try hub.traceMetrics(
        TraceMetricQuery(
          view: ofSpans ? .spans : .assessments,
          metric: ofSpans ? .totalCost : .assessmentValue, summaries: [.sum, .percentile(90)],
          dimensions: ofSpans ? [.spanModel] : [.assessmentName], filters: [filter],
          experiments: [Experiment.defaultID], bucket: 60_000, earliest: nil, latest: nil,
          limit: 3))
    case UInt8(ascii: "v"):
      _ = try hub.versions(
        VersionQuery(filter: filter, orderBy: orders, limit: 3, pageToken: token))
    case let dialect:
      _ = try hub.runs(
        RunQuery(
          filter: filter, orderBy: orders, view: .all, limit: 1, pageToken: token,
          isExtended: dialect == UInt8(ascii: "x")))
    }
  }

  private static let searches = [
    "r\u{1e}metrics.loss < 0.5 and params.lr = '0.1'\u{1e}metrics.acc DESC;start_time\u{1e}MToz",
    "r\u{1e}tags.`a b` LIKE 'x%' AND attributes.status != 'FAILED'\u{1e}params.\"lr\" ASC",
    "x\u{1e}(metrics.loss >= 1e3 or run_id IN ('a','b')) and tags.k IS NOT NULL\u{1e}run_name",
    "x\u{1e}dataset.name ILIKE '_%' or not metrics.m = nan\u{1e}Created desc",
    "e\u{1e}name LIKE 'd%' and tags.a = 'b' and creation_time > 1\u{1e}last_update_time",
    "t\u{1e}trace.status = 'OK' and span.type IN ('LLM') and span.content LIKE '%a%'\u{1e}timestamp_ms DESC",
    "t\u{1e}tags.k RLIKE '^a' and metadata.`m.n` IS NOT NULL and feedback.ok > 0.5\u{1e}status;name",
    "t\u{1e}span.attributes.model != 'x' and run_id = 'y' and prompt = 'p/1' and issue.id = 'i'\u{1e}run_id",
    "T\u{1e}(total_tokens > 10 or expectation.e = 'z') and text ILIKE '_%'\u{1e}total_cost DESC",
    "s\u{1e}trace.tag.`a b` = 'x'\u{1e}", "s\u{1e}span.type = \"LLM\"\u{1e}",
    "a\u{1e}assessment.name = 'ok'\u{1e}", "a\u{1e}trace.metadata.k = 'v'\u{1e}",
    "m\u{1e}name = 'churn' and tags.k = 'v'\u{1e}name DESC",
    "v\u{1e}name = 'churn' and run_id = 'x' and version_number < 3\u{1e}version_number",
  ]

  private static let modelFilters = [
    "name = 'net' AND metrics.acc > 0.9", "tags.k ILIKE 'X_%' and params.lr NOT IN ('1', '2')",
    "creation_timestamp_ms >= 12 AND `attributes`.status != \"READY\"",
  ]

  private static let conflictFilters = [
    "kind = value AND field LIKE 'tags.%'", "device != \"ana\" and type=run", "blocking = true",
  ]

  private static let model = LoggedModel(
    id: LoggedModelID(EntityKey(high: 1, low: 2)), name: "net", experiment: Experiment.defaultID,
    sourceRun: nil, modelType: nil, status: .ready, lifecycle: .active,
    createdTime: Timestamp(milliseconds: 1), lastUpdateTime: Timestamp(milliseconds: 2),
    parameters: ["lr": "0.1"], tags: ["k": "xaxaxaxaxaxab"], metrics: [])

  private static let conflict = Conflict(
    id: "4be1", kind: .value, isBlocking: true,
    entity: EntityReference(kind: .run, key: EntityKey(high: 1, low: 2), name: "first"),
    field: FieldName("tags.stage"), base: nil, shown: "a", sides: [])
}
