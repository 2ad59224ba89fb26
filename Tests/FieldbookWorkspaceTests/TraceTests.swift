import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// Traces are ordinary data: they merge, conflict, go and come back.
@Suite("Traces")
struct TraceTests: TeamSuite {
  let team: Team
  let id = TraceID(EntityKey(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210))

  init() throws { team = try Team() }

  /// One span of the trace.
  private func span(
    _ number: UInt64, below parent: UInt64? = nil, name: String = "step", end: UInt64? = 5,
    error: Bool = false, _ attributes: [(String, SpanValue)] = []
  ) -> [UInt8] {
    var out = ProtobufWriter()
    out.bytes(1, id.key.bytes)
    out.bytes(2, TraceSpan.bytes(number))
    if let parent { out.bytes(4, TraceSpan.bytes(parent)) }
    out.text(5, name)
    out.fixed64(7, 1_000_000_000)
    if let end { out.fixed64(8, 1_000_000_000 + end * 1_000_000) }
    for (key, value) in attributes {
      out.message(9) { attribute in
        attribute.text(1, key)
        attribute.message(2) { value.write(to: &$0) }
      }
    }
    out.message(15) { $0.varint(3, error ? 2 : 1) }
    return out.bytes
  }

  private func batch(_ spans: [UInt8]...) throws -> SpanBatch {
    var out = ProtobufWriter()
    out.message(1) { group in
      group.message(2) { scope in for span in spans { scope.bytes(2, span) } }
    }
    return try SpanBatch(protobuf: out.bytes[...])
  }

  private func record(_ who: Workspace, _ spans: [UInt8]...) throws {
    for span in spans {
      try who.recordSpans(
        batch(span), experiment: Experiment.defaultID, durability: .script)
    }
  }

  private func judged(_ value: String, _ id: String = "a-1", over other: String? = nil)
    -> Assessment
  {
    Assessment(
      id: id, name: "correct", kind: .feedback, value: value, trouble: nil, sourceType: "HUMAN",
      sourceID: "ana", createdTime: Timestamp(milliseconds: 1),
      lastUpdateTime: Timestamp(milliseconds: 2), span: nil, rationale: nil, metadata: [:],
      overrides: other)
  }

  @Test("what its spans tell stands where nobody told of the whole")
  func derived() throws {
    try record(
      ana,
      span(2, below: 1, [(TraceKey.spanUsage, .text(#"{"total_tokens": 7}"#))]),
      span(
        1, name: "root", end: 9, error: true,
        [
          (TraceKey.spanInputs, .map([("q", .text("why"))])), ("session.id", .text("s")),
          (TraceKey.spanOutputs, .text("so")),
        ]))
    let trace = try ana.trace(id)
    #expect(trace.state == .error && trace.duration == 9 && trace.spanCount == 2)
    #expect(trace.requestTime == Timestamp(milliseconds: 1000))
    #expect(trace.requestPreview == #"{"q": "why"}"# && trace.responsePreview == #""so""#)
    #expect(trace.usage.totalTokens == 7 && trace.metadata[TraceKey.session] == "s")
    _ = try ana.noteTrace(
      TraceDraft(
        name: id.traceText, experiment: Experiment.defaultID,
        requestTime: Timestamp(milliseconds: 5), duration: 3, state: .ok, requestPreview: "told",
        metadata: [
          TraceKey.tokenUsage: #"{"total_tokens": 9}"#, TraceKey.isFinalized: "true",
        ]), durability: .script)
    let told = try ana.trace(id)
    #expect(told.state == .ok && told.duration == 3 && told.requestPreview == "told")
    #expect(told.usage.totalTokens == 9 && told.requestTime.milliseconds == 5)
    #expect(told.responsePreview == #""so""#)
  }

  @Test("spans of several machines are one tree; one that came again counts once, alike everywhere")
  func union() throws {
    try record(ana, span(1, name: "root", end: nil), span(2, below: 1, name: "a", end: 3))
    try record(bo, span(1, name: "root", end: 8), span(2, below: 1, name: "b", end: 3))
    try record(bo, span(2, below: 1, name: "b", end: 3), span(3, below: 2, name: "c"))
    try TestMachine.quiesce(members)
    for one in members {
      let spans = try one.spans(of: id)
      #expect(spans.map(\.name) == ["root", "b", "c"])
      #expect(spans[0].end == 1_008_000_000)
      #expect(try one.trace(id).duration == 8)
      #expect(try one.conflicts().isEmpty)
    }
    try expectEqual(members)
  }

  @Test(
    "two who change one assessment apart have a conflict; who stands in its place makes it invalid")
  func assessments() throws {
    try record(ana, span(1))
    try ana.setAssessment(id, judged("1"), durability: .person)
    try TestMachine.quiesce(members)
    try ana.setAssessment(id, judged("2"), durability: .person)
    try bo.setAssessment(id, judged("3"), durability: .person)
    try bo.setAssessment(id, judged("4", "a-2", over: "a-1"), durability: .person)
    try TestMachine.quiesce(members)
    let conflict = try #require(try hub.conflicts().first)
    #expect(conflict.field == .assessment("a-1") && conflict.sides.count == 2)
    #expect(conflict.entity.kind == .trace && conflict.entity.name == id.traceText)
    #expect(try hub.trace(id).assessments.map(\.isValid) == [false, true])
    #expect(try hub.trace(id).conflicts == [conflict.id])
    // A word could not say who held it, and why.
    #expect(throws: WorkspaceFailure.self) { try hub.resolve(conflict, .value("4")) }
    #expect(try hub.trace(id).conflicts == [conflict.id])
    try hub.deleteAssessment(id, "a-2", durability: .person)
    #expect(try hub.trace(id).assessments.map(\.isValid) == [true])
    try expectEqual(members.map { $0 }.filter { $0.deviceKey != hub.deviceKey })
  }

  @Test("found by what it says, tokens and spans included, in order")
  func search() throws {
    try record(
      ana, span(1, name: "root", [("model", .text("small-1")), (TraceKey.spanType, .text("LLM"))]),
      span(2, below: 1, name: "tool", error: true, [(TraceKey.spanType, .text("TOOL"))]))
    _ = try ana.noteTrace(
      TraceDraft(
        name: id.traceText, experiment: Experiment.defaultID, state: .ok,
        metadata: [TraceKey.tokenUsage: #"{"total_tokens": 9}"#, "k": "v"],
        tags: [EntryKey("t"): "Value"], assessments: [judged("0.5")]), durability: .script)
    _ = try ana.noteTrace(
      TraceDraft(name: "mine", experiment: Experiment.defaultID, state: .error),
      durability: .script)
    func found(_ filter: String, _ order: [String] = [], extended: Bool = false) throws -> [String]
    {
      try ana.traces(TraceQuery(filter: filter, orderBy: order, isExtended: extended)).items.map(
        \.name)
    }
    let own = [id.traceText]
    let hits = [
      "status = 'OK'", "trace.status IN ('OK', 'IN_PROGRESS')", "tags.t LIKE 'Val%'",
      "tags.t ILIKE 'val%'", "tags.t RLIKE '^V.l'", "metadata.k = 'v'", "metadata.k IS NOT NULL",
      "span.name = 'root'", "span.type = 'LLM' AND span.status = 'OK'",
      "span.attributes.model = 'small-1'", "span.attributes.model LIKE '%all%'",
      "span.attributes.model RLIKE '^sm.*1$'", "trace.text LIKE '%small-1%'",
      "feedback.correct > 0.4", "feedback.correct = '0.5'", "feedback.correct IS NOT NULL",
      "execution_time_ms >= 5", "request_id = '\(id.traceText)'", "attributes.timestamp_ms < 2000",
    ]
    for filter in hits { #expect(try found(filter) == own, "\(filter)") }
    let misses = [
      "span.type = 'LLM' AND span.status = 'ERROR'", "tags.t LIKE 'val%'", "metadata.none = 'v'",
      "span.attributes.model != 'small-1'", "feedback.other IS NOT NULL", "span.name = 'x'",
    ]
    for filter in misses { #expect(try found(filter) == [], "\(filter)") }
    #expect(try found("metadata.k IS NULL") == ["mine"])
    #expect(try found("total_tokens > 8 or status = 'none'", extended: true) == own)
    #expect(try found("", ["total_tokens DESC"], extended: true) == own + ["mine"])
    #expect(try found("", ["total_tokens"], extended: true) == own + ["mine"])
    #expect(try found("", ["status ASC"]) == ["mine"] + own)
    for filter in [
      "total_tokens > 8", "bogus = 'x'", "status > 'OK'", "span.bogus = 'x'", "status = OK",
      "feedback.correct > 'x'", "status = 'OK' or status = 'ERROR'", "span.content = 'x'",
    ] {
      #expect(throws: WorkspaceFailure.self, "\(filter)") { try found(filter) }
    }
    #expect(throws: WorkspaceFailure.self) { try found("", ["bogus"]) }
    #expect(throws: WorkspaceFailure.self) { try found("", ["status", "status DESC"]) }
  }

  @Test("a pattern that would take for ever is refused, and one that is none matches nothing")
  func patterns() throws {
    let text = String(repeating: "a", count: 60) + "b"
    _ = try ana.noteTrace(
      TraceDraft(
        name: "long", experiment: Experiment.defaultID, state: .ok, tags: [EntryKey("t"): text]),
      durability: .script)
    func found(_ pattern: String) throws -> Int {
      try ana.traces(TraceQuery(filter: "tags.t RLIKE '\(pattern)'")).items.count
    }
    #expect(try found("^a+b$") == 1)
    #expect(try found("^b") == 0)
    #expect(throws: WorkspaceFailure.self) { try found("^(a+)+$") }
    #expect(try found("a{3}b") == 1)
  }

  @Test(
    "deleted, it is hidden and comes back; a new one in a deleted experiment keeps that visible")
  func deletion() throws {
    try record(ana, span(1))
    let count = try ana.deleteTraces(
      of: Experiment.defaultID, named: [id], until: nil, limit: nil, durability: .script)
    #expect(count == 1)
    #expect(try ana.traces(TraceQuery()).items.isEmpty)
    #expect(try ana.traces(TraceQuery(view: .deleted)).items.map(\.id) == [id])
    try ana.restore(id.key, durability: .person)
    #expect(try ana.traces(TraceQuery()).items.map(\.id) == [id])
    #expect(try ana.reference("trace:0123456").key == id.key)
    #expect(try ana.reference("trace:@last").key == id.key)
    #expect(try ana.reference(id.traceText).kind == .trace)
    let home = try ana.ensureExperiment(named: "home", durability: .script)
    try TestMachine.quiesce(members)
    try ana.delete(home.key, durability: .person)
    _ = try bo.noteTrace(TraceDraft(name: "new", experiment: home), durability: .script)
    try TestMachine.quiesce(members)
    #expect(try hub.conflicts().map(\.kind) == [.deleteEdit])
    #expect(try hub.experiment(home).lifecycle == .active)
  }

  @Test(
    "what was purged of a trace is in no file; what is in spans is found by whoever looks for it")
  func purge() throws {
    let token = PurgeTests.token
    try record(ana, span(1, [(TraceKey.spanInputs, .map([("q", .text("use " + token))]))]))
    try TestMachine.quiesce(members)
    var met: [RecordedText] = []
    try bo.store.inspect {
      try $0.eachText(of: id.key) { if $0.text.contains(token) { met.append($0) } }
    }
    #expect(met.map(\.field) == [.spans])
    let outcome = try hub.purge(id.key, .field(.spans), reason: "a token", label: "spans")
    #expect(outcome.values == 1)
    try TestMachine.quiesce(members)
    for one in members {
      #expect(files(holding: token, below: one.folder) == [])
      #expect(try one.spans(of: id).isEmpty)
      #expect(try one.trace(id).requestPreview == nil)
    }
    #expect(try TestMachine.gaps(members) == [])
    try expectEqual(members)
    _ = try hub.purge(id.key, .everything, reason: "all of it", label: nil)
    try TestMachine.quiesce(members)
    #expect(throws: WorkspaceFailure.self) { try bo.trace(id) }
    try expectEqual(members)
  }

  @Test(
    "many spans of one request are several values; one that is too large is refused, and nothing kept"
  )
  func bounds() throws {
    var noise = SeededGenerator(seed: 3)
    func text(_ count: Int) -> SpanValue {
      .text(
        String(
          decoding: (0..<count).map { _ in UInt8.random(in: 35...126, using: &noise) },
          as: UTF8.self))
    }
    var out = ProtobufWriter()
    out.message(1) { group in
      group.message(2) { scope in
        for number in UInt64(1)...6 { scope.bytes(2, span(number, [("x", text(100_000))])) }
      }
    }
    let many = try SpanBatch(protobuf: out.bytes[...])
    try ana.recordSpans(many, experiment: Experiment.defaultID, durability: .script)
    #expect(try ana.spans(of: id) == many.decoded)
    #expect(try ana.history(id.key, field: .spans).count > 1)
    #expect(throws: InvalidInput.self) {
      try ana.recordSpans(
        batch(span(9, [("x", text(1_500_000))])), experiment: Experiment.defaultID,
        durability: .script)
    }
    #expect(try ana.spans(of: id).count == 6)
  }
}
