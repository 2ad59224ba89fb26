import FieldbookModel
import FieldbookWorkspace

/// Traces as MLflow 3 tells and reads them.
enum TraceEndpoints {
  static let all: [Endpoint] = [
    .post("traces", start),
    .post("traces/search", search),
    .get("traces/get", get),
    .get("traces/batchGet", batchGet),
    .post("traces/batchGetInfos", batchGetInfos),
    .get("traces/{trace_id}", getInfo),
    .patch("traces/{trace_id}/tags", setTag),
    .delete("traces/{trace_id}/tags", deleteTag),
    .post("traces/delete-traces", delete),
    .post("traces/calculate-filter-correlation", TraceCorrelation.answer),
  ]

  /// What every version of the API has; the tags also below its second version.
  static let shared: [Endpoint] = [
    .patch("traces/{request_id}/tags", setTag),
    .delete("traces/{request_id}/tags", deleteTag),
    .post("traces/delete-traces", delete),
    .post("traces/link-to-run", linkToRun),
    .post("traces/link-prompts", linkPrompts),
  ]

  @Sendable static func start(_ tracker: Tracker, _ call: Call) throws -> JSON {
    guard let trace = try call.fields.object("trace") else { throw Fields.missing("trace") }
    guard let info = try trace.object("trace_info") else {
      throw Fields.missing("trace.trace_info")
    }
    let experiment = try tracker.activeExperiment(
      try info.object("trace_location")?.object("mlflow_experiment")?.text("experiment_id") ?? "")
    let draft = try info.traceDraft(experiment.id, now: tracker.now)
    let id = try tracker.workspace.noteTrace(draft, durability: .script)
    return answer(try tracker.workspace.trace(id))
  }

  @Sendable static func getInfo(_ tracker: Tracker, _ call: Call) throws -> JSON {
    answer(try tracker.trace(try call.traceName))
  }

  @Sendable static func get(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let name = try call.fields.requiredText("trace_id")
    let trace = try named(name, tracker)
    guard try call.fields.flag("allow_partial") ?? false || trace.isWhole else {
      throw MLflowError.missing(
        "Trace with ID \(name) is not fully exported yet, please try again later.")
    }
    return .object(["trace": try whole(trace, tracker)])
  }

  /// A trace whose spans are wanted.
  static func named(_ name: String, _ tracker: Tracker) throws -> Trace {
    guard let trace = try tracker.knownTrace(name) else {
      throw MLflowError.missing("Trace with ID \(name) is not found.")
    }
    return trace
  }

  @Sendable static func batchGet(_ tracker: Tracker, _ call: Call) throws -> JSON {
    .object([
      "traces": .list(try named(tracker, call).filter(\.isWhole).map { try whole($0, tracker) })
    ])
  }

  @Sendable static func batchGetInfos(_ tracker: Tracker, _ call: Call) throws -> JSON {
    .object(["trace_infos": .list(try named(tracker, call).map(\.info))])
  }

  private static let batch = 500

  /// Those that there are, in the order asked for.
  private static func named(_ tracker: Tracker, _ call: Call) throws -> [Trace] {
    let names = try call.fields.texts("trace_ids")
    guard !names.isEmpty else { throw Fields.missing("trace_ids") }
    guard names.count <= batch else {
      throw MLflowError.invalid("More than \(batch) traces in one request.")
    }
    let experiments = try call.fields.texts("experiment_ids")
    return try names.compactMap { try tracker.knownTrace($0) }.filter {
      experiments.isEmpty || experiments.contains($0.experiment.decimal)
    }
  }

  private static func whole(_ trace: Trace, _ tracker: Tracker) throws -> JSON {
    .object([
      "trace_info": trace.info,
      "spans": .list(
        try tracker.workspace.spans(of: trace.id).map { $0.answer(trace: trace.name) }),
    ])
  }

  private static func answer(_ trace: Trace) -> JSON {
    .object(["trace": .object(["trace_info": trace.info])])
  }

  @Sendable static func search(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let locations = try call.fields.list("locations")
    guard !locations.isEmpty else { throw Fields.missing("locations") }
    let decimals = try locations.compactMap {
      try $0.object("mlflow_experiment")?.text("experiment_id")
    }
    let page = try page(tracker, call, decimals)
    return .object([
      "traces": .list(page.items.map(\.info)), "next_page_token": .text(page.nextPageToken),
    ])
  }

  static func page(_ tracker: Tracker, _ call: Call, _ decimals: [String]) throws -> Page<Trace> {
    let fields = call.fields
    let wanted = try fields.integer("max_results") ?? 100
    guard wanted <= 500 else { throw Fields.wrongType("max_results", .integer(wanted)) }
    let limit = try PageLimit.checked(wanted, atMost: 500)
    return try tracker.workspace.traces(
      TraceQuery(
        experiments: try tracker.searchedExperiments(decimals),
        filter: try fields.text("filter") ?? "", orderBy: try fields.texts("order_by"),
        limit: limit, pageToken: try fields.pageToken()))
  }

  // MARK: Changes

  /// Where spans lie is for the server to say.
  private static func checkMutable(_ key: String, _ what: String) throws(MLflowError) {
    let fixed = [TraceKey.spansLocation, TraceKey.archiveLocation, TraceKey.archivalFailure]
    guard fixed.contains(key), what == "set" || key != TraceKey.archivalFailure else { return }
    throw .invalid("Tag '\(key)' is immutable and cannot be \(what) on a trace.")
  }

  @Sendable static func setTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let key = try call.fields.requiredText("key")
    try checkMutable(key, "set")
    let (checked, value) = try EntryRules.runTag(key, try call.fields.text("value") ?? "")
    let trace = try tracker.trace(try call.traceName)
    try tracker.workspace.setTag(trace.id.key, checked, value, durability: .script)
    return .object([:])
  }

  @Sendable static func deleteTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let key = try call.fields.requiredText("key")
    try checkMutable(key, "deleted")
    let name = try call.traceName
    guard let trace = try tracker.knownTrace(name), trace.tags[key] != nil else {
      throw MLflowError.missing("No trace tag with key '\(key)' for trace with ID '\(name)'")
    }
    try tracker.workspace.setTag(
      trace.id.key, EntryKey(unchecked: key), nil, durability: .script)
    return .object([:])
  }

  @Sendable static func delete(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let decimal = try fields.requiredText("experiment_id")
    let until = try fields.integer("max_timestamp_millis")
    let limit = try fields.integer("max_traces")
    let names = try fields.texts("request_ids")
    if until != nil, !names.isEmpty {
      throw MLflowError.invalid(
        "Only one of `max_timestamp_millis` and `trace_ids` can be specified.")
    }
    if until == nil, names.isEmpty {
      throw MLflowError.invalid("Either `max_timestamp_millis` or `trace_ids` must be specified.")
    }
    if limit != nil, !names.isEmpty {
      throw MLflowError.invalid("`max_traces` can't be specified if `trace_ids` is specified.")
    }
    if let limit, limit <= 0 {
      throw MLflowError.invalid(
        "`max_traces` must be a positive integer, received \(limit).")
    }
    guard let experiment = try tracker.searchedExperiments([decimal]).first else {
      return .object(["traces_deleted": .integer(0)])
    }
    let count = try tracker.workspace.deleteTraces(
      of: experiment, named: names.isEmpty ? nil : names.map { TraceID(named: $0) },
      until: until.map(Timestamp.init), limit: limit.map { Int(clamping: $0) }, durability: .script)
    return .object(["traces_deleted": .integer(Int64(count))])
  }

  private static let links = 100

  @Sendable static func linkToRun(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let names = try call.fields.texts("trace_ids")
    guard !names.isEmpty else { throw Fields.missing("trace_ids") }
    guard names.count <= links else {
      throw MLflowError.invalid(
        "Cannot link more than \(links) traces to a run in a single request."
          + " Provided \(names.count) traces.")
    }
    let run = try tracker.run(try tracker.runID(call.fields))
    try tracker.workspace.linkTraces(
      names.map { TraceID(named: $0) }, to: "run/" + run.id.hex, durability: .script)
    return .object([:])
  }

  @Sendable static func linkPrompts(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let trace = try tracker.trace(try call.fields.requiredText("trace_id"))
    let prompts = try call.fields.list("prompt_versions")
    guard !prompts.isEmpty else { throw Fields.missing("prompt_versions") }
    guard prompts.count <= links else {
      throw MLflowError.invalid("More than \(links) prompts in one request.")
    }
    for prompt in prompts {
      let name = try prompt.requiredText("name")
      let version = try prompt.requiredText("version")
      try tracker.workspace.linkTraces(
        [trace.id], to: "prompt/\(name)/\(version)", durability: .script)
    }
    return .object([:])
  }
}

extension Call {
  /// What a path calls its trace; below the API's second version that is a request.
  var traceName: String {
    get throws(MLflowError) { try part(path["trace_id"] == nil ? "request_id" : "trace_id") }
  }
}

extension Tracker {
  var now: Timestamp { Timestamp(milliseconds: workspace.environment.now()) }

  /// An active trace.
  func trace(_ name: String) throws -> Trace {
    guard let trace = try knownTrace(name) else {
      throw MLflowError.missing("Trace with ID '\(name)' not found.")
    }
    return trace
  }

  /// The same; nil if there is none.
  func knownTrace(_ name: String) throws -> Trace? {
    do {
      let trace = try workspace.trace(TraceID(named: name))
      return trace.lifecycle == .active ? trace : nil
    } catch WorkspaceFailure.notFound {
      return nil
    }
  }
}
