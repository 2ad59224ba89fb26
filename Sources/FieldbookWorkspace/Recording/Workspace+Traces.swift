import FieldbookModel
import FieldbookReplication
import FieldbookStore

/// Traces: what applications that call language models did, and what was held of it.
extension Workspace {
  /// Notes what a client tells of a trace as a whole; of one that is known already, what it tells anew.
  package func noteTrace(_ draft: TraceDraft, durability: Durability) throws -> TraceID {
    let id = TraceID(named: draft.name)
    var fields: [(FieldName, FieldValue)] = []
    if draft.name != id.traceText { fields.append((.traceName, .text(draft.name))) }
    if let time = draft.requestTime { fields.append((.requestTime, .integer(time.milliseconds))) }
    if let duration = draft.duration { fields.append((.duration, .integer(duration))) }
    if let state = draft.state { fields.append((.state, .text(state.rawValue))) }
    let texts = [
      (FieldName.requestPreview, draft.requestPreview), (.responsePreview, draft.responsePreview),
      (.clientRequest, draft.clientRequestID),
    ]
    for (field, text) in texts {
      guard let text else { continue }
      try Check.longText(text, what: field.text)
      fields.append((field, .text(text)))
    }
    for (key, value) in draft.metadata.sorted(by: { $0.key < $1.key }) {
      try Check.longText(value, what: "metadata \(key)")
      fields.append((.metadata(key), .text(value)))
    }
    for (key, value) in draft.tags.sorted(by: { $0.key < $1.key }) {
      try Check.tagValue(value, key: key, ofRun: false)
      fields.append((.tag(key), .text(value)))
    }
    for assessment in draft.assessments { fields.append(try Workspace.field(assessment)) }
    try write(durability) { transaction in
      try writeTrace(id, draft.experiment, fields, transaction)
      if try transaction.shown(id.key, .lifecycle)?.text == Lifecycle.deleted.rawValue {
        // Somebody who starts it anew wants it.
        try transaction.set(id.key, [(.lifecycle, .text(Lifecycle.active.rawValue))])
      }
    }
    return id
  }

  /// Makes the trace if it is not known; else writes the fields whose values are news.
  private func writeTrace(
    _ id: TraceID, _ experiment: ExperimentID, _ fields: [(FieldName, FieldValue)],
    _ transaction: WriteTransaction
  ) throws {
    switch try transaction.kind(of: id.key) {
    case nil:
      guard try transaction.shownLifecycle(of: experiment) != nil else {
        throw WorkspaceFailure.notFound(what: "experiment", reference: experiment.decimal)
      }
      try transaction.create(
        .createTrace, id.key, [(.experiment, .reference(experiment.key))] + fields)
    case .trace:
      let news = try fields.filter { try transaction.shown(id.key, $0.0) != $0.1 }
      if !news.isEmpty { try transaction.set(id.key, news.map { ($0.0, $0.1) }) }
    case .some:
      throw WorkspaceFailure.alreadyExists(what: "another thing", name: id.hex)
    }
  }

  /// Records spans that came together: all of them or none.
  ///
  /// - Parameter tags: of each trace that they are of, where it has none of that key.
  /// - Throws: `InvalidInput` for a span that is too large for one value.
  /// - Returns: the traces, each once.
  @discardableResult
  package func recordSpans(
    _ batch: SpanBatch, experiment: ExperimentID, durability: Durability
  ) throws -> [TraceID] {
    var traces: [TraceID] = []
    for (trace, _) in batch.entries where !traces.contains(trace) { traces.append(trace) }
    let chunks = try traces.map { trace in
      let chunks = batch.chunks(of: trace, atMost: Workspace.chunkBytes)
      guard chunks.allSatisfy({ $0.count <= Limits.valueBytes }) else {
        throw InvalidInput(
          "a span of \(trace.traceText) is larger than \(Limits.valueBytes) bytes when packed",
          hint: "log what it carries as an artifact, and its address in the span")
      }
      return chunks
    }
    for (trace, chunks) in zip(traces, chunks) {
      try write(durability) { transaction in
        try writeTrace(trace, experiment, [], transaction)
        for chunk in chunks { try transaction.set(trace.key, [(.spans, .bytes(chunk))]) }
        let told = try batch.tags(of: trace).filter { key, _ in
          try transaction.shown(trace.key, .tag(key)).map(\.isNull) ?? true
        }
        if !told.isEmpty { try transaction.set(trace.key, told.map { (.tag($0), .text($1)) }) }
      }
    }
    return traces
  }

  /// Well under what one value may have, so that a segment stays small.
  private static let chunkBytes = 256 * 1024

  package func trace(_ id: TraceID) throws -> Trace {
    guard let found = try store.inspect({ try $0.trace(id) }) else {
      throw WorkspaceFailure.notFound(what: "trace", reference: id.traceText)
    }
    return found
  }

  /// Roots first, then by their beginning.
  package func spans(of trace: TraceID) throws -> [TraceSpan] {
    try store.inspect { try $0.spans(of: trace) }
  }

  package func traces(_ query: TraceQuery) throws -> Page<Trace> {
    let keys = try search(
      .traces, filter: query.filter, orderBy: query.orderBy, view: query.view, limit: query.limit,
      pageToken: query.pageToken, isExtended: query.isExtended, experiments: query.experiments)
    return try page(keys) { try $0.trace(TraceID($1), withConflicts: false) }
  }

  package func traceIDs(_ query: TraceQuery) throws -> Set<TraceID> {
    let keys = try search(
      .traces, filter: query.filter, orderBy: query.orderBy, view: query.view, limit: query.limit,
      pageToken: query.pageToken, isExtended: query.isExtended, experiments: query.experiments)
    return Set(keys.keys.map { TraceID($0) })
  }

  /// Deletes active traces of an experiment: those named, or the oldest up to a time and a count.
  ///
  /// - Returns: how many.
  package func deleteTraces(
    of experiment: ExperimentID, named ids: [TraceID]?, until time: Timestamp?, limit: Int?,
    durability: Durability
  ) throws -> Int {
    try write(durability) { transaction in
      var found = try transaction.traces(
        of: experiment, until: time, limit: ids == nil ? limit : nil)
      if let ids { found = found.filter(Set(ids).contains) }
      if let limit { found = Array(found.prefix(limit)) }
      for trace in found {
        try transaction.set(trace.key, [(.lifecycle, .text(Lifecycle.deleted.rawValue))])
      }
      return found.count
    }
  }

  // MARK: Assessments

  package func setAssessment(
    _ trace: TraceID, _ assessment: Assessment, durability: Durability
  ) throws {
    let (field, value) = try Workspace.field(assessment)
    try change(trace.key, durability, [(field, value)])
  }

  /// Changes what an assessment says, with nobody in between.
  ///
  /// - Returns: the changed one; nil if there is none of that id.
  package func changeAssessment(
    _ trace: TraceID, _ id: String, durability: Durability,
    _ body: (inout Assessment) throws -> Void
  ) throws -> Assessment? {
    try write(durability) { transaction in
      guard let text = try transaction.shown(trace.key, .assessment(id))?.text,
        var assessment = AssessmentCoding.decode(text, id: id)
      else { return nil }
      try body(&assessment)
      try transaction.set(trace.key, [try Workspace.field(assessment)])
      // Whether it stands for itself follows from the others.
      return try transaction.trace(trace, withConflicts: false)?.assessments.first { $0.id == id }
    }
  }

  package func deleteAssessment(_ trace: TraceID, _ id: String, durability: Durability) throws {
    try change(trace.key, durability, [(.assessment(id), .null)])
  }

  private static func field(_ assessment: Assessment) throws -> (FieldName, FieldValue) {
    let text = try AssessmentCoding.encode(assessment)
    try Check.longText(text, what: "assessment \(assessment.name)")
    return (.assessment(assessment.id), .text(text))
  }

  /// What a trace is tied to: `run/ID`, `prompt/NAME/VERSION`.
  package func links(of trace: TraceID) throws -> Set<String> {
    try store.inspect { try $0.links(of: trace) }
  }

  /// Ties traces to something: `run/ID`, `prompt/NAME/VERSION`. Those that are not known are passed over.
  package func linkTraces(_ traces: [TraceID], to target: String, durability: Durability) throws {
    try write(durability) { transaction in
      for trace in traces {
        guard try transaction.kind(of: trace.key) == .trace,
          try transaction.shown(trace.key, .link(target)) == nil
        else { continue }
        try transaction.set(trace.key, [(.link(target), .text(""))])
      }
    }
  }
}

extension SpanBatch {
  /// What is said of a trace beside its spans: attributes of what the spans are of, and tags that a root carries.
  fileprivate func tags(of trace: TraceID) -> [(EntryKey, String)] {
    var found: [EntryKey: String] = [:]
    func note(_ name: String, _ value: SpanValue) {
      let text = value.text ?? value.json
      guard let key = try? EntryKey(name), (try? Check.tagValue(text, key: key)) != nil else {
        return
      }
      found[key] = text
    }
    let resource = entries.lazy.filter { $0.trace == trace }.compactMap(\.entry.resource).first
    let attributes = resource.flatMap { try? SpanBatch.attributes(resources[$0][...]) } ?? []
    for one in attributes
    where !one.key.hasPrefix("telemetry.sdk.") && !one.key.hasPrefix("mlflow.") {
      note(one.key, one.value)
    }
    for span in decoded where span.trace == trace && span.parent == nil {
      for (key, value) in span.attributes where key.hasPrefix(TraceKey.traceTagPrefix) {
        note(String(key.dropFirst(TraceKey.traceTagPrefix.count)), value)
      }
    }
    return found.sorted { $0.key < $1.key }
  }
}
