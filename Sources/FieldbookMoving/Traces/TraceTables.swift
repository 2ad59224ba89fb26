import FieldbookModel

/// Traces in MLflow's database: of 2.14 and newer, with spans in it since 3.5.
///
/// Schema: `SqlTraceInfo`, `SqlTraceTag`, `SqlTraceMetadata`, `SqlAssessments`, `SqlSpan` and `SqlEntityAssociation` in
/// MLflow's `mlflow/store/tracking/dbmodels/models.py`.
struct TraceTables {
  let tables: any Tables
  let places: ArtifactPlaces
  /// By their ids.
  let experiments: [String: String]
  /// Conditions on an experiment's id, from `WHERE` on; empty for all.
  let among: String

  private var ownTraces: String {
    among.isEmpty ? "" : "IN (SELECT t.request_id FROM trace_info t \(among))"
  }

  /// Counted by the database.
  func census(_ census: inout Census) throws {
    guard try tables.has("trace_info") else { return }
    census[.traces] = try tables.count("SELECT count(*) FROM trace_info t \(among)")
    for (kind, table, owner) in [
      (MovedKind.spans, "spans", "trace_id"), (.assessments, "assessments", "trace_id"),
    ] where try tables.has(table) {
      let own = among.isEmpty ? "" : "WHERE t.\(owner) \(ownTraces)"
      census[kind] = try tables.count("SELECT count(*) FROM \(table) t \(own)")
    }
  }

  private static let columns = [
    "request_id", "experiment_id", "timestamp_ms", "execution_time_ms", "status",
    "client_request_id", "request_preview", "response_preview", "trace_name", "session_id",
  ]

  private func owned(
    _ table: String, by owner: String, _ columns: [String], where condition: String = ""
  ) throws -> OwnedRows {
    guard try tables.has(table) else { return try OwnedRows(nil) }
    let conditions =
      (among.isEmpty ? [] : ["t.\(owner) \(ownTraces)"]) + (condition.isEmpty ? [] : [condition])
    let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    return try OwnedRows(
      tables.select(
        [owner] + columns, from: table, "\(filter) ORDER BY \(tables.byBytes("t.\(owner)"))"))
  }

  func read(_ sink: RecordSink) throws {
    guard try tables.has("trace_info") else { return }
    let tags = try owned("trace_tags", by: "request_id", ["key", "value"])
    let metadata = try owned("trace_request_metadata", by: "request_id", ["key", "value"])
    let assessments = try owned("assessments", by: "trace_id", TraceTables.assessmentColumns)
    let spans = try owned("spans", by: "trace_id", ["content"])
    let links = try owned(
      "entity_associations", by: "source_id", ["destination_type", "destination_id"],
      where: "t.source_type = 'trace'")
    let usage = TraceUsage.tokenMembers.map(\.0) + TraceUsage.costMembers.map(\.0)
    let rows = try tables.select(
      TraceTables.columns + usage, from: "trace_info",
      "\(among) ORDER BY \(tables.byBytes("t.request_id"))")
    while let row = try rows.next() {
      guard let name = row[0].text else { continue }
      guard let experiment = row[1].text.flatMap({ experiments[$0] }) else {
        try sink(.left(Left(.traces, name, reason: "its experiment is not there")))
        continue
      }
      var trace = TraceTables.trace(name, experiment, row)
      trace.tags.merge(try TraceTables.entries(tags, of: name)) { told, _ in told }
      trace.metadata.merge(try TraceTables.entries(metadata, of: name)) { _, told in told }
      try assessments.each(of: name) { row in
        guard let found = TraceTables.assessment(Array(row)) else {
          return try sink(.left(Left(.assessments, name, reason: "it cannot be read")))
        }
        trace.assessments.append(found)
        try BoundedEntries.check(trace.assessments.count, owner: name)
      }
      try links.each(of: name) { row in
        let row = Array(row)
        guard let target = row[1].text else { return }
        switch row[0].text {
        case "run": trace.links.insert("run/" + ForeignKey.run(target).hex)
        case "prompt_version": trace.links.insert("prompt/" + target)
        default: break
        }
        try BoundedEntries.check(trace.links.count, owner: name)
      }
      var damaged = 0
      try spans.each(of: name) { row in
        do {
          let content = Array((row.first?.text ?? "").utf8)
          try trace.add(StoredSpan(JSONParser.parse(content)))
        } catch is JSONFailure {
          damaged += 1
        } catch is StoredSpan.Malformed {
          damaged += 1
        }
      }
      if damaged > 0 {
        try sink(.left(Left(.spans, name, reason: "it cannot be read", count: damaged)))
      }
      try addFiles(to: &trace, sink)
      trace.settle()
      try sink(.trace(trace))
    }
    for (rows, kind) in [(assessments, MovedKind.assessments), (spans, .spans)] {
      try rows.finish()
      guard rows.orphans > 0 else { continue }
      try sink(
        .left(
          Left(
            kind, kind.words, reason: "they belong to no trace that is there", count: rows.orphans))
      )
    }
  }

  private func addFiles(to trace: inout ForeignTrace, _ sink: RecordSink) throws {
    if let archive = trace.archive {
      do {
        try TraceFiles.readArchive(places.files(at: archive, owner: trace.name), into: &trace)
      } catch MovingFailure.notThere {
        let name = "\(trace.name): \(archive)"
        try sink(.left(Left(.spans, name, reason: "their archive cannot be reached")))
      }
    }
    guard let place = trace.filesPlace else { return }
    try TraceFiles.read(places.files(at: place, owner: trace.name), into: &trace)
  }

  private static func trace(
    _ name: String, _ experiment: String, _ row: [TableValue]
  ) -> ForeignTrace {
    var trace = ForeignTrace(name: name, experiment: experiment)
    trace.requestTime = row[2].integer
    trace.duration = row[3].integer
    trace.state = ForeignTrace.state(row[4].text)
    trace.clientRequest = row[5].text
    trace.requestPreview = row[6].text
    trace.responsePreview = row[7].text
    trace.tags[TraceKey.traceName] = row[8].text
    // Newer schemas have these in columns, and not among the metadata.
    trace.metadata[TraceKey.session] = row[9].text
    var usage = TraceUsage()
    var place = columns.count
    for (_, path) in TraceUsage.tokenMembers {
      usage[keyPath: path] = row[place].integer
      place += 1
    }
    for (_, path) in TraceUsage.costMembers {
      usage[keyPath: path] = row[place].real
      place += 1
    }
    trace.metadata[TraceKey.tokenUsage] = usage.tokensJSON
    trace.metadata[TraceKey.cost] = usage.costJSON
    return trace
  }

  private static func entries(_ rows: OwnedRows, of name: String) throws -> [String: String] {
    var entries = BoundedEntries(owner: name)
    try rows.each(of: name) { try entries.add($0) }
    return entries.values
  }

  // MARK: Assessments

  private static let assessmentColumns = [
    "assessment_id", "name", "assessment_type", "value", "error", "created_timestamp",
    "last_updated_timestamp", "source_type", "source_id", "span_id", "rationale", "overrides",
    "assessment_metadata",
  ]

  private static func assessment(_ row: [TableValue]) -> Assessment? {
    func json(_ place: Int) -> JSON? {
      row[place].text.flatMap { try? JSONParser.parse(Array($0.utf8)) }
    }
    func text(_ place: Int) -> String? { row[place].text.flatMap { $0.isEmpty ? nil : $0 } }
    guard let id = text(0), let kind = text(2).flatMap(Assessment.Kind.init), let value = json(3)
    else { return nil }
    return Assessment(
      id: id, name: row[1].text ?? "", kind: kind, value: value.asStored(kind).pythonText,
      trouble: json(4).map { Assessment.Trouble(json: $0) },
      sourceType: text(7) ?? "SOURCE_TYPE_UNSPECIFIED", sourceID: text(8),
      createdTime: Timestamp(milliseconds: row[5].integer ?? 0),
      lastUpdateTime: Timestamp(milliseconds: row[6].integer ?? 0), span: text(9),
      rationale: text(10), metadata: json(12)?.entries ?? [:], overrides: text(11))
  }
}

extension JSON {
  /// The database has what Python had, the API what Protocol Buffers make of it: of expectations that are lists or objects
  /// nothing else, of other values doubles.
  fileprivate func asStored(_ kind: Assessment.Kind) -> JSON {
    switch (kind, self) {
    case (.expectation, .array), (.expectation, .object): self
    default: asProtobuf
    }
  }
}
