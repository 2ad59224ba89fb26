/// MLflow's filter language over traces; in the extended dialect tokens and cost are among the attributes. Source: MLflow
/// 3.17, `SearchTraceUtils`, whose texts the errors have.
struct TraceSearchParser: FilterGrammar {
  var tokens: ArraySlice<SearchToken>
  var depth = 0
  let isExtended: Bool
  let wordOr = "'OR'"

  static func parse(_ filter: String, isExtended: Bool) throws(SearchFailure) -> SearchExpression {
    var parser = TraceSearchParser(
      tokens: try tokens(of: filter, isExtended: isExtended), isExtended: isExtended)
    return try parser.whole()
  }

  private init(tokens: ArraySlice<SearchToken>, isExtended: Bool) {
    self.tokens = tokens
    self.isExtended = isExtended
  }

  func refusal(ofRest token: SearchToken) -> String {
    "Invalid clause(s) in filter string: '\(token.shown)'"
  }

  mutating func comparison() throws(SearchFailure) -> SearchExpression {
    let first = tokens.popFirst()
    guard let name = first?.name else {
      throw .malformed("Invalid clause(s) in filter string: '\(first?.shown ?? "")'")
    }
    let sign = try comparator(name)
    let field = try TraceField(name, isExtended: isExtended)
    let test = try test(field, sign)
    return .compare(field.replaced, test)
  }

  /// In capitals.
  private mutating func comparator(_ name: String) throws(SearchFailure) -> String {
    switch tokens.popFirst() {
    case .comparison(let sign): return sign
    case .name(let word):
      let upper = word.uppercased()
      switch upper {
      case "LIKE", "ILIKE", "RLIKE", "IN": return upper
      case "NOT" where takeWord("in"): return "NOT IN"
      case "IS":
        let not = takeWord("not")
        if takeWord("null") { return not ? "IS NOT NULL" : "IS NULL" }
      default: break
      }
      throw .malformed("Invalid clause(s) in filter string: '\(name) \(word)'")
    default: throw .malformed("Invalid clause(s) in filter string: '\(name)'")
    }
  }

  private mutating func test(_ field: TraceField, _ sign: String) throws(SearchFailure)
    -> SearchTest
  {
    let value: Value =
      switch sign {
      case "IS NULL", "IS NOT NULL": .none
      case "IN", "NOT IN":
        .list(
          try list(
            item:
              "While parsing a list in the query, expected string value, punctuation, or whitespace,"
              + " but got different type in list", end: "Invalid filter: a list is never closed"))
      default: try value()
      }
    try field.check(sign, value)
    switch (sign, value) {
    case ("IS NULL", _): return .isNull(not: false)
    case ("IS NOT NULL", _): return .isNull(not: true)
    case ("IN", .list(let texts)): return .isIn(texts, not: false)
    case ("NOT IN", .list(let texts)): return .isIn(texts, not: true)
    case ("LIKE", .text(let text)), ("ILIKE", .text(let text)):
      return try like(text, sensitive: sign == "LIKE")
    case ("RLIKE", .text(let text)): return .pattern(text)
    case (_, .number(_, let number)): return .number(sign, number)
    case (_, .text(let text)): return .text(sign, text)
    default: throw .malformed("Invalid clause(s) in filter string: '\(field.name) \(sign)'")
    }
  }

  enum Value {
    case none
    case text(String)
    case number(String, Double)
    case word(String)
    case list([String])
  }

  private mutating func value() throws(SearchFailure) -> Value {
    switch tokens.popFirst() {
    case .text(let text), .quoted(let text): return .text(text)
    case .number(let text): return .number(text, Double(text) ?? .nan)
    case .name(let word): return .word(word)
    case .open:
      tokens = tokens.prefix(0)
      return .list([])
    case let other:
      throw .malformed("Invalid clause(s) in filter string: '\(other?.shown ?? "")'")
    }
  }
}

/// What stands before a comparison in a filter over traces.
struct TraceField {
  enum Kind: String {
    case attribute, tag, span, feedback, expectation, issue
    case metadata = "request_metadata"
  }

  let kind: Kind
  let name: String
  private let isExtended: Bool

  private static let kinds: [String: Kind] = [
    "attribute": .attribute, "attributes": .attribute, "trace": .attribute, "tag": .tag,
    "tags": .tag, "request_metadata": .metadata, "metadata": .metadata, "span": .span,
    "feedback": .feedback, "expectation": .expectation, "issue": .issue,
  ]
  private static let numbers: Set = [
    "timestamp_ms", "timestamp", "execution_time_ms", "execution_time", "end_time_ms", "end_time",
  ]
  private static let attributes: Set = [
    "request_id", "status", "client_request_id", "name", "run_id", "prompt", "text",
  ]
  /// Beyond MLflow.
  private static let extendedNumbers: Set = [
    "input_tokens", "output_tokens", "total_tokens", "input_cost", "output_cost", "total_cost",
    "spans",
  ]
  private static let ordered: Set = [
    "experiment_id", "status", "request_id", "name", "run_id",
  ]

  init(_ text: String, isExtended: Bool, forOrder: Bool = false) throws(SearchFailure) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    name = parts.last ?? ""
    self.isExtended = isExtended
    let family = parts.count == 2 ? parts[0] : "attribute"
    guard let kind = TraceField.kinds[family] else {
      throw .malformed(
        "Invalid entity type '\(family)'. Valid values are \(PythonSet.text(TraceField.kinds.keys))"
      )
    }
    self.kind = kind
    let known = TraceField.numbers.union(forOrder ? TraceField.ordered : TraceField.attributes)
      .union(isExtended ? TraceField.extendedNumbers.union(["experiment", "state"]) : [])
    guard kind != .attribute || known.contains(name) else {
      throw .malformed(
        "Invalid attribute key '\(name)' specified. Valid keys are '\(known.sorted())'")
    }
  }

  private var isNumeric: Bool {
    kind == .attribute
      && (TraceField.numbers.contains(name) || TraceField.extendedNumbers.contains(name))
  }

  /// MLflow knows some under two names, and keeps some elsewhere.
  var replaced: SearchField {
    switch (kind, name.lowercased()) {
    case (.span, _): return .span(name)
    case (.feedback, _), (.expectation, _): return .assessment(kind: kind.rawValue, name: name)
    case (.issue, _): return .issue
    case (_, "name"): return .attribute("name")
    case (_, "run_id"): return .metadata("mlflow.sourceRun")
    case (_, "prompt"): return .tag("mlflow.linkedPrompts")
    case (_, "text"): return .span("content")
    case (.tag, _): return .tag(name)
    case (.metadata, _): return .metadata(name)
    case (.attribute, "timestamp"): return .attribute("timestamp_ms")
    case (.attribute, "execution_time"): return .attribute("execution_time_ms")
    case (.attribute, "end_time"): return .attribute("end_time_ms")
    case (.attribute, _): return .attribute(name)
    }
  }

  /// What MLflow admits after it.
  func check(_ sign: String, _ value: TraceSearchParser.Value) throws(SearchFailure) {
    try checkValue(sign, value)
    switch replaced {
    case .attribute where isNumeric: try admit(sign, TraceField.numberSigns)
    case .attribute: try admit(sign, TraceField.textSigns)
    case .tag("mlflow.linkedPrompts"):
      guard sign == "=" else {
        throw .malformed(
          "Invalid comparator '\(sign)' for prompts filter. Only '=' is supported with format:"
            + " prompt = \"name/version\"")
      }
      guard case .text(let text) = value, text.filter({ $0 == "/" }).count == 1 else {
        var told = value.shown
        if case .text(let text) = value { told = text }
        throw .malformed(
          "Invalid prompts filter value '\(told)'. Expected format: prompt = \"name/version\"")
      }
    case .tag, .metadata: try admit(sign, TraceField.registerSigns)
    case .span(let key): try checkSpan(key, sign)
    case .assessment:
      guard !name.isEmpty else { throw .malformed("Assessment field name cannot be empty") }
      try admit(sign, TraceField.assessmentSigns, what: "assessment.\(name) comparator")
    case .issue:
      guard name == "id" else {
        throw .malformed("Invalid issue attribute '\(name)'. Supported attributes: id")
      }
      try admit(sign, ["="], what: "issue.\(name) comparator")
    default: break
    }
  }

  private func checkSpan(_ key: String, _ sign: String) throws(SearchFailure) {
    if key.hasPrefix("attributes.") {
      guard key.utf8.count > 11 else {
        throw .malformed("Span attribute name cannot be empty after 'attributes.'")
      }
      try admit(sign, TraceField.textSigns, what: "span.\(key) comparator")
    } else if ["name", "type", "status"].contains(key) {
      try admit(sign, TraceField.textSigns, what: "span.\(key) comparator")
    } else if key == "content" {
      try admit(sign, ["ILIKE", "LIKE"], what: "span.\(key) comparator")
    } else {
      throw .malformed(
        "Invalid span attribute '\(key)'. Supported attributes: name, status, type,"
          + " attributes.<attribute_name>.")
    }
  }

  private func checkValue(_ sign: String, _ value: TraceSearchParser.Value) throws(SearchFailure) {
    switch (kind, value) {
    case (_, .none): return
    case (.feedback, _), (.expectation, _):
      let wantsNumber = ["<", "<=", ">", ">="].contains(sign)
      switch value {
      case .text where !wantsNumber, .number where wantsNumber: return
      default:
        throw .malformed(
          wantsNumber
            ? "Expected a numeric value for \(kind.rawValue) when using comparator '\(sign)'."
              + " Got value \(value.shown)"
            : "Expected a quoted string value for \(kind.rawValue) (e.g. 'my-value'). Got value"
              + " \(value.shown)")
      }
    case (.attribute, .list):
      guard ["name", "status", "request_id", "run_id", "client_request_id"].contains(name) else {
        throw .malformed(
          "Only attributes in ['client_request_id', 'name', 'request_id', 'run_id', 'status']"
            + " supports comparison with a list of quoted string values.")
      }
    case (.attribute, .number):
      guard isNumeric else {
        throw .malformed(
          "Only the '\(PythonSet.text(TraceField.numbers))' attributes support comparison with numeric"
            + " values.")
      }
    case (.attribute, .text):
      guard !isNumeric else {
        throw .malformed("Expected a numeric value for '\(name)'. Got value \(value.shown)")
      }
    case (_, .word(let word)):
      throw .malformed(
        "Parameter value is either not quoted or unidentified quote types used for string value"
          + " \(word). Use either single or double quotes.")
    case (.tag, .list), (.span, .list), (_, .text): return
    default:
      throw .malformed(
        "Expected a quoted string value for \(kind.rawValue) (e.g. 'my-value'). Got value"
          + " \(value.shown)")
    }
  }

  private func admit(
    _ sign: String, _ signs: Set<String>, what: String = "Invalid comparator"
  ) throws(SearchFailure) {
    guard signs.contains(sign) else {
      throw .malformed("\(what) '\(sign)' not one of '\(PythonSet.text(signs))'")
    }
  }

  private static let numberSigns: Set = ["=", "!=", "<", "<=", ">", ">="]
  private static let textSigns: Set = ["!=", "=", "IN", "NOT IN", "LIKE", "ILIKE", "RLIKE"]
  private static let registerSigns: Set = [
    "!=", "=", "LIKE", "ILIKE", "RLIKE", "IS NULL", "IS NOT NULL",
  ]
  private static let assessmentSigns: Set = [
    "!=", "=", ">", ">=", "<", "<=", "LIKE", "ILIKE", "RLIKE", "IS NULL", "IS NOT NULL",
  ]
}

extension TraceSearchParser.Value {
  fileprivate var shown: String {
    switch self {
    case .none: ""
    case .text(let text): "'\(text)'"
    case .number(let text, _), .word(let text): text
    case .list(let texts): "(" + texts.map { "'\($0)'" }.joined(separator: ", ") + ")"
    }
  }
}

extension SearchToken {
  /// As it stood in the filter, more or less.
  fileprivate var shown: String {
    switch self {
    case .name(let text), .number(let text), .comparison(let text): text
    case .text(let text): "'\(text)'"
    case .quoted(let text): "\"\(text)\""
    case .open: "("
    case .close: ")"
    case .comma: ","
    }
  }
}

/// A set of texts as Python prints one; ours in order.
private enum PythonSet {
  static func text(_ texts: some Sequence<String>) -> String {
    "{" + texts.sorted().map { "'\($0)'" }.joined(separator: ", ") + "}"
  }
}
