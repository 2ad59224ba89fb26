import FieldbookModel

// What a conflict is called, in a terminal and on the page alike.
extension Conflict {
  /// What it is about, next to the entity's name.
  package var fieldWords: String {
    switch kind {
    case .value, .alias: field.words(sides.map(\.value) + [base])
    case .deleteEdit: "deleted here, edited there"
    case .name: "two claim this name"
    case .version: "two claim this version number"
    case .clone: "two replicas write as this device"
    }
  }

  /// What the base is.
  package var baseWords: String {
    switch baseOrigin {
    case .replaced: "what all sides replaced"
    case .nearest: "the nearest text that all sides came from"
    case .merged: "the merge of the nearest texts that all sides came from"
    case .oneOfSeveral: "the newest of several texts that all sides came from"
    }
  }
}

extension Assessment {
  /// Of the text that a field of a trace holds; nil for another field, and for a text that is none.
  package init?(_ value: String?, of field: FieldName) {
    guard field.split.family == "assessments", let member = field.split.member, let value,
      let found = AssessmentCoding.decode(value, id: String(member))
    else { return nil }
    self = found
  }
}

extension FieldName {
  /// For a person: an assessment by its kind and name, which one of its values tells; any other field as it is.
  package func words(_ values: [String?]) -> String {
    for value in values {
      if let one = Assessment(value, of: self) { return "\(one.kind.rawValue) \(one.name)" }
    }
    return text
  }
}
