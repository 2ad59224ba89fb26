/// A filter, read.
indirect enum SearchExpression: Equatable {
  case all
  case and([SearchExpression])
  case or([SearchExpression])
  case compare(SearchField, SearchTest)

  /// 0 for a comparison.
  var depth: Int {
    switch self {
    case .and(let parts), .or(let parts): 1 + (parts.lazy.map(\.depth).max() ?? 0)
    case .all, .compare: 0
    }
  }
}

enum SearchField: Equatable {
  case metric(String)
  case parameter(String)
  case tag(String)
  case attribute(String)
  case dataset(String)
  /// Of traces.
  case metadata(String)
  /// `name`, `type`, `status`, `content` or `attributes.K`, of any of its spans.
  case span(String)
  case assessment(kind: String, name: String)
  case issue
}

enum SearchTest: Equatable {
  case number(String, Double)
  case text(String, String)
  case like(String, sensitive: Bool)
  /// A regular expression, found anywhere.
  case pattern(String)
  case isIn([String], not: Bool)
  case isNull(not: Bool)
}

/// Filters over all but traces.
struct SearchParser: FilterGrammar {
  var tokens: ArraySlice<SearchToken>
  var depth = 0
  let isExtended: Bool
  private let subject: SearchSubject

  var wordOr: String { subject == .runs ? "'OR'" : "OR" }

  static func parse(_ filter: String, subject: SearchSubject, isExtended: Bool)
    throws(SearchFailure) -> SearchExpression
  {
    var parser = SearchParser(
      tokens: try tokens(of: filter, isExtended: isExtended), isExtended: isExtended,
      subject: subject)
    return try parser.whole()
  }

  private init(tokens: ArraySlice<SearchToken>, isExtended: Bool, subject: SearchSubject) {
    self.tokens = tokens
    self.isExtended = isExtended
    self.subject = subject
  }

  func refusal(ofRest token: SearchToken) -> String {
    "Invalid clause(s) in filter string: something follows that does not belong"
  }

  mutating func comparison() throws(SearchFailure) -> SearchExpression {
    if tokens.first == .open {
      throw .malformed("Invalid clause(s) in filter string: parentheses are not supported")
    }
    guard let name = tokens.popFirst()?.name else {
      throw .malformed("Invalid clause(s) in filter string: a comparison begins with a key")
    }
    let field = try SearchField.named(name, subject: subject)
    if case .attribute(let attribute) = field, subject.unfiltered.contains(attribute) {
      throw .malformed("Invalid attribute key '\(attribute)' specified")
    }
    let test = try test(field, name)
    try checkIDs(field, test)
    return .compare(field, test)
  }

  /// Experiments are known by whole numbers, versions too.
  private func checkIDs(_ field: SearchField, _ test: SearchTest) throws(SearchFailure) {
    switch (field, test) {
    case (.attribute("experiment_id"), .text(_, let text)) where subject == .experiments:
      try SearchParser.checkID(text)
    case (.attribute("experiment_id"), .isIn(let texts, _)) where subject == .experiments:
      for text in texts { try SearchParser.checkID(text) }
    case (.attribute("version_number"), .number(_, let number))
    where number != number.rounded():
      throw .malformed("Invalid value for numeric attribute 'version_number': \(number)")
    default: break
    }
  }

  private static func checkID(_ text: String) throws(SearchFailure) {
    guard Int64(text) == nil else { return }
    throw .malformed("Invalid experiment ID '\(text)'. Experiment ID must be a valid integer.")
  }

  private mutating func test(_ field: SearchField, _ name: String) throws(SearchFailure)
    -> SearchTest
  {
    switch tokens.popFirst() {
    case .comparison(let sign): return try comparison(field, name, sign)
    case .name(let word):
      switch word.lowercased() {
      case "like", "ilike":
        guard !field.isNumeric, let pattern = tokens.popFirst()?.text else {
          throw .malformed(
            "Expected a quoted string value for '\(name)' after \(word.uppercased())")
        }
        return try like(asRecorded(pattern, field), sensitive: word.lowercased() == "like")
      case "is":
        let not = takeWord("not")
        guard takeWord("null") else {
          throw .malformed("Invalid clause(s) in filter string: IS wants NULL or NOT NULL")
        }
        guard isExtended ? !field.isNumeric : field.canBeNull else {
          throw .malformed(
            "IS NULL / IS NOT NULL is only supported for tags and params, not for \(field.pair)")
        }
        return .isNull(not: not)
      case "in": return .isIn(try list(field, name), not: false)
      case "not":
        guard takeWord("in") else {
          throw .malformed("Invalid clause(s) in filter string: NOT stands only before IN")
        }
        return .isIn(try list(field, name), not: true)
      default: throw .malformed("Invalid comparison operator '\(word)' in filter")
      }
    default:
      throw .malformed(
        "Invalid clause(s) in filter string: '\(name)' is not compared with anything")
    }
  }

  private mutating func comparison(_ field: SearchField, _ name: String, _ sign: String)
    throws(SearchFailure) -> SearchTest
  {
    switch tokens.popFirst() {
    case .number(let text):
      guard field.isNumeric, let value = Double(text) else {
        throw .malformed(field.wantsText(text))
      }
      return .number(sign, value)
    case .text(let text), .quoted(let text):
      guard !field.isNumeric else {
        throw .malformed(field.wantsNumber(name, "'\(text)'"))
      }
      guard sign == "=" || sign == "!=" else {
        throw .malformed("Invalid comparator '\(sign)' for '\(name)': use = != LIKE ILIKE")
      }
      return .text(sign, asRecorded(text, field))
    case .name(let word) where field.isNumeric && !isExtended:
      throw .malformed(field.wantsNumber(name, word))
    case .name(let word)
    where field.isNumeric && ["nan", "inf", "infinity"].contains(word.lowercased()):
      return .number(sign, word.lowercased() == "nan" ? .nan : .infinity)
    case .name(let word) where !field.isNumeric:
      throw .malformed(
        "Parameter value is either not quoted or unidentified quote types used for string value"
          + " \(word). Use either single or double quotes.")
    default:
      throw .malformed(
        field.isNumeric
          ? "Expected numeric value type for '\(name)'"
          : "Expected a quoted string value for '\(name)'")
    }
  }

  private mutating func list(_ field: SearchField, _ name: String) throws(SearchFailure)
    -> [String]
  {
    if case .attribute(let attribute) = field, !subject.listed.contains(attribute), !isExtended {
      let only = subject.listed.map { "'\($0)'" }.joined(separator: ", ")
      throw .malformed(
        "Only [\(only)] attributes support comparison with a list of quoted string values.")
    }
    let list = try list(
      item: "Expected quoted string values in the list for '\(name)'",
      end: "The list for '\(name)' is never closed")
    let told = "(" + list.map { "'\($0)'" }.joined(separator: ", ") + ")"
    if field.isNumeric { throw .malformed(field.wantsNumber(name, told)) }
    if !isExtended, field.canBeNull { throw .malformed(field.wantsText(told)) }
    return list.map { asRecorded($0, field) }
  }

  /// A run's status is shown in small letters, and recorded in capitals.
  private func asRecorded(_ text: String, _ field: SearchField) -> String {
    isExtended && subject == .runs && field == .attribute("status") ? text.uppercased() : text
  }
}

extension SearchField {
  var isNumeric: Bool {
    switch self {
    case .metric: true
    case .attribute(let name):
      [
        "start_time", "end_time", "creation_time", "last_update_time", "last_updated_timestamp",
        "version_number",
      ]
      .contains(name)
    default: false
    }
  }

  /// As MLflow names its kind, and its key.
  fileprivate var pair: String {
    switch self {
    case .metric(let key): "'metric' '\(key)'"
    case .parameter(let key): "'parameter' '\(key)'"
    case .tag(let key): "'tag' '\(key)'"
    case .attribute(let key): "'attribute' '\(key)'"
    case .dataset(let key): "'dataset' '\(key)'"
    case .metadata(let key): "'request_metadata' '\(key)'"
    case .span(let key): "'span' '\(key)'"
    case .assessment(let kind, let name): "'\(kind)' '\(name)'"
    case .issue: "'issue' 'id'"
    }
  }

  fileprivate var canBeNull: Bool {
    switch self {
    case .parameter, .tag: true
    case .metric, .attribute, .dataset, .metadata, .span, .assessment, .issue: false
    }
  }

  /// What MLflow says where a text belongs.
  fileprivate func wantsText(_ found: String) -> String {
    switch self {
    case .parameter:
      "Expected a quoted string value for parameter (e.g. 'my-value'). Got value \(found)"
    case .tag: "Expected a quoted string value for tag (e.g. 'my-value'). Got value \(found)"
    default: "Expected a quoted string value for attributes. Got value \(found)"
    }
  }

  /// And where a number does.
  fileprivate func wantsNumber(_ name: String, _ found: String) -> String {
    if case .metric = self { return "Expected numeric value type for metric. Found \(found)" }
    if case .attribute("version_number") = self {
      return "Invalid value for numeric attribute 'version_number': \(found)"
    }
    let plain = name.split(separator: ".", maxSplits: 1).last.map(String.init) ?? name
    return "Expected numeric value type for numeric attribute: \(plain). Found \(found)"
  }

  /// Splits on the first dot only; names without a family are attributes.
  static func named(_ name: String, subject: SearchSubject) throws(SearchFailure) -> SearchField {
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    if parts.count == 2 {
      switch (parts[0], subject) {
      case ("metrics", .runs), ("metric", .runs): return .metric(parts[1])
      case ("params", .runs), ("param", .runs), ("parameters", .runs), ("parameter", .runs):
        return .parameter(parts[1])
      case ("tags", _), ("tag", _):
        return parts[1] == "mlflow.runName" && subject == .runs
          ? .attribute("run_name") : .tag(parts[1])
      case ("dataset", .runs), ("datasets", .runs):
        guard ["name", "digest", "context"].contains(parts[1]) else {
          throw .malformed("Invalid dataset key '\(parts[1])' specified")
        }
        return .dataset(parts[1])
      case ("attribute", _), ("run", .runs): return try attribute(parts[1], subject)
      case ("attributes", .runs), ("attr", .runs):
        return try attribute(parts[1], subject)
      default: break
      }
      let valid =
        switch subject {
        case .runs: ". Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']"
        case .experiments, .models, .versions, .traces:
          ". Valid entity types are ('attribute', 'tag', 'tags')"
        }
      throw .malformed("Invalid entity type '\(parts[0])'" + valid)
    }
    return try attribute(name, subject)
  }

  private static func attribute(_ name: String, _ subject: SearchSubject) throws(SearchFailure)
    -> SearchField
  {
    let aliases = [
      "created": "start_time", "Created": "start_time", "run name": "run_name",
      "Run name": "run_name",
      "name": subject == .runs ? "run_name" : "name", "run id": "run_id",
    ]
    let plain = aliases[name] ?? name
    guard SearchCompiler.columns(subject)[plain] != nil else { throw .unknownAttribute(name) }
    return .attribute(plain)
  }
}
