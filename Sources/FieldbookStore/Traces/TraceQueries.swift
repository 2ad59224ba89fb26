import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  package func trace(_ id: TraceID, withConflicts: Bool = true) throws -> Trace? {
    guard let entity = try existingEntity(id.key),
      let row = try sql.first(
        """
        SELECT t.called, x.key, e.shown_name, t.time, t.duration, t.state, t.lifecycle, t.request, t.response,
          t.client_request, t.tokens, t.cost, t.spans, t.session
        FROM trace t LEFT JOIN experiment e ON e.id = t.experiment LEFT JOIN entity x ON x.id = t.experiment
        WHERE t.id = ?
        """, .integer(entity.id))
    else { return nil }
    var usage = TraceUsage()
    if let tokens = row[10].text { usage.readTokens(tokens) }
    if let cost = row[11].text { usage.readCost(cost) }
    var metadata = try members(entity.id, "metadata")
    // What spans told of them stands where a client's own word would.
    metadata[TraceKey.tokenUsage] = usage.tokensJSON
    metadata[TraceKey.cost] = usage.costJSON
    metadata[TraceKey.session] = row[13].text
    return Trace(
      id: id, name: row[0].text ?? id.traceText,
      experiment: row[1].blob.flatMap { EntityKey(bytes: $0) }.map { ExperimentID($0) }
        ?? Experiment.defaultID, experimentName: row[2].text ?? "",
      requestTime: Timestamp(milliseconds: row[3].integer ?? 0), duration: row[4].integer,
      state: row[5].text.flatMap(TraceState.init) ?? .unspecified,
      lifecycle: row[6].text.flatMap(Lifecycle.init) ?? .active, requestPreview: row[7].text,
      responsePreview: row[8].text, clientRequestID: row[9].text, metadata: metadata,
      tags: try members(entity.id, "tags"),
      assessments: AssessmentCoding.decode(try members(entity.id, "assessments")), usage: usage,
      spanCount: Int(row[12].integer ?? 0),
      conflicts: withConflicts ? try conflicts(blockingOnly: false, entity: id.key).map(\.id) : [])
  }

  /// Roots first, then by their beginning.
  package func spans(of id: TraceID) throws -> [TraceSpan] {
    guard let entity = try existingEntity(id.key) else { return [] }
    var chunks: [Int64: SpanChunk] = [:]
    return try sql.all(
      """
      SELECT s.dot, s.place, m.value FROM span s
      JOIN member m ON m.entity = s.trace AND m.field = ? AND m.dot = s.dot
      WHERE s.trace = ? ORDER BY s.parent IS NOT NULL, s.start, s.span
      """, .integer(fieldID(.spans)), .integer(entity.id)
    ).compactMap { row in
      guard let dot = row[0].integer, let place = row[1].integer, let bytes = row[2].blob else {
        return nil
      }
      let chunk = try chunks[dot] ?? SpanChunk(encoded: bytes)
      chunks[dot] = chunk
      guard chunk.entries.indices.contains(Int(place)) else { return nil }
      return try TraceSpan(protobuf: chunk.entries[Int(place)].span[...])
    }
  }

  package func links(of id: TraceID) throws -> Set<String> {
    guard let entity = try existingEntity(id.key) else { return [] }
    return Set(try members(entity.id, "links").keys)
  }

  /// Traces that a reference could mean: the exact name, else the beginning of the digits, or the newest but so many.
  package func traces(matching text: String) throws -> [TraceID] {
    let exact = TraceID(named: text)
    if try existingEntity(exact.key)?.kind == .trace { return [exact] }
    let digits = text.hasPrefix("tr-") ? String(text.dropFirst(3)) : text
    let count = digits.utf8.count
    guard (4...32).contains(count),
      let least = EntityKey(hex: digits + String(repeating: "0", count: 32 - count)),
      let greatest = EntityKey(hex: digits + String(repeating: "f", count: 32 - count))
    else { return [] }
    return try sql.all(
      """
      SELECT e.key FROM entity e JOIN trace t ON t.id = e.id WHERE e.key BETWEEN ? AND ?
      ORDER BY e.key LIMIT 20
      """, .blob(least.bytes), .blob(greatest.bytes)
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) }.map { TraceID($0) } }
  }

  /// Newest first, whoever recorded them.
  package func latestTraces(count: Int) throws -> [TraceID] {
    try sql.all(
      """
      SELECT e.key FROM trace t JOIN entity e ON e.id = t.id WHERE t.lifecycle = 'active'
      ORDER BY t.time DESC, e.key LIMIT ?
      """, .integer(Int64(count))
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) }.map { TraceID($0) } }
  }

  /// Active ones of an experiment, oldest first, up to a time and a count.
  package func traces(
    of experiment: ExperimentID, until time: Timestamp?, limit: Int?
  ) throws -> [TraceID] {
    guard let entity = try existingEntity(experiment.key) else { return [] }
    return try sql.all(
      """
      SELECT e.key FROM trace t JOIN entity e ON e.id = t.id
      WHERE t.experiment = ? AND t.lifecycle = 'active' AND t.time <= ? ORDER BY t.time, e.key LIMIT ?
      """, .integer(entity.id), .integer(time?.milliseconds ?? .max), .integer(Int64(limit ?? -1))
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) }.map { TraceID($0) } }
  }
}
