import FieldbookModel
import Foundation
import GRDB

/// Turns a filter and an order into SQL with bound values.
struct SearchCompiler {
  let subject: SearchSubject
  private let ground: SearchGround
  private(set) var arguments: [(any DatabaseValueConvertible)?] = []
  /// Fields that an index would find.
  private(set) var indexable: [IndexedField] = []
  /// A condition is one that few meet, who are found by an index.
  private(set) var isNarrow = false
  /// Within an OR: there nothing narrows the whole.
  private var alternatives = 0

  init(_ subject: SearchSubject, _ ground: SearchGround) {
    self.subject = subject
    self.ground = ground
  }

  /// A run's key as its 32 digits.
  static let key = "(SELECT lower(hex(n.key)) FROM entity n WHERE n.id = t.id)"

  /// No row meets it. A plain 0 would be taken out, and with it the index that a search is told to walk along.
  private static let none = "t.id < 0"

  static func table(_ subject: SearchSubject) -> String {
    switch subject {
    case .runs: "run"
    case .experiments: "experiment"
    case .models: "model"
    case .versions: "version"
    case .traces: "trace"
    }
  }

  /// SQL of each attribute; `t` is the subject's table.
  static func columns(_ subject: SearchSubject) -> [String: String] {
    switch subject {
    case .runs:
      [
        "run_id": key, "run_name": "t.name", "status": "t.status",
        "user_id": "t.user",
        "start_time": "t.start_time", "end_time": "t.end_time",
        "experiment_id": "(SELECT decimal FROM experiment x WHERE x.id = t.experiment)",
        "artifact_uri":
          "('mlflow-artifacts:/' || (SELECT decimal FROM experiment x WHERE x.id = t.experiment) || '/' || \(key) || '/artifacts')",
      ]
    case .experiments:
      [
        "name": "t.shown_name", "experiment_id": "t.decimal", "creation_time": "t.created_time",
        "last_update_time": "t.updated_time",
      ]
    case .models:
      [
        "name": "t.shown_name", "creation_timestamp": "t.created_time",
        "last_updated_timestamp": "t.updated_time",
      ]
    case .versions:
      [
        "name": "(SELECT shown_name FROM model m WHERE m.id = t.model)",
        "run_id": "coalesce(t.run, '')",
        "source_path": "t.source", "version_number": "coalesce(t.number, t.provisional)",
        "creation_timestamp": "t.created_time", "last_updated_timestamp": "t.updated_time",
      ]
    case .traces: traceColumns
    }
  }

  mutating func condition(_ expression: SearchExpression) throws -> String {
    switch expression {
    case .all: return "1"
    case .and(let parts):
      return try subject == .traces
        ? conjunction(ofTraces: parts) : joined(parts, by: " AND ")
    case .or(let parts):
      alternatives += 1
      defer { alternatives -= 1 }
      return try joined(parts, by: " OR ")
    case .compare(let field, let test): return try compare(field, test)
    }
  }

  /// In groups, since SQLite refuses expressions deeper than 1000; the deepest part first, since its parser keeps
  /// what stands before an open parenthesis on a stack of 100.
  mutating func joined(_ parts: [SearchExpression], by word: String) throws -> String {
    var terms = try parts.sorted { $0.depth > $1.depth }.map { try condition($0) }
    while terms.count > 1 {
      terms = stride(from: 0, to: terms.count, by: 32).map { start in
        "(" + terms[start..<min(start + 32, terms.count)].joined(separator: word) + ")"
      }
    }
    return terms[0]
  }

  private mutating func compare(_ field: SearchField, _ test: SearchTest) throws -> String {
    switch field {
    case .attribute(let name):
      if subject == .runs, name == "run_id", let condition = isRun(test) { return condition }
      return matches(SearchCompiler.columns(subject)[name] ?? "NULL", test, missing: true)
    case .metric(let key): return try metric(key, test)
    case .parameter(let key): return try register("params." + key, test)
    case .tag(TraceKey.linkedPrompts) where subject == .traces: return prompt(test)
    case .tag(SearchCompiler.parentTag) where subject == .runs: return try parent(test)
    case .tag(let key): return try register("tags." + key, test)
    case .metadata(let key): return try metadata(key, test)
    case .span(let key): return anySpan([(key, test)])
    case .assessment(let kind, let name): return assessment(kind, name, test)
    case .issue: return issue(test)
    case .dataset(let name):
      let inner = matches("d.\(name)", test, missing: false)
      return "EXISTS (SELECT 1 FROM dataset_use d WHERE d.run = t.id AND \(inner))"
    }
  }

  /// Runs that are named by their keys are found by them; nil for another test.
  private mutating func isRun(_ test: SearchTest) -> String? {
    let named: [String]
    switch test {
    case .text("=", let text): named = [text]
    case .isIn(let values, not: false): named = values
    default: return nil
    }
    let keys = named.compactMap { text in EntityKey(hex: text).flatMap { $0.hex == text ? $0 : nil }
    }
    for key in keys { arguments.append(Data(key.bytes)) }
    let marks = Array(repeating: "?", count: keys.count).joined(separator: ", ")
    return "t.id IN (SELECT id FROM entity WHERE key IN (\(marks)))"
  }

  /// By this tag MLflow's programs say, and ask, which run another belongs to.
  private static let parentTag = "mlflow.parentRunId"

  /// A run that was begun as another's child is found by the tag that it is answered with; where it has the tag, the tag counts.
  private mutating func parent(_ test: SearchTest) throws -> String {
    alternatives += 1
    defer { alternatives -= 1 }
    let name = "tags." + SearchCompiler.parentTag
    let tagged = try register(name, test)
    if test == .isNull(not: false) { return "(\(tagged) AND t.parent IS NULL)" }
    let untagged = try register(name, .isNull(not: false))
    if case .text("=", let text) = test, let key = EntityKey(hex: text), key.hex == text {
      arguments.append(Data(key.bytes))
      return "(\(tagged) OR (\(untagged) AND t.parent = ?))"
    }
    let own = matches(
      "(CASE WHEN t.parent IS NOT NULL THEN lower(hex(t.parent)) END)", test, missing: false)
    return "(\(tagged) OR (\(untagged) AND \(own)))"
  }

  private mutating func metric(_ key: String, _ test: SearchTest) throws -> String {
    guard case .number(let sign, let value) = test,
      let number = try ground.number(of: "metrics." + key)
    else { return SearchCompiler.none }
    let field = IndexedField(number: number, isMetric: true)
    let series = "EXISTS (SELECT 1 FROM series o WHERE o.run = t.id AND \(field.isOfField) AND "
    // NULL is NaN: it matches only '!='.
    if value.isNaN { return series + (sign == "!=" ? "1)" : "0)") }
    if sign == "!=" {
      arguments.append(value)
      return series + "(o.last_value IS NULL OR o.last_value <> ?))"
    }
    return try narrowed(field, "o.last_value \(sign) ?", [value]) { series + $0 + ")" }
  }

  mutating func register(_ name: String, _ test: SearchTest) throws -> String {
    guard let number = try ground.number(of: name) else {
      return test == .isNull(not: false) ? "1" : SearchCompiler.none
    }
    let field = IndexedField(number: number, isMetric: false)
    let base =
      "EXISTS (SELECT 1 FROM register o WHERE o.entity = t.id AND \(field.isOfField)"
    switch test {
    case .isNull(let not): return not ? base + ")" : "NOT " + base + ")"
    case .text("!=", _), .isIn(_, not: true):
      return base + " AND " + matches("o.value", test, missing: false) + ")"
    default:
      var inner = SearchCompiler(subject, ground)
      let condition = inner.matches("o.value", test, missing: false)
      return try narrowed(field, condition, inner.arguments) { base + " AND " + $0 + ")" }
    }
  }

  /// A condition on one field that few meet is where a search begins; another is looked up for each run on the way.
  private mutating func narrowed(
    _ field: IndexedField, _ condition: String, _ values: [(any DatabaseValueConvertible)?],
    looked: (String) -> String
  ) throws -> String {
    arguments += values
    guard subject == .runs else { return looked(condition) }
    indexable.append(field)
    guard ground.isIndexed(field),
      try ground.isRare(field, condition, StatementArguments(values))
    else { return looked(condition) }
    if alternatives == 0 { isNarrow = true }
    return
      "t.id IN (SELECT \(field.run) FROM \(field.source) WHERE \(field.isOfField) AND \(condition))"
  }

  mutating func matches(_ column: String, _ test: SearchTest, missing: Bool) -> String {
    switch test {
    case .number(let sign, let value):
      arguments.append(value)
      return "\(column) \(sign == "!=" ? "<>" : sign) ?"
    case .text(let sign, let text):
      arguments.append(text)
      return "\(column) \(sign == "!=" ? "<>" : sign) ?"
    case .like(let pattern, let sensitive):
      if sensitive {
        arguments.append(SearchCompiler.glob(pattern))
        return "\(column) GLOB ?"
      }
      arguments.append(pattern)
      return "\(column) LIKE ?"
    case .pattern(let pattern):
      arguments.append(pattern)
      return "text_matches(?, \(column))"
    case .isIn(let values, let not):
      for value in values { arguments.append(value) }
      let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
      return "\(column) \(not ? "NOT " : "")IN (\(marks))"
    case .isNull(let not): return "\(column) IS \(not ? "NOT " : "")NULL"
    }
  }

  /// A LIKE pattern as GLOB, which minds case: `%` and `_` become `*` and `?`, GLOB's own signs stand for themselves.
  static func glob(_ pattern: String) -> String {
    pattern.reduce(into: "") { out, character in
      switch character {
      case "%": out += "*"
      case "_": out += "?"
      case "*", "?", "[": out += "[\(character)]"
      default: out.append(character)
      }
    }
  }

  // MARK: Order

  /// Real values, then NaN, then missing, in both directions; ties as the subject has them.
  mutating func order(_ clauses: [String], isExtended: Bool) throws -> SearchOrder {
    var order = SearchOrder()
    if subject == .traces {
      order.terms = try terms(ofTraces: clauses, isExtended: isExtended)
      return order
    }
    for (position, clause) in clauses.enumerated() {
      let (name, direction) = try SearchCompiler.orderWords(clause)
      if isExtended, subject == .runs, name == "duration" {
        order.terms += ["t.end_time IS NULL", "t.end_time - t.start_time \(direction)"]
        continue
      }
      let known: IndexedField?
      switch try SearchField.named(name, subject: subject) {
      case .attribute(let attribute):
        let column = SearchCompiler.columns(subject)[attribute] ?? "NULL"
        order.terms += ["\(column) IS NULL", "\(column) \(direction)"]
        continue
      case .metric(let key): known = try field("metrics." + key, isMetric: true)
      case .parameter(let key):
        known = try field("params." + key, isMetric: false)
        if isExtended, let known {
          order.add(known, direction, isNumeric: true)
          continue
        }
      case .tag(let key):
        guard subject != .experiments else {
          throw SearchFailure.malformed("Invalid order_by entity: tag")
        }
        known = try field("tags." + key, isMetric: false)
      case .dataset, .metadata, .span, .assessment, .issue:
        throw SearchFailure.malformed(
          "Invalid order_by: runs cannot be ordered by their datasets")
      }
      // What nothing has tells nothing apart.
      guard let known else { continue }
      if position == 0, subject == .runs {
        indexable.append(known)
        if ground.isIndexed(known) { order.leading = (known, direction) }
      }
      order.add(known, direction)
    }
    switch subject {
    case .runs:
      order.terms += ["t.start_time DESC", "(SELECT n.key FROM entity n WHERE n.id = t.id)"]
    case .experiments:
      order.terms += clauses.isEmpty ? ["t.created_time DESC", "t.key"] : ["t.decimal", "t.key"]
    case .models: order.terms += ["t.shown_name ASC", "t.key"]
    case .versions:
      if clauses.isEmpty { order.terms.append("t.updated_time DESC") }
      order.terms += [
        "(SELECT shown_name FROM model m WHERE m.id = t.model) ASC",
        "coalesce(t.number, t.provisional) DESC", "t.key",
      ]
    case .traces: break
    }
    return order
  }

  /// The key of a clause, and `ASC` or `DESC`.
  static func orderWords(_ clause: String) throws(SearchFailure) -> (String, String) {
    var words = clause.trimmingSpaces
    var direction = "ASC"
    for suffix in ["ASC", "DESC"] where words.uppercased().hasSuffix(" " + suffix) {
      direction = suffix
      words = String(words.dropLast(suffix.count + 1)).trimmingSpaces
    }
    let tokens = try SearchToken.scan(words)
    guard tokens.count == 1, let name = tokens[0].name else {
      throw .malformed(
        tokens.isEmpty
          ? "Invalid order_by clause '\(clause.prefix(100))'. Could not be parsed."
          : "Invalid ordering key in order_by clause '\(clause.prefix(100))'.")
    }
    return (name, direction)
  }

  mutating func bind(_ value: (any DatabaseValueConvertible)?) { arguments.append(value) }

  private func field(_ name: String, isMetric: Bool) throws -> IndexedField? {
    try ground.number(of: name).map { IndexedField(number: $0, isMetric: isMetric) }
  }

  /// All that is asked of a row.
  mutating func conditions(of search: Search, _ expression: SearchExpression) throws -> String {
    let rule = PromptRule(expression, subject: subject)
    var conditions = [try condition(rule.expression)] + rule.conditions
    if let lifecycle = search.lifecycle {
      conditions.append("t.lifecycle = ?")
      arguments.append(lifecycle.rawValue)
    }
    if subject == .versions {
      conditions.append(
        "EXISTS (SELECT 1 FROM model m WHERE m.id = t.model AND m.lifecycle = 'active')")
    }
    if let experiments = search.experiments {
      let marks = Array(repeating: "?", count: experiments.count).joined(separator: ", ")
      // The sign keeps SQLite from beginning with all runs of an experiment.
      // One, along the index by which its runs and traces have the order of their times: a page ends when it is full.
      let isOne = experiments.count == 1 && (subject == .traces || subject == .runs && !isNarrow)
      conditions.append(
        isOne
          ? "t.experiment = (SELECT id FROM experiment WHERE key IN (\(marks)))"
          : "\(isNarrow ? "+" : "")t.experiment IN (SELECT id FROM experiment WHERE key IN (\(marks)))"
      )
      for experiment in experiments { arguments.append(experiment.hex) }
    }
    return conditions.joined(separator: " AND ")
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
