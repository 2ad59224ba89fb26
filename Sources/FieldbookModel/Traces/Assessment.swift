import Foundation

/// What somebody holds of a trace: a judgement (feedback), or what it should have said (an expectation).
package struct Assessment: Equatable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case feedback, expectation, issue
  }

  package struct Trouble: Equatable, Codable, Sendable {
    package var code: String
    package var message: String?
    package var stackTrace: String?

    package init(code: String, message: String?, stackTrace: String?) {
      self.code = code
      self.message = message
      self.stackTrace = stackTrace
    }
  }

  package var id: String
  package var name: String
  package var kind: Kind
  /// JSON. Of an issue: the text of its name.
  package var value: String
  package var trouble: Trouble?
  /// `HUMAN`, `LLM_JUDGE`, `CODE` or `SOURCE_TYPE_UNSPECIFIED`.
  package var sourceType: String
  package var sourceID: String?
  package var createdTime: Timestamp
  package var lastUpdateTime: Timestamp
  /// Sixteen hexadecimal digits, as clients write it.
  package var span: String?
  package var rationale: String?
  package var metadata: [String: String]
  /// The assessment that this one stands in place of.
  package var overrides: String?
  /// False while another one stands in its place.
  package var isValid = true

  package init(
    id: String, name: String, kind: Kind, value: String, trouble: Trouble?, sourceType: String,
    sourceID: String?, createdTime: Timestamp, lastUpdateTime: Timestamp, span: String?,
    rationale: String?, metadata: [String: String], overrides: String?
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.value = value
    self.trouble = trouble
    self.sourceType = sourceType
    self.sourceID = sourceID
    self.createdTime = createdTime
    self.lastUpdateTime = lastUpdateTime
    self.span = span
    self.rationale = rationale
    self.metadata = metadata
    self.overrides = overrides
  }

  /// The number in it, for comparisons; nil for any other value.
  package var number: Double? {
    guard let first = value.utf8.first, first == 45 || (48...57).contains(first),
      let number = Double(value), number.isFinite
    else { return nil }
    return number
  }
}

/// An assessment as the text of its register: JSON with sorted keys, so that equal ones are equal values. Its id is in
/// the field's name; whether it is valid follows from the others.
package enum AssessmentCoding {
  private struct Form: Codable {
    var name: String
    var kind: Assessment.Kind
    var value: String
    var trouble: Assessment.Trouble?
    var sourceType: String
    var sourceID: String?
    var created: Int64
    var updated: Int64
    var span: String?
    var rationale: String?
    var metadata: [String: String]?
    var overrides: String?
  }

  package static func encode(_ assessment: Assessment) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let form = Form(
      name: assessment.name, kind: assessment.kind, value: assessment.value,
      trouble: assessment.trouble, sourceType: assessment.sourceType,
      sourceID: assessment.sourceID, created: assessment.createdTime.milliseconds,
      updated: assessment.lastUpdateTime.milliseconds, span: assessment.span,
      rationale: assessment.rationale,
      metadata: assessment.metadata.isEmpty ? nil : assessment.metadata,
      overrides: assessment.overrides)
    return String(decoding: try encoder.encode(form), as: UTF8.self)
  }

  /// Nil for a text that is none.
  package static func decode(_ text: String, id: String) -> Assessment? {
    guard let form = try? JSONDecoder().decode(Form.self, from: Data(text.utf8)) else { return nil }
    return Assessment(
      id: id, name: form.name, kind: form.kind, value: form.value, trouble: form.trouble,
      sourceType: form.sourceType, sourceID: form.sourceID,
      createdTime: Timestamp(milliseconds: form.created),
      lastUpdateTime: Timestamp(milliseconds: form.updated), span: form.span,
      rationale: form.rationale, metadata: form.metadata ?? [:], overrides: form.overrides)
  }

  /// All of one trace, by time and id. One in whose place another stands is not valid.
  package static func decode(_ texts: [String: String]) -> [Assessment] {
    var found = texts.compactMap { id, text in decode(text, id: id) }
    let overridden = Set(found.compactMap(\.overrides))
    for index in found.indices { found[index].isValid = !overridden.contains(found[index].id) }
    return found.sorted { ($0.createdTime, $0.id) < ($1.createdTime, $1.id) }
  }
}
