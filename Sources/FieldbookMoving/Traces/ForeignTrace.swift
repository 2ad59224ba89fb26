import FieldbookModel
import FieldbookReplication

/// A trace of another tracker, with its spans and what was held of it.
package struct ForeignTrace: Sendable {
  /// As its clients name it.
  package var name: String
  /// Of an experiment that came before.
  package var experiment: String
  /// Milliseconds since 1970.
  package var requestTime: Int64?
  /// Milliseconds.
  package var duration: Int64?
  package var state: TraceState?
  package var requestPreview: String?
  package var responsePreview: String?
  package var clientRequest: String?
  package var metadata: [String: String] = [:]
  package var tags: [String: String] = [:]
  package var assessments: [Assessment] = []
  /// `run/ID`, `prompt/NAME/VERSION`.
  package var links: Set<String> = []
  /// Each id once; all of the trace that `id` names, whatever their own said.
  package private(set) var spans: [TraceSpan] = []
  /// What lies beside its spans.
  package var files: (any ForeignFiles)?
  /// Its server shows no more than the beginnings of long values.
  package var isCut = false

  package init(name: String, experiment: String) {
    self.name = name
    self.experiment = experiment
  }

  package var id: TraceID { TraceID(named: name) }

  /// Of one that came twice the later counts.
  ///
  /// - Throws: `MovingFailure.tooLarge` for more than anything of ours could hold.
  mutating func add(_ stored: StoredSpan) throws {
    var span = stored.span
    if span.trace != id {
      // Clients of before MLflow 3 gave a trace a name of its own; other programs know it by this one.
      metadata[MovingTag.otelTrace] = span.trace.hex
      span.trace = id
    }
    if let place = places[span.id] {
      spans[place] = span
    } else {
      places[span.id] = spans.count
      spans.append(span)
    }
    try BoundedEntries.check(spans.count, owner: name)
  }

  private var places: [UInt64: Int] = [:]
}

// MARK: As MLflow tells of it

extension ForeignTrace {
  /// Reads MLflow's `TraceInfoV3`, and its `TraceInfo` of before version 3.
  ///
  /// - Returns: nil for one without an id.
  package init?(info: JSON, experiment: String) {
    guard let name = (info["trace_id"] ?? info["request_id"])?.string, !name.isEmpty else {
      return nil
    }
    self.init(name: name, experiment: experiment)
    requestTime =
      info["request_time"]?.string.flatMap { ProtobufTime.time($0)?.milliseconds }
      ?? (info["request_time"] ?? info["timestamp_ms"])?.wholeNumber
    duration =
      info["execution_duration"]?.string.flatMap { ProtobufTime.milliseconds(duration: $0) }
      ?? (info["execution_duration_ms"] ?? info["execution_time_ms"])?.wholeNumber
    state = ForeignTrace.state((info["state"] ?? info["status"])?.string)
    requestPreview = info["request_preview"]?.string
    responsePreview = info["response_preview"]?.string
    clientRequest = info["client_request_id"]?.string
    metadata = (info["trace_metadata"] ?? info["request_metadata"])?.entries ?? [:]
    tags = info["tags"]?.entries ?? [:]
    assessments = (info["assessments"]?.items ?? []).compactMap { Assessment(protobuf: $0) }
  }

  static func state(_ text: String?) -> TraceState? {
    guard let text else { return nil }
    return TraceState(rawValue: text)
      ?? (text.hasSuffix("UNSPECIFIED") ? TraceState.unspecified : nil)
  }

  /// Where its files are, as its tracker says.
  var filesPlace: String? { tags[TraceKey.artifactLocation] }
  var archive: String? {
    tags[TraceKey.spansLocation] == "ARCHIVE_REPO" ? tags[TraceKey.archiveLocation] : nil
  }
  var isInStore: Bool { tags[TraceKey.spansLocation] == "TRACKING_STORE" }

  /// Once all is known: where things were there says nothing here, and prompts that a tag lists are linked.
  mutating func settle() {
    for key in [
      TraceKey.artifactLocation, TraceKey.spansLocation, TraceKey.archiveLocation,
      TraceKey.archivalFailure,
    ] { tags[key] = nil }
    let prompts = tags[TraceKey.linkedPrompts].flatMap { try? JSONParser.parse(Array($0.utf8)) }
    for prompt in prompts?.items ?? [] {
      guard let name = prompt["name"]?.string,
        let version = prompt["version"]?.string ?? prompt["version"]?.wholeNumber.map(String.init)
      else { continue }
      links.insert("prompt/\(name)/\(version)")
    }
    if let run = tags.removeValue(forKey: MovingTag.run) {
      // Ids there are of its server's making: those that were sent say what is meant.
      metadata[TraceKey.sourceRun] = run
      links = links.filter { !$0.hasPrefix("run/") }
    }
    if let text = tags.removeValue(forKey: MovingTag.links),
      let items = (try? JSONParser.parse(Array(text.utf8)))?.items
    {
      links = links.filter { !$0.hasPrefix("run/") }
      links.formUnion(items.compactMap(\.string))
    }
  }
}

extension ForeignTrace {
  /// For a tag.
  var linksText: String? {
    links.isEmpty ? nil : JSON.array(links.sorted().map(JSON.string)).text
  }
}

extension JSON {
  /// `{key: value}`, or `[{key, value}, …]`: texts, and what else there is as Python prints it.
  var entries: [String: String] {
    guard case .object(let members) = self else { return pairs }
    return Dictionary(members.map { ($0.name, $0.value.string ?? $0.value.pythonText) }) { $1 }
  }
}
