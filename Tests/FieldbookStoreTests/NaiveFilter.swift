import FieldbookModel
import FieldbookTestSupport

/// MLflow's rules, as plainly as they can be said: what the SQL is compared with.
indirect enum NaiveFilter {
  case and([NaiveFilter])
  case or([NaiveFilter])
  case number(NaiveField, String, Double)
  case text(NaiveField, NaiveTest)

  func matches(_ run: Run) -> Bool {
    switch self {
    case .and(let parts): parts.allSatisfy { $0.matches(run) }
    case .or(let parts): parts.contains { $0.matches(run) }
    case .number(let field, let sign, let bound):
      field.number(run).map { NaiveFilter.compare($0, sign, bound) } ?? false
    case .text(let field, let test): test.matches(field.text(run))
    }
  }

  private static func compare(_ value: Double, _ sign: String, _ bound: Double) -> Bool {
    switch sign {
    case "=": value == bound
    case "!=": value != bound
    case "<": value < bound
    case "<=": value <= bound
    case ">": value > bound
    default: value >= bound
    }
  }
}

enum NaiveField {
  case metric(String)
  case parameter(String)
  case tag(String)
  case attribute(String)

  func number(_ run: Run) -> Double? {
    switch self {
    case .metric(let key): run.metrics[key]?.last.value
    case .attribute("start_time"): Double(run.startTime.milliseconds)
    case .attribute("end_time"): (run.state.endTime?.milliseconds).map(Double.init)
    default: nil
    }
  }

  func text(_ run: Run) -> String? {
    switch self {
    case .parameter(let key): run.parameters[key]
    case .tag(let key): run.tags[key]
    case .attribute("run_name"): run.name
    case .attribute("run_id"): run.id.hex
    case .attribute("status"): run.state.status.rawValue
    case .attribute("user_id"): run.user
    default: nil
    }
  }
}

enum NaiveTest {
  case equal(String)
  case notEqual(String)
  case like(String)
  case ilike(String)
  case isIn([String])
  case notIn([String])
  case null
  case notNull

  /// A run that lacks the key matches nothing but IS NULL.
  func matches(_ value: String?) -> Bool {
    guard let value else { if case .null = self { return true } else { return false } }
    return switch self {
    case .equal(let text): same(value, text)
    case .notEqual(let text): !same(value, text)
    case .like(let pattern): NaiveTest.like(value, pattern, \.self)
    case .ilike(let pattern): NaiveTest.like(value, pattern, \.asciiLowercase)
    case .isIn(let list): list.contains { same(value, $0) }
    case .notIn(let list): !list.contains { same(value, $0) }
    case .null: false
    case .notNull: true
    }
  }

  /// By bytes: é and e with an accent are two values.
  private func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

  private static func like(
    _ value: String, _ pattern: String, _ fold: (Unicode.Scalar) -> Unicode.Scalar
  ) -> Bool {
    func matches(_ value: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool
    {
      guard let first = pattern.first else { return value.isEmpty }
      let rest = pattern.dropFirst()
      if first == "%" {
        return (value.startIndex...value.endIndex).contains { matches(value[$0...], rest) }
      }
      guard let head = value.first, first == "_" || fold(head) == fold(first) else { return false }
      return matches(value.dropFirst(), rest)
    }
    return matches(Array(value.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
  }
}

extension Unicode.Scalar {
  /// SQLite folds no other letters.
  fileprivate var asciiLowercase: Unicode.Scalar {
    ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) + 32) : self
  }
}
