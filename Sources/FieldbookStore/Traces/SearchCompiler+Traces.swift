import FieldbookModel

/// Filters over traces as SQL; `t` is the table `trace`.
extension SearchCompiler {
  static let traceColumns: [String: String] = [
    "request_id": "t.called", "timestamp_ms": "t.time", "execution_time_ms": "t.duration",
    "end_time_ms": "(t.time + coalesce(t.duration, 0))", "status": "t.state", "state": "t.state",
    "client_request_id": "t.client_request", "name": "t.name",
    "experiment_id":
      "CAST((SELECT decimal FROM experiment x WHERE x.id = t.experiment) AS INTEGER)",
    "experiment": "(SELECT shown_name FROM experiment x WHERE x.id = t.experiment)",
    "input_tokens": "t.input_tokens", "output_tokens": "t.output_tokens",
    "total_tokens": "t.total_tokens", "input_cost": "t.input_cost",
    "output_cost": "t.output_cost", "total_cost": "t.total_cost", "spans": "t.spans",
  ]

  /// What is said of spans in one conjunction is said of one span.
  mutating func conjunction(ofTraces parts: [SearchExpression]) throws -> String {
    var ofSpans: [(String, SearchTest)] = []
    var others: [SearchExpression] = []
    for part in parts {
      if case .compare(.span(let key), let test) = part {
        ofSpans.append((key, test))
      } else {
        others.append(part)
      }
    }
    let rest = others.isEmpty ? [] : [try joined(others, by: " AND ")]
    // Values are bound in the order in which the SQL asks for them.
    let spans = ofSpans.isEmpty ? [] : [anySpan(ofSpans)]
    return "(" + (rest + spans).joined(separator: " AND ") + ")"
  }

  mutating func anySpan(_ tests: [(String, SearchTest)]) -> String {
    let isPlain = { (key: String) in ["name", "type", "status"].contains(key) }
    var conditions = tests.filter { isPlain($0.0) }.map { key, test in
      matches("s.\(key)", test, missing: false)
    }
    let rest = tests.filter { !isPlain($0.0) }
    if !rest.isEmpty { conditions.append(packed(rest)) }
    return "EXISTS (SELECT 1 FROM span s WHERE s.trace = t.id AND "
      + conditions.joined(separator: " AND ") + ")"
  }

  /// What takes reading what a span says: last, and only where the words asked for are in what it lies packed in.
  private mutating func packed(_ tests: [(String, SearchTest)]) -> String {
    let literal = SpanLiteral.best(tests.map(SearchCompiler.literal))
    if let literal {
      bind(String(decoding: literal.bytes, as: UTF8.self))
      bind(literal.folds)
    }
    let conditions = tests.map { key, test in
      key == "content"
        ? matches(SpanFunctions.text, test, missing: false)
        : attribute(String(key.dropFirst("attributes.".count)), test)
    }.joined(separator: " AND ")
    return SpanFunctions.packed(
      literal == nil
        ? conditions : "CASE WHEN span_holds(m.value, ?, ?) THEN \(conditions) ELSE 0 END")
  }

  private static func literal(_ key: String, _ test: SearchTest) -> SpanLiteral? {
    guard key != "content" else {
      switch test {
      case .like(let pattern, let sensitive): return SpanLiteral(pattern, folds: !sensitive)
      case .text("=", let text): return SpanLiteral(text, folds: false)
      default: return nil
      }
    }
    func name(folds: Bool = false) -> SpanLiteral? {
      SpanLiteral(String(key.dropFirst("attributes.".count)), folds: folds)
    }
    switch test {
    case .text("=", let text): return .best([name(), SpanLiteral(text, folds: false)])
    case .text, .isIn: return name()
    case .like(let pattern, let sensitive):
      return .best([name(folds: !sensitive), SpanLiteral(pattern, folds: !sensitive)])
    case .pattern, .number, .isNull: return nil
    }
  }

  /// Attributes are looked for in the JSON of the span, where their values are JSON in texts.
  private mutating func attribute(_ key: String, _ test: SearchTest) -> String {
    let name = SpanValue.text(key).json + ": "
    func whole(_ text: String) -> String { name + SpanValue.text(SpanValue.text(text).json).json }
    let text = SpanFunctions.text
    func isIn(_ texts: [String]) -> String {
      let any = texts.map { one -> String in
        bind(whole(one))
        return "instr(\(text), ?) > 0"
      }
      return "(" + any.joined(separator: " OR ") + ")"
    }
    switch test {
    case .text("=", let value): return isIn([value])
    case .text(_, let value):
      bind(name)
      return "instr(\(text), ?) > 0 AND NOT " + isIn([value])
    case .isIn(let values, let not):
      guard not else { return isIn(values) }
      bind(name)
      return "instr(\(text), ?) > 0 AND NOT " + isIn(values)
    case .like(let pattern, let sensitive):
      return matches(
        text, .like("%" + SpanValue.text(key).json + pattern + "%", sensitive: sensitive),
        missing: false)
    case .pattern(let pattern):
      let isFromStart = pattern.hasPrefix("^")
      let body = isFromStart ? String(pattern.dropFirst()) : pattern
      let isToEnd = body.hasSuffix("$")
      let found = "\"\(key)\": " + (isFromStart ? "\"\\\\\"" : "\"\\\\\".*")
      return matches(
        text, .pattern(found + (isToEnd ? body.dropLast() + "\\\\\"" : body)), missing: false)
    case .number, .isNull: return "0"
    }
  }

  mutating func metadata(_ key: String, _ test: SearchTest) throws -> String {
    switch (key, test) {
    case (TraceKey.session, _): return matches("t.session", test, missing: true)
    case (TraceKey.tokenUsage, _): return matches("t.tokens", test, missing: true)
    case (TraceKey.cost, _): return matches("t.cost", test, missing: true)
    case (TraceKey.sourceRun, .text("=", let run)):
      bind(run)
      bind("links.run/" + run)
      return """
        (t.run = ? OR EXISTS (SELECT 1 FROM register r WHERE r.entity = t.id
          AND r.field = (SELECT id FROM field WHERE name = ?)))
        """
    default: return try register("metadata." + key, test)
    }
  }

  /// A prompt is asked for by name and version.
  mutating func prompt(_ test: SearchTest) -> String {
    guard case .text(_, let prompt) = test else { return "0" }
    bind("links.prompt/" + prompt)
    return """
      EXISTS (SELECT 1 FROM register r WHERE r.entity = t.id
        AND r.field = (SELECT id FROM field WHERE name = ?))
      """
  }

  mutating func assessment(_ kind: String, _ name: String, _ test: SearchTest) -> String {
    bind(kind)
    bind(name)
    let base =
      "EXISTS (SELECT 1 FROM assessment a WHERE a.trace = t.id AND a.valid = 1 AND a.kind = ? AND a.name = ?"
    switch test {
    case .isNull(let not): return (not ? "" : "NOT ") + base + ")"
    case .number(let sign, let number):
      bind(number)
      return base + " AND a.number \(sign) ?)"
    case .text(let sign, let text):
      bind(text)
      bind(SpanValue.text(text).json)
      return base + " AND \(sign == "=" ? "" : "NOT ")(a.value = ? OR a.value = ?))"
    default: return base + " AND " + matches("a.value", test, missing: false) + ")"
    }
  }

  mutating func issue(_ test: SearchTest) -> String {
    guard case .text(_, let name) = test else { return "0" }
    bind(name)
    return
      "EXISTS (SELECT 1 FROM assessment a WHERE a.trace = t.id AND a.kind = 'issue' AND a.name = ?)"
  }

  /// Missing values last in both directions; then the newest first.
  mutating func terms(ofTraces clauses: [String], isExtended: Bool) throws(SearchFailure)
    -> [String]
  {
    var parts: [String] = []
    var seen: [SearchField] = []
    for clause in clauses {
      let (name, direction) = try SearchCompiler.orderWords(clause)
      let field = try TraceField(name, isExtended: isExtended, forOrder: true).replaced
      guard !seen.contains(field) else {
        throw .malformed(
          "`order_by` contains duplicate fields: ["
            + clauses.map { "'\($0)'" }.joined(separator: ", ") + "]")
      }
      seen.append(field)
      switch field {
      case .attribute(let attribute):
        let column = SearchCompiler.traceColumns[attribute] ?? "NULL"
        parts += ["\(column) IS NULL", "\(column) \(direction)"]
      case .tag(let key): ordered(by: "tags." + key, direction, &parts)
      case .metadata(TraceKey.session):
        parts += ["t.session IS NULL", "t.session \(direction)"]
      case .metadata(let key) where key == TraceKey.tokenUsage || key == TraceKey.cost:
        throw .malformed(
          "Ordering by reserved metadata '\(key)' is not supported because it is represented by"
            + " multiple columns.")
      case .metadata(let key): ordered(by: "metadata." + key, direction, &parts)
      case .span: throw .malformed("Invalid identifier type 'span'")
      case .assessment(let kind, _): throw .malformed("Invalid identifier type '\(kind)'")
      default: throw .malformed("Invalid identifier type 'issue'")
      }
    }
    if !seen.contains(.attribute("timestamp_ms")) { parts.append("t.time DESC") }
    if !seen.contains(.attribute("request_id")) { parts.append("t.called") }
    return parts
  }

  private mutating func ordered(by name: String, _ direction: String, _ parts: inout [String]) {
    let value = """
      (SELECT r.value FROM register r WHERE r.entity = t.id
        AND r.field = (SELECT id FROM field WHERE name = ?))
      """
    bind(name)
    bind(name)
    parts += ["\(value) IS NULL", "\(value) \(direction)"]
  }
}
