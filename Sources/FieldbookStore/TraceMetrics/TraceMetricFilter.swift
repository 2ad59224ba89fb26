/// One comparison that narrows a measure of traces: `trace.status = 'OK'`, `span.name = 'x'`. Source: MLflow 3.17,
/// `SearchTraceMetricsUtils`, whose texts the errors have.
struct TraceMetricFilter: Equatable {
  enum Subject: Equatable {
    case traceStatus
    case traceTag(String)
    case traceMetadata(String)
    case spanName, spanStatus, spanType
    case assessmentName, assessmentType

    var view: TraceMetricQuery.View {
      switch self {
      case .traceStatus, .traceTag, .traceMetadata: .traces
      case .spanName, .spanStatus, .spanType: .spans
      case .assessmentName, .assessmentType: .assessments
      }
    }
  }

  let subject: Subject
  let value: String

  init(_ text: String, of view: TraceMetricQuery.View) throws(SearchFailure) {
    var tokens = try SearchToken.scan(text)[...]
    guard !tokens.isEmpty else {
      throw .malformed("Invalid filter: '\(text)'. Expected one filter clause.")
    }
    guard tokens.count >= 3, let name = tokens.removeFirst().name,
      let sign = TraceMetricFilter.comparator(tokens.removeFirst())
    else { throw .malformed("Invalid clause(s) in filter string: \(text)") }
    let right = tokens.removeFirst()
    guard tokens.isEmpty else {
      let rest = tokens.first?.name.map { $0 } ?? text
      throw .malformed("Invalid clause(s) in filter string: \(rest)")
    }
    subject = try TraceMetricFilter.subject(name)
    guard sign == "=" else {
      throw .malformed("Invalid comparator: '\(sign)', only '=' operator is supported")
    }
    value = try TraceMetricFilter.value(right, name)
    guard subject.view == .traces || subject.view == view else {
      let word = subject.view == .spans ? "span" : "assessment"
      throw .malformed(
        "Filtering by \(word) is only supported for \(subject.view.rawValue) view type, got"
          + " \(view.rawValue)")
    }
  }

  private static func comparator(_ token: SearchToken) -> String? {
    switch token {
    case .comparison(let sign): sign
    case .name(let word) where ["LIKE", "ILIKE", "RLIKE"].contains(word.uppercased()): word
    default: nil
    }
  }

  private static func value(_ token: SearchToken, _ name: String) throws(SearchFailure) -> String {
    if let text = token.text { return text }
    switch token {
    case .name(let word):
      throw .malformed(
        "Parameter value is either not quoted or unidentified quote types used for string value"
          + " \(word). Use either single or double quotes.")
    case .number(let number):
      throw .malformed(
        "Expected a quoted string value for \(name.split(separator: ".")[1]) value (e.g."
          + " 'my-value'). Got value \(number)")
    default: throw .malformed("Invalid clause(s) in filter string: \(name)")
    }
  }

  private static func subject(_ name: String) throws(SearchFailure) -> Subject {
    let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count > 1 else {
      throw .malformed(
        "Invalid identifier '\(name)'. Columns should be specified as 'trace.<key>', 'span.<key>',"
          + " 'assessment.<key>'.")
    }
    let (view, entity, key) = (parts[0], parts[1], parts.count > 2 ? parts[2] : nil)
    guard let known = entities[view] else {
      throw .malformed(
        "Invalid view type '\(view)'. Valid values are dict_keys(['trace', 'span', 'assessment'])")
    }
    guard known.contains(entity) else {
      throw .malformed(
        "Invalid entity '\(entity)' specified for view type '\(view)'. Valid entities are ["
          + known.map { "'\($0)'" }.joined(separator: ", ") + "]")
    }
    let wantsKey = entity == "tag" || entity == "metadata"
    guard wantsKey == (key != nil) else {
      throw .malformed(
        wantsKey
          ? "Filtering by \(entity) requires a key, e.g. '\(view).\(entity).<key> = <value>'"
          : "Filtering by \(entity) does not require a key, use '\(view).\(entity)' instead")
    }
    switch (view, entity) {
    case ("trace", "tag"): return .traceTag(key ?? "")
    case ("trace", "metadata"): return .traceMetadata(key ?? "")
    case ("trace", _): return .traceStatus
    case ("span", "name"): return .spanName
    case ("span", "status"): return .spanStatus
    case ("span", _): return .spanType
    case (_, "name"): return .assessmentName
    default: return .assessmentType
    }
  }

  private static let entities = [
    "trace": ["status", "tag", "metadata"], "span": ["name", "status", "type"],
    "assessment": ["name", "type"],
  ]
}
