import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace

/// A small history of a hub and a laptop, the same each time: what the seeds of most targets are
/// taken from.
struct Samples: Sendable {
  let team: Team
  let run: RunID
  let model: ModelID
  let loggedModel: LoggedModelID
  let trace: TraceID
  let segments: [EncodedSegment]

  init() throws {
    team = try Team(["hub", "ana"])
    let ana = team.ana
    let experiment = try ana.ensureExperiment(named: "digits", durability: .script)
    run = try ana.createRun(
      RunDraft(experiment: experiment, name: "first", parameters: [EntryKey("lr"): "0.1"]),
      durability: .script)
    try ana.logBatch(
      run, parameters: [(EntryKey("depth"), "3")], metrics: Samples.series,
      tags: [(EntryKey("stage"), "try")],
      durability: .script)
    _ = try ana.putArtifact(run, path: "model/weights.bin", bytes: Array("weights".utf8))
    model = try ana.createModel(
      named: "churn", description: "who leaves", tags: [:], durability: .script)
    let version = try ana.createVersion(
      of: model, source: "runs:/x", run: run, description: nil, tags: [:], durability: .script)
    try ana.setAlias(model, "champion", version.id, durability: .script)
    loggedModel = try ana.createLoggedModel(
      experiment: experiment, name: "net", sourceRun: run, modelType: nil, parameters: [],
      tags: [], durability: .script)
    trace = try ana.noteTrace(
      TraceDraft(
        name: TraceID(EntityKey(high: 1, low: 2)).traceText, experiment: experiment, state: .ok,
        metadata: ["m.n": "v"], tags: [EntryKey("k"): "a"], assessments: [Samples.assessment]),
      durability: .script)
    try ana.recordSpans(
      SpanBatch(protobuf: Samples.spans[...]), experiment: experiment, durability: .script)
    let gone = try ana.newRun("gone", durability: .script)
    try ana.delete(gone.key, durability: .script)
    try TestMachine.exchange(ana, team.hub)
    segments = try team.hub.segments(notIn: [], maxBytes: 1 << 20, after: nil).segments
  }

  static let series = ["loss", "acc", "odd"].enumerated().map { index, key in
    MetricSeries(
      key: key,
      points: (0..<12).map { step in
        let value = index == 2 ? [.nan, -.infinity, -0.0][step % 3] : 1 / Double(step + 2)
        return MetricPoint(
          step: Int64(step), timestamp: 1_763_697_600_000 + Int64(step * 1000), value: value)
      })
  }

  static let assessment = Assessment(
    id: "a-1", name: "ok", kind: .feedback, value: "0.75",
    trouble: .init(code: "E", message: "m", stackTrace: nil), sourceType: "HUMAN", sourceID: "ana",
    createdTime: Timestamp(milliseconds: 1), lastUpdateTime: Timestamp(milliseconds: 2), span: "01",
    rationale: "why", metadata: ["k": "v"], overrides: nil)

  /// A request of an exporter: two spans, one below the other.
  static let spans: [UInt8] = {
    func span(_ id: UInt64, below parent: UInt64?) -> [UInt8] {
      var out = ProtobufWriter()
      out.bytes(1, EntityKey(high: 1, low: 2).bytes)
      out.bytes(2, TraceSpan.bytes(id))
      if let parent { out.bytes(4, TraceSpan.bytes(parent)) }
      out.text(5, "step \(id)")
      out.fixed64(7, 1_763_697_600_000_000_000)
      out.fixed64(8, 1_763_697_600_500_000_000)
      for (key, value) in [
        (TraceKey.spanType, SpanValue.text("LLM")), ("model", .text("small-1")),
        (TraceKey.spanInputs, .map([("q", .list([.integer(1), .real(0.5), .bool(true), .null]))])),
      ] {
        out.message(9) { attribute in
          attribute.text(1, key)
          attribute.message(2) { value.write(to: &$0) }
        }
      }
      out.message(11) { event in
        event.fixed64(1, 1_763_697_600_100_000_000)
        event.text(2, "chunk")
      }
      out.message(15) { $0.varint(3, 1) }
      return out.bytes
    }
    var out = ProtobufWriter()
    out.message(1) { group in
      group.message(1) { resource in
        resource.message(1) { attribute in
          attribute.text(1, "service.name")
          attribute.message(2) { $0.text(1, "shop") }
        }
      }
      group.message(2) { scope in
        scope.message(1) { $0.text(1, "mlflow") }
        scope.bytes(2, span(1, below: nil))
        scope.bytes(2, span(2, below: 1))
      }
    }
    return out.bytes
  }()

  /// For whoever only reads.
  static let shared = Result { try Samples() }

  static let device = DeviceKey(bytes: [UInt8](repeating: 7, count: 32))!
}
