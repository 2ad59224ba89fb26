import FieldbookModel

/// MLflow's filter language as `logged-models/search` knows it: comparisons joined by AND.
///
/// `name = 'model' AND source_run_id = '…' AND metrics.acc > 0.9 AND tags.k LIKE 'x%'`.
package struct LoggedModelFilter: Equatable, Sendable {
  enum Subject: Equatable, Sendable {
    case attribute(String)
    case metric(String)
    case parameter(String)
    case tag(String)
  }

  struct Comparison: Equatable, Sendable {
    var subject: Subject
    var test: Test
  }

  enum Test: Equatable, Sendable {
    case text(TextTest)
    case number(NumberTest, Double)
  }

  enum TextTest: Equatable, Sendable {
    case equal(String)
    case unequal(String)
    case like(String, ignoringCase: Bool)
    case anyOf([String])
    case noneOf([String])
  }

  enum NumberTest: String, Sendable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  private(set) var comparisons: [Comparison]
  private static let byteLimit = 64 * 1024

  package init(_ text: String) throws(MLflowError) {
    guard text.utf8.count <= LoggedModelFilter.byteLimit else {
      throw .invalid(
        "Invalid filter string: it is longer than \(LoggedModelFilter.byteLimit) bytes.")
    }
    var reader = try FilterReader(text)
    comparisons = []
    guard text.isEmpty || !reader.isAtEnd else {
      throw .invalid(
        "Invalid filter string: \(PythonText.repr(text)). Expected a single SQL expression.")
    }
    // MLflow takes no offence at an AND too many.
    while reader.takeWord("AND") {}
    while !reader.isAtEnd {
      comparisons.append(try reader.comparison())
      guard reader.isAtEnd || reader.takeWord("AND") else { throw FilterReader.malformed(text) }
      while reader.takeWord("AND") {}
    }
  }

  /// The name that every match has, if the filter asks for exactly one: lets the query start there.
  var exactName: String? {
    for comparison in comparisons where comparison.subject == .attribute("name") {
      if case .text(.equal(let name)) = comparison.test { return name }
    }
    return nil
  }

  package func matches(_ model: LoggedModel) -> Bool {
    comparisons.allSatisfy { LoggedModelFilter.matches(model, $0) }
  }

  private static func matches(_ model: LoggedModel, _ comparison: Comparison) -> Bool {
    switch comparison.subject {
    case .attribute(let name):
      switch comparison.test {
      case .text(let test): model.text(name).map(test.admits) ?? false
      case .number(let test, let value): model.number(name).map { test.admits($0, value) } ?? false
      }
    case .metric(let key):
      model.metrics.contains { metric in
        guard case .number(let test, let value) = comparison.test else { return false }
        return metric.key == key && test.admits(metric.point.value, value)
      }
    case .parameter(let key): admits(model.parameters[key], comparison.test)
    case .tag(let key): admits(model.tags[key], comparison.test)
    }
  }

  private static func admits(_ value: String?, _ test: Test) -> Bool {
    guard let value, case .text(let test) = test else { return false }
    return test.admits(value)
  }

  static let textAttributes: Set = [
    "name", "model_id", "model_type", "status", "source_run_id", "experiment_id",
    "lifecycle_stage",
  ]
  static let numberAttributes: Set = ["creation_timestamp", "last_updated_timestamp"]
}

extension LoggedModelFilter.TextTest {
  func admits(_ value: String) -> Bool {
    switch self {
    case .equal(let other): value == other
    case .unequal(let other): value != other
    case .like(let pattern, let ignoringCase):
      ignoringCase
        ? LikePattern.matches(value.lowercased(), pattern.lowercased())
        : LikePattern.matches(value, pattern)
    case .anyOf(let others): others.contains(value)
    case .noneOf(let others): !others.contains(value)
    }
  }
}

extension LoggedModelFilter.NumberTest {
  func admits(_ left: Double, _ right: Double) -> Bool {
    switch self {
    case .equal: left == right
    case .unequal: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

extension LoggedModel {
  func text(_ attribute: String) -> String? {
    switch attribute {
    case "name": name
    case "model_id": id.modelText
    case "model_type": modelType
    case "status": status.rawValue
    case "source_run_id": sourceRun?.hex
    case "experiment_id": experiment.decimal
    case "lifecycle_stage": lifecycle.rawValue
    default: nil
    }
  }

  func number(_ attribute: String) -> Double? {
    switch attribute {
    case "creation_timestamp": Double(createdTime.milliseconds)
    case "last_updated_timestamp": Double(lastUpdateTime.milliseconds)
    default: nil
    }
  }
}

/// SQL's LIKE: `%` for any characters, `_` for one.
enum LikePattern {
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let text = Array(text.unicodeScalars)
    let pattern = Array(pattern.unicodeScalars)
    var at = 0
    var want = 0
    // Where the last `%` stood, and how far it had eaten: the only place to go back to.
    var star: (want: Int, at: Int)?
    while at < text.count {
      if want < pattern.count, pattern[want] == "%" {
        star = (want, at)
        want += 1
      } else if want < pattern.count, pattern[want] == "_" || pattern[want] == text[at] {
        at += 1
        want += 1
      } else if let last = star {
        star = (last.want, last.at + 1)
        at = last.at + 1
        want = last.want + 1
      } else {
        return false
      }
    }
    return pattern[want...].allSatisfy { $0 == "%" }
  }
}
