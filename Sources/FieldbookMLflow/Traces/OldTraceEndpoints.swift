import FieldbookModel
import FieldbookWorkspace

/// Traces as clients of before MLflow 3 tell and read them; their spans they put among the trace's files.
enum OldTraceEndpoints {
  static let all: [Endpoint] = [
    .post("traces", start),
    .patch("traces/{request_id}", end),
    .get("traces/{request_id}/info", getInfo),
    .get("traces", search),
  ]

  @Sendable static func start(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let experiment = try tracker.activeExperiment(try call.fields.requiredText("experiment_id"))
    let id = TraceID(EntityKey.random())
    var draft = TraceDraft(name: id.traceText, experiment: experiment.id)
    draft.requestTime = Timestamp(milliseconds: try call.fields.requiredInteger("timestamp_ms"))
    draft.state = .inProgress
    draft.metadata = try metadata(call)
    draft.tags = try tags(call)
    _ = try tracker.workspace.noteTrace(draft, durability: .script)
    return .object(["trace_info": try tracker.workspace.trace(id).oldInfo])
  }

  @Sendable static func end(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let trace = try tracker.trace(try call.traceName)
    let time = try call.fields.requiredInteger("timestamp_ms")
    var draft = TraceDraft(name: trace.name, experiment: trace.experiment)
    draft.duration = Timestamp(milliseconds: time).since(trace.requestTime)
    draft.state = try call.fields.traceState("status")
    draft.metadata = try metadata(call)
    draft.tags = try tags(call)
    let id = try tracker.workspace.noteTrace(draft, durability: .script)
    return .object(["trace_info": try tracker.workspace.trace(id).oldInfo])
  }

  @Sendable static func getInfo(_ tracker: Tracker, _ call: Call) throws -> JSON {
    .object(["trace_info": try tracker.trace(try call.traceName).oldInfo])
  }

  @Sendable static func search(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let decimals = try call.fields.texts("experiment_ids")
    guard !decimals.isEmpty else { throw Fields.missing("experiment_ids") }
    let page = try TraceEndpoints.page(tracker, call, decimals)
    return .object([
      "traces": .list(page.items.map(\.oldInfo)), "next_page_token": .text(page.nextPageToken),
    ])
  }

  private static func metadata(_ call: Call) throws -> [String: String] {
    Dictionary(try call.fields.pairs("request_metadata").map { ($0.key, $0.value) }) { $1 }
  }

  private static func tags(_ call: Call) throws -> [EntryKey: String] {
    TraceTags.read(Dictionary(try call.fields.pairs("tags").map { ($0.key, $0.value) }) { $1 })
  }
}
