import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// Traces, from several replicas at once: they are made twice, their spans come in any order and again, and people judge
/// them apart.
extension Simulation {
  /// Draws from a generator of its own: the history beside it stays as it was before there were traces.
  func writeTrace(_ who: Int, _ step: Int) throws {
    let workspace = replicas[who].workspace
    let number = UInt64.random(in: 1...3, using: &tracing)
    let trace = simulatedTrace(number)
    let value = "t\(step)"
    try catchUp(who)
    let (isKnown, isDeleted) = try workspace.store.inspect { transaction in
      (
        try transaction.kind(of: trace.key) == .trace,
        try transaction.shown(trace.key, .lifecycle)?.text == Lifecycle.deleted.rawValue
      )
    }
    action = "trace"
    let choice = Int.random(in: 0..<6, using: &tracing)
    self.trace("step \(step): \(replicas[who].name) writes trace \(number), choice \(choice)")
    switch choice {
    case 0 where !isDeleted:
      try noting(who, trace.key, .requestPreview, value) {
        _ = try workspace.noteTrace(
          TraceDraft(
            name: trace.traceText, experiment: Experiment.defaultID, requestPreview: value),
          durability: .script)
      }
    case 1, 2: try writeSpans(who, trace)
    case 3 where isKnown:
      let key = try EntryKey("reviewed")
      try noting(who, trace.key, .tag(key), value) {
        try workspace.setTag(trace.key, key, value, durability: .script)
      }
    case 4 where isKnown:
      let judged = Assessment(
        id: "a-1", name: "correct", kind: .feedback, value: "\"\(value)\"", trouble: nil,
        sourceType: "HUMAN", sourceID: replicas[who].name,
        createdTime: Timestamp(milliseconds: 1), lastUpdateTime: Timestamp(milliseconds: 2),
        span: nil, rationale: nil, metadata: [:], overrides: nil)
      try noting(who, trace.key, .assessment("a-1"), AssessmentCoding.encode(judged)) {
        try workspace.setAssessment(trace, judged, durability: .script)
      }
    case 5 where isKnown && !lacks(who, .deletion):
      let lifecycle: Lifecycle = tracing.chance(50) ? .deleted : .active
      try notingIfToldApart(who, trace.key, .lifecycle, lifecycle.rawValue) {
        switch lifecycle {
        case .deleted: try workspace.delete(trace.key, durability: .person)
        case .active: try workspace.restore(trace.key, durability: .person)
        }
      }
    default: break
    }
  }

  private func writeSpans(_ who: Int, _ trace: TraceID) throws {
    var out = ProtobufWriter()
    var sent: [[UInt8]] = []
    for _ in 0..<Int.random(in: 1...3, using: &tracing) {
      sent.append(spanBytes(of: trace))
    }
    out.message(1) { group in
      group.message(2) { scope in
        for span in sent { scope.bytes(2, span) }
      }
    }
    let batch = try SpanBatch(protobuf: out.bytes[...])
    try replicas[who].workspace.recordSpans(
      batch, experiment: Experiment.defaultID, durability: .script)
    for (span, bytes) in zip(batch.decoded, sent) {
      let known = spans[trace]?[span.id]
      let isLater = known.map { ($0.end ?? 0) < (span.end ?? 0) } ?? true
      let isGreater = known.map {
        ($0.end ?? 0) == (span.end ?? 0) && $0.protobuf.lexicographicallyPrecedes(bytes)
      }
      if isLater || isGreater == true { spans[trace, default: [:]][span.id] = span }
    }
  }

  /// One of few spans, as several programs could tell of it.
  private func spanBytes(of trace: TraceID) -> [UInt8] {
    let id = UInt64.random(in: 1...4, using: &tracing)
    var out = ProtobufWriter()
    out.bytes(1, trace.key.bytes)
    out.bytes(2, TraceSpan.bytes(id))
    if id > 1 { out.bytes(4, TraceSpan.bytes(id / 2)) }
    out.text(5, "span \(id) \(UInt64.random(in: 0...2, using: &tracing))")
    out.fixed64(7, 1_000_000_000)
    let end = UInt64.random(in: 0...3, using: &tracing)
    if end > 0 { out.fixed64(8, 1_000_000_000 + end * 1_000_000) }
    out.message(9) { attribute in
      attribute.text(1, TraceKey.spanUsage)
      attribute.message(2) { $0.text(1, "{\"input_tokens\": \(id), \"total_tokens\": \(end)}") }
    }
    out.message(15) { _ in }
    return out.bytes
  }

  /// Each span that anybody told, as it ended last.
  func checkSpans(_ answers: Answers) throws {
    guard disks.isEmpty, !hasMembership else { return }
    for (number, trace) in answers.traces.enumerated() {
      let held = Dictionary(trace.spans.map { ($0.id, $0) }) { first, _ in first }
      guard held == spans[simulatedTrace(UInt64(number) + 1)] ?? [:] else {
        throw broken("spans: union", "\(answers.name), trace \(number + 1): \(held)")
      }
    }
  }

  func simulatedTrace(_ number: UInt64) -> TraceID {
    TraceID(EntityKey(high: seed &+ 1, low: number))
  }
}
