import FieldbookModel
import FieldbookWorkspace

/// What people and judges hold of traces.
enum AssessmentEndpoints {
  static let all: [Endpoint] = [
    .post("traces/{trace_id}/assessments", create),
    .get("traces/{trace_id}/assessments/{assessment_id}", get),
    .patch("traces/{trace_id}/assessments/{assessment_id}", update),
    .delete("traces/{trace_id}/assessments/{assessment_id}", delete),
  ]

  @Sendable static func create(_ tracker: Tracker, _ call: Call) throws -> JSON {
    guard let given = try call.fields.object("assessment") else {
      throw Fields.missing("assessment")
    }
    let assessment = try given.assessment(now: tracker.now)
    let trace = try tracker.trace(try call.traceName)
    if let other = assessment.overrides, !trace.assessments.contains(where: { $0.id == other }) {
      throw missing(other, trace.name)
    }
    try tracker.workspace.setAssessment(trace.id, assessment, durability: .script)
    return .object(["assessment": assessment.answer(trace: trace.name)])
  }

  @Sendable static func get(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let (trace, assessment) = try named(tracker, call)
    return .object(["assessment": assessment.answer(trace: trace.name)])
  }

  @Sendable static func update(_ tracker: Tracker, _ call: Call) throws -> JSON {
    guard let given = try call.fields.object("assessment") else {
      throw Fields.missing("assessment")
    }
    let paths = try mask(call.fields)
    let (trace, found) = try named(tracker, call)
    if paths.contains("expectation"), paths.contains("feedback") {
      throw MLflowError.invalid("Cannot specify both `expectation` and `feedback` parameters.")
    }
    let changed = try tracker.workspace.changeAssessment(
      trace.id, found.id, durability: .script
    ) { assessment in
      for path in paths { try change(&assessment, path, given) }
      assessment.lastUpdateTime = tracker.now
    }
    guard let changed else { throw missing(found.id, trace.name) }
    return .object(["assessment": changed.answer(trace: trace.name)])
  }

  /// What a mask does not know changes nothing.
  private static func change(_ assessment: inout Assessment, _ path: String, _ given: Fields) throws
  {
    switch path {
    case "assessment_name": assessment.name = try given.text("assessment_name") ?? ""
    case "expectation":
      guard assessment.kind == .expectation else {
        throw MLflowError.invalid("Cannot update expectation value on a Feedback assessment.")
      }
      assessment.value = try (given.object("expectation")?.expectation() ?? .null).pythonText
    case "feedback":
      guard assessment.kind == .feedback else {
        throw MLflowError.invalid("Cannot update feedback value on an Expectation assessment.")
      }
      let feedback = try given.object("feedback")
      assessment.value = (feedback?["value"] ?? .null).asProtobuf.pythonText
      assessment.trouble = try feedback?.trouble("error")
    case "rationale" where assessment.kind != .expectation:
      assessment.rationale = try given.text("rationale")
    case "metadata": assessment.metadata.merge(try given.textMembers("metadata")) { $1 }
    default: break
    }
  }

  /// Of one that is not there, or of a trace that is not, nothing is left either.
  @Sendable static func delete(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let id = try call.part("assessment_id")
    guard let trace = try tracker.knownTrace(try call.traceName) else { return .object([:]) }
    if trace.assessments.contains(where: { $0.id == id }) {
      try tracker.workspace.deleteAssessment(trace.id, id, durability: .script)
    }
    return .object([:])
  }

  /// `update_mask`, a text with commas or an object with `paths`.
  private static func mask(_ fields: Fields) throws(MLflowError) -> Set<String> {
    switch fields["update_mask"] {
    case .string(let text):
      return Set(text.split(separator: ",").map { AssessmentEndpoints.snake(String($0)) })
    case .some(.object): return Set(try fields.object("update_mask")?.texts("paths") ?? [])
    case .some(let other): throw Fields.wrongType("update_mask", other)
    case nil: throw Fields.missing("update_mask")
    }
  }

  /// Protocol Buffers write the paths of a mask in camel case.
  private static func snake(_ path: String) -> String {
    path.reduce(into: "") { out, character in
      out += character.isUppercase ? "_" + character.lowercased() : String(character)
    }
  }

  private static func named(_ tracker: Tracker, _ call: Call) throws -> (Trace, Assessment) {
    let name = try call.traceName
    let id = try call.part("assessment_id")
    guard let trace = try tracker.knownTrace(name) else {
      throw MLflowError.missing("Trace with request_id '\(name)' not found")
    }
    guard let found = trace.assessments.first(where: { $0.id == id }) else {
      throw missing(id, name)
    }
    return (trace, found)
  }

  private static func missing(_ id: String, _ trace: String) -> MLflowError {
    .missing("Assessment with ID '\(id)' not found for trace '\(trace)'")
  }
}
