import FieldbookModel
import FieldbookWorkspace

// What clients tell of a trace, read.
extension Fields {
  /// The members of an object whose values are texts.
  func textMembers(_ name: String) throws(MLflowError) -> [String: String] {
    guard let value = self[name] else { return [:] }
    guard case .object(let members) = value else { throw wrongType(name, value) }
    var found: [String: String] = [:]
    for member in members {
      guard let text = member.value.string else { throw wrongType(name, value) }
      found[member.name] = text
    }
    return found
  }

  func time(_ name: String) throws(MLflowError) -> Timestamp? {
    guard let text = try text(name) else { return nil }
    guard let time = ProtobufTime.time(text) else { throw wrongType(name, .string(text)) }
    return time
  }

  /// MLflow's `TraceInfoV3`.
  func traceDraft(_ experiment: ExperimentID, now: Timestamp) throws(MLflowError) -> TraceDraft {
    let name = try text("trace_id") ?? ""
    guard !name.isEmpty else { throw missing("trace.trace_info.trace_id") }
    var draft = TraceDraft(name: name, experiment: experiment)
    draft.clientRequestID = try text("client_request_id")
    draft.requestPreview = try text("request_preview")
    draft.responsePreview = try text("response_preview")
    draft.requestTime = try time("request_time")
    if let text = try text("execution_duration") {
      guard let duration = ProtobufTime.milliseconds(duration: text) else {
        throw wrongType("execution_duration", .string(text))
      }
      draft.duration = duration
    }
    draft.state = try traceState("state") ?? .unspecified
    draft.metadata = try textMembers("trace_metadata")
    draft.metadata[TraceKey.isFinalized] = "true"
    draft.tags = TraceTags.read(try textMembers("tags"))
    for entry in try list("assessments") {
      draft.assessments.append(try entry.assessment(now: now))
    }
    return draft
  }

  /// By name or number.
  func traceState(_ name: String) throws(MLflowError) -> TraceState? {
    guard let value = self[name] else { return nil }
    switch value {
    case .string("TRACE_STATUS_UNSPECIFIED"): return .unspecified
    case .string(let text):
      if let state = TraceState(rawValue: text) { return state }
    case .integer(let number):
      let all: [TraceState] = [.unspecified, .ok, .error, .inProgress]
      if all.indices.contains(Int(clamping: number)) { return all[Int(number)] }
    default: break
    }
    throw wrongType(name, value)
  }

  /// MLflow's `Assessment`.
  func assessment(now: Timestamp) throws(MLflowError) -> Assessment {
    let kind: Assessment.Kind
    var value = JSON.null
    var trouble: Assessment.Trouble?
    if let feedback = try object("feedback") {
      kind = .feedback
      value = (feedback["value"] ?? .null).asProtobuf
      trouble = try feedback.trouble("error")
    } else if let expectation = try object("expectation") {
      kind = .expectation
      value = try expectation.expectation()
    } else if let issue = try object("issue") {
      kind = .issue
      value = .object(["issue_name": .string(try issue.text("issue_name") ?? "")])
    } else {
      throw .invalid("Unknown assessment type: None")
    }
    let source = try object("source")
    let given = try text("assessment_id").flatMap { $0.isEmpty ? nil : $0 }
    let created = try time("create_time") ?? now
    return Assessment(
      id: given ?? "a-" + EntityKey.random().hex,
      name: try text("assessment_name") ?? "", kind: kind, value: value.pythonText,
      trouble: trouble, sourceType: try source?.sourceType() ?? "SOURCE_TYPE_UNSPECIFIED",
      sourceID: try source?.text("source_id").flatMap { $0.isEmpty ? nil : $0 },
      createdTime: created, lastUpdateTime: try time("last_update_time") ?? created,
      span: try text("span_id"), rationale: try text("rationale"),
      metadata: try textMembers("metadata"),
      overrides: try text("overrides").flatMap { $0.isEmpty ? nil : $0 })
  }

  func expectation() throws(MLflowError) -> JSON {
    guard let serialized = try object("serialized_value") else {
      guard let value = self["value"] else {
        throw .invalid("The `value` field must be specified.")
      }
      return value.asProtobuf
    }
    let format = try serialized.text("serialization_format") ?? ""
    guard format == "JSON_FORMAT" else {
      throw .invalid(
        "Unknown serialization format: \(format). Only JSON_FORMAT is supported.")
    }
    do { return try JSONParser.parse(Array((try serialized.text("value") ?? "").utf8)) } catch {
      throw .invalid("The serialized value is not JSON.")
    }
  }

  func trouble(_ name: String) throws(MLflowError) -> Assessment.Trouble? {
    guard let error = try object(name) else { return nil }
    return Assessment.Trouble(
      code: try error.text("error_code") ?? "", message: try error.text("error_message"),
      stackTrace: try error.text("stack_trace"))
  }

  private func sourceType() throws(MLflowError) -> String {
    let names = ["SOURCE_TYPE_UNSPECIFIED", "HUMAN", "LLM_JUDGE", "CODE"]
    switch self["source_type"] {
    case nil: return names[0]
    case .string(let text) where names.contains(text): return text
    case .integer(let number) where names.indices.contains(Int(clamping: number)):
      return names[Int(number)]
    case .some(let value): throw wrongType("source_type", value)
    }
  }
}

/// Keys of a trace's tags: any text, cut to what MLflow keeps.
enum TraceTags {
  static func read(_ given: [String: String]) -> [EntryKey: String] {
    var tags: [EntryKey: String] = [:]
    for (key, value) in given {
      // Where files and spans lie is said anew each time.
      guard key != TraceKey.artifactLocation, key != TraceKey.spansLocation else { continue }
      tags[EntryKey(unchecked: EntryRules.cut(key, Limits.entryKeyCharacters))] = EntryRules.cut(
        value, Limits.tagValueCharacters)
    }
    return tags
  }
}
