import FieldbookModel
import FieldbookReplication

/// What a trace's row says follows from its fields and its spans alone, in whatever order they came: fields that a client
/// set count, and what it left open is told by the spans.
extension WriteTransaction {
  /// Notes the spans of one value of a trace's field `spans`.
  func foldSpans(_ entity: EntityRow, _ dot: Dot, _ cell: Cell<Dot>) throws {
    staleTraces.insert(entity.key)
    guard let bytes = cell.value?.bytes, let chunk = try? SpanChunk(encoded: bytes) else { return }
    for (place, span) in chunk.decoded where span.trace.key == entity.key {
      let known = try sql.first(
        "SELECT dot, place FROM span WHERE trace = ? AND span = ?", .integer(entity.id),
        .integer(Int64(bitPattern: span.id)))
      if let known, let other = known[0].integer, let otherPlace = known[1].integer,
        let before = try self.span(entity, Dot(raw: other), Int(otherPlace)),
        !WriteTransaction.replaces(span, chunk.entries[place].span, before)
      {
        continue
      }
      try writeSpan(entity.id, dot, place, span)
    }
  }

  /// Of a span that came several times one counts: one that ended, then the one that ended last, then the one with the
  /// greatest bytes.
  private static func replaces(
    _ span: TraceSpan, _ bytes: [UInt8], _ other: (span: TraceSpan, bytes: [UInt8])
  ) -> Bool {
    if Mutant.isOn(.spansByArrival) { return true }
    if (span.end ?? 0) != (other.span.end ?? 0) { return (span.end ?? 0) > (other.span.end ?? 0) }
    return other.bytes.lexicographicallyPrecedes(bytes)
  }

  private func span(_ entity: EntityRow, _ dot: Dot, _ place: Int) throws
    -> (span: TraceSpan, bytes: [UInt8])?
  {
    let row = try sql.first(
      "SELECT value FROM member WHERE entity = ? AND field = ? AND dot = ?", .integer(entity.id),
      .integer(fieldID(.spans)), .integer(dot.raw))
    guard let value = row?[0].blob, let chunk = try? SpanChunk(encoded: value),
      chunk.entries.indices.contains(place),
      let span = try? TraceSpan(protobuf: chunk.entries[place].span[...])
    else { return nil }
    return (span, chunk.entries[place].span)
  }

  private func writeSpan(_ trace: Int64, _ dot: Dot, _ place: Int, _ span: TraceSpan) throws {
    let isRoot = span.parent == nil
    try sql.run(
      """
      INSERT OR REPLACE INTO span(trace, span, dot, place, parent, name, type, status, start, finish, session,
        request, response, tokens, cost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, .integer(trace), .integer(Int64(bitPattern: span.id)), .integer(dot.raw),
      .integer(Int64(place)), .optional(span.parent.map { Int64(bitPattern: $0) }),
      .text(span.name), .text(span.type), .text(span.status.rawValue),
      .integer(Int64(clamping: span.start)), .optional(span.end.map { Int64(clamping: $0) }),
      .optional(span.session),
      .optional(isRoot ? span[TraceKey.spanInputs].map { TracePreview.text($0, .asked) } : nil),
      .optional(isRoot ? span[TraceKey.spanOutputs].map { TracePreview.text($0, .answered) } : nil),
      .optional(span.usage.tokensJSON), .optional(span.usage.costJSON))
  }

  /// Once a transaction, at its end: a trace of many spans costs no more than a look at each.
  func refreshTraces() throws {
    let stale = staleTraces.sorted()
    staleTraces = []
    for key in stale { try refreshTrace(key) }
  }

  private func refreshTrace(_ key: EntityKey) throws {
    guard let entity = try existingEntity(key), entity.kind == .trace else { return }
    let spans = try spanSummary(entity)
    func value(_ field: FieldName) throws -> SQL.Value { try shownValue(entity.id, field) }
    func metadata(_ key: String) throws -> String? {
      try value(.metadata(key)).text
    }
    let isFinal = try metadata(TraceKey.isFinalized) == "true"
    let time = try value(.requestTime).integer ?? spans.start
    let created = entity.createdClock?.milliseconds ?? 0
    var duration = try value(.duration).integer
    if duration == nil, !isFinal, let end = spans.end { duration = max(0, end - (time ?? end)) }
    var state = try value(.state).text.flatMap(TraceState.init)
    if state == nil || state == .inProgress || state == .unspecified {
      state = spans.state ?? state ?? .inProgress
    }
    var usage = TraceUsage()
    var told = TraceUsage()
    let tokens = try metadata(TraceKey.tokenUsage)
    let cost = try metadata(TraceKey.cost)
    if tokens == nil || cost == nil { told = TraceUsage.total(try spanUsages(entity)) }
    usage.readTokens(tokens ?? told.tokensJSON ?? "")
    usage.readCost(cost ?? told.costJSON ?? "")
    let experiment = try value(.experiment).field.key.map { try entityRow($0).id }
    try sql.run(
      """
      UPDATE trace SET experiment = ?, called = ?, time = ?, duration = ?, state = ?, name = ?, session = ?,
        client_request = ?, request = ?, response = ?, run = ?, spans = ?, tokens = ?, cost = ?, input_tokens = ?,
        output_tokens = ?, total_tokens = ?, input_cost = ?, output_cost = ?, total_cost = ? WHERE id = ?
      """, .optional(experiment), .text(try value(.traceName).text ?? TraceID(key).traceText),
      .integer(time ?? created), .optional(duration), .text((state ?? .inProgress).rawValue),
      try value(FieldName("tags." + TraceKey.traceName)),
      .optional(try metadata(TraceKey.session) ?? spans.session), try value(.clientRequest),
      .optional(try value(.requestPreview).text ?? spans.request),
      .optional(try value(.responsePreview).text ?? spans.response),
      .optional(try metadata(TraceKey.sourceRun)), .integer(spans.count),
      .optional(usage.tokensJSON), .optional(usage.costJSON), .optional(usage.inputTokens),
      .optional(usage.outputTokens), .optional(usage.totalTokens), .real(usage.inputCost),
      .real(usage.outputCost), .real(usage.totalCost), .integer(entity.id))
    try refreshAssessments(entity)
  }

  private struct SpanSummary {
    /// Milliseconds.
    var start: Int64?
    var end: Int64?
    var count: Int64
    var state: TraceState?
    var session: String?
    var request: String?
    var response: String?
  }

  private func spanSummary(_ entity: EntityRow) throws -> SpanSummary {
    let all = try sql.first(
      "SELECT min(start), max(finish), count(*) FROM span WHERE trace = ?", .integer(entity.id))
    let root = try sql.first(
      """
      SELECT status, request, response FROM span WHERE trace = ? AND parent IS NULL
      ORDER BY start, span LIMIT 1
      """, .integer(entity.id))
    let session = try sql.first(
      """
      SELECT session FROM span WHERE trace = ? AND session IS NOT NULL ORDER BY start, span LIMIT 1
      """, .integer(entity.id))
    return SpanSummary(
      start: all?[0].integer.map { $0 / 1_000_000 }, end: all?[1].integer.map { $0 / 1_000_000 },
      count: all?[2].integer ?? 0, state: root.map { $0[0].text == "ERROR" ? .error : .ok },
      session: session?[0].text, request: root?[1].text, response: root?[2].text)
  }

  private func spanUsages(_ entity: EntityRow) throws -> [SpanUsage] {
    let isTold = try sql.first(
      "SELECT 1 FROM span WHERE trace = ? AND (tokens IS NOT NULL OR cost IS NOT NULL) LIMIT 1",
      .integer(entity.id))
    // What stands between those that say something is needed, too.
    guard isTold != nil else { return [] }
    return try sql.all(
      "SELECT span, parent, tokens, cost FROM span WHERE trace = ?", .integer(entity.id)
    ).map { row in
      var usage = TraceUsage()
      if let tokens = row[2].text { usage.readTokens(tokens) }
      if let cost = row[3].text { usage.readCost(cost) }
      return SpanUsage(
        span: UInt64(bitPattern: row[0].integer ?? 0),
        parent: row[1].integer.map { UInt64(bitPattern: $0) }, usage: usage)
    }
  }

  private func refreshAssessments(_ entity: EntityRow) throws {
    try sql.run("DELETE FROM assessment WHERE trace = ?", .integer(entity.id))
    for one in AssessmentCoding.decode(try members(entity.id, "assessments")) {
      try sql.run(
        "INSERT INTO assessment(trace, id, kind, name, value, number, valid) VALUES (?, ?, ?, ?, ?, ?, ?)",
        .integer(entity.id), .text(one.id), .text(one.kind.rawValue), .text(one.name),
        .text(one.value), .real(one.number), .integer(one.isValid ? 1 : 0))
    }
  }
}

extension SQL.Value {
  /// Nil and what is no finite number are null.
  fileprivate static func real(_ value: Double?) -> SQL.Value {
    value.flatMap { $0.isFinite ? .real($0) : nil } ?? .null
  }
}

extension TraceSpan {
  /// The conversation that it is a part of, as OpenTelemetry's conventions name it.
  fileprivate var session: String? {
    let told = unpacked("session.id")?.text ?? unpacked("gen_ai.conversation.id")?.text
    return told.map { String($0.prefix(250)) }
  }
}
