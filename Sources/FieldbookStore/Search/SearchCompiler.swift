import FieldbookModel
import Foundation
import GRDB

/// Turns a filter and an order into SQL with bound values.
struct SearchCompiler {
  let subject: SearchSubject
  private(set) var arguments: [(any DatabaseValueConvertible)?] = []

  init(_ subject: SearchSubject) { self.subject = subject }

  /// A run's key as its 32 digits.
  static let key = "(SELECT lower(hex(n.key)) FROM entity n WHERE n.id = t.id)"

  /// The number of a field that is bound by its name. SQLite looks it up once, since it depends on no row.
  private static let field = "(SELECT id FROM field WHERE name = ?)"

  static func table(_ subject: SearchSubject) -> String {
    switch subject {
    case .runs: "run"
    case .experiments: "experiment"
    case .models: "model"
    case .versions: "version"
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
        "name": "(SELECT shown_name FROM model m WHERE m.id = t.model)", "run_id": "t.run",
        "source_path": "t.source", "version_number": "coalesce(t.number, t.provisional)",
        "creation_timestamp": "t.created_time", "last_updated_timestamp": "t.updated_time",
      ]
    }
  }

  mutating func condition(_ expression: SearchExpression) -> String {
    switch expression {
    case .all: return "1"
    case .and(let parts): return joined(parts, by: " AND ")
    case .or(let parts): return joined(parts, by: " OR ")
    case .compare(let field, let test): return compare(field, test)
    }
  }

  /// In groups, since SQLite refuses expressions deeper than 1000; the deepest part first, since its parser keeps
  /// what stands before an open parenthesis on a stack of 100.
  private mutating func joined(_ parts: [SearchExpression], by word: String) -> String {
    var terms = parts.sorted { $0.depth > $1.depth }.map { condition($0) }
    while terms.count > 1 {
      terms = stride(from: 0, to: terms.count, by: 32).map { start in
        "(" + terms[start..<min(start + 32, terms.count)].joined(separator: word) + ")"
      }
    }
    return terms[0]
  }

  private mutating func compare(_ field: SearchField, _ test: SearchTest) -> String {
    switch field {
    case .attribute(let name):
      if subject == .runs, name == "run_id", let condition = isRun(test) { return condition }
      return matches(SearchCompiler.columns(subject)[name] ?? "NULL", test, missing: true)
    case .metric(let key):
      arguments.append("metrics." + key)
      let series =
        "EXISTS (SELECT 1 FROM series s WHERE s.run = t.id AND s.key = \(SearchCompiler.field) AND "
      guard case .number(let sign, let value) = test else { return "0" }
      // NULL is NaN: it matches only '!='.
      if value.isNaN { return series + (sign == "!=" ? "1)" : "0)") }
      arguments.append(value)
      return series
        + (sign == "!="
          ? "(s.last_value IS NULL OR s.last_value <> ?))" : "s.last_value \(sign) ?)")
    case .parameter(let key): return register("params." + key, test)
    case .tag(let key): return register("tags." + key, test)
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

  private mutating func register(_ name: String, _ test: SearchTest) -> String {
    arguments.append(name)
    let base =
      "EXISTS (SELECT 1 FROM register r WHERE r.entity = t.id AND r.field = \(SearchCompiler.field) AND r.value IS NOT NULL"
    if case .isNull(let not) = test { return not ? base + ")" : "NOT " + base + ")" }
    return base + " AND " + matches("r.value", test, missing: false) + ")"
  }

  private mutating func matches(_ column: String, _ test: SearchTest, missing: Bool) -> String {
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
  mutating func order(_ clauses: [String]) throws(SearchFailure) -> String {
    var parts: [String] = []
    for clause in clauses {
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
      switch try SearchField.named(name, subject: subject) {
      case .attribute(let attribute):
        let column = SearchCompiler.columns(subject)[attribute] ?? "NULL"
        parts += ["\(column) IS NULL", "\(column) \(direction)"]
      case .metric(let key):
        let series = "FROM series s WHERE s.run = t.id AND s.key = \(SearchCompiler.field))"
        arguments += ["metrics." + key, "metrics." + key]
        parts += [
          "coalesce((SELECT s.last_value IS NULL \(series), 2)",
          "(SELECT s.last_value \(series) \(direction)",
        ]
      case .parameter(let key): try ordered(by: "params." + key, direction, &parts)
      case .tag(let key):
        guard subject != .experiments else { throw .malformed("Invalid order_by entity: tag") }
        try ordered(by: "tags." + key, direction, &parts)
      case .dataset: throw .malformed("Invalid order_by: runs cannot be ordered by their datasets")
      }
    }
    switch subject {
    case .runs: parts += ["t.start_time DESC", "(SELECT n.key FROM entity n WHERE n.id = t.id)"]
    case .experiments:
      parts += clauses.isEmpty ? ["t.created_time DESC", "t.key"] : ["t.decimal", "t.key"]
    case .models: parts += ["t.shown_name ASC", "t.key"]
    case .versions:
      parts += [
        "t.updated_time DESC", "(SELECT shown_name FROM model m WHERE m.id = t.model) ASC",
        "coalesce(t.number, t.provisional) DESC", "t.key",
      ]
    }
    return parts.joined(separator: ", ")
  }

  private mutating func ordered(by name: String, _ direction: String, _ parts: inout [String])
    throws(SearchFailure)
  {
    let value =
      "(SELECT r.value FROM register r WHERE r.entity = t.id AND r.field = \(SearchCompiler.field))"
    arguments += [name, name]
    parts += ["\(value) IS NULL", "\(value) \(direction)"]
  }

  mutating func bind(_ value: (any DatabaseValueConvertible)?) { arguments.append(value) }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
