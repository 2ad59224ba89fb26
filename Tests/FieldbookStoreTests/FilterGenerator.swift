import FieldbookModel
import FieldbookTestSupport

/// Random filters, each with the text that says it.
struct FilterGenerator {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func pick<Element>(_ list: [Element]) -> Element {
    list.randomElement(using: &random)!
  }

  mutating func filter(depth: Int = 3) -> (NaiveFilter, String) {
    if depth == 0 || random.chance(35) { return comparison() }
    let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in filter(depth: depth - 1) }
    let isAnd = random.chance(50)
    let text = parts.map { "(" + space() + $0.1 + space() + ")" }
      .joined(separator: isAnd ? pick([" and ", " AND\n"]) : pick([" or ", "\tOR "]))
    return (isAnd ? .and(parts.map(\.0)) : .or(parts.map(\.0)), text)
  }

  /// AND binds closer than OR: without parentheses.
  mutating func plain() -> (NaiveFilter, String) {
    let groups = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      (0..<Int.random(in: 1...3, using: &random)).map { _ in comparison() }
    }
    return (
      .or(groups.map { .and($0.map(\.0)) }),
      groups.map { $0.map(\.1).joined(separator: " AND ") }.joined(separator: " OR ")
    )
  }

  private mutating func comparison() -> (NaiveFilter, String) {
    random.chance(40) ? numeric() : textual()
  }

  // MARK: Numbers

  private mutating func numeric() -> (NaiveFilter, String) {
    let sign = pick(["=", "!=", "<", "<=", ">", ">="])
    if random.chance(70) {
      let key = pick(SearchCorpus.metricKeys + ["missing"])
      let value = pick(SearchCorpus.numbers)
      let name = pick(["metrics.", "metric."]) + quoted(key: key)
      let number = value.isNaN ? "NaN" : value == .infinity ? "inf" : pick(["\(value)"])
      return (.number(.metric(key), sign, value), name + space() + sign + space() + number)
    }
    let name = pick(["start_time", "end_time"])
    let value = 1_763_697_600_000 + Int64.random(in: -5...25, using: &random) * 1000
    return (
      .number(.attribute(name), sign, Double(value)), attribute(name) + space() + sign + " \(value)"
    )
  }

  // MARK: Texts

  private mutating func textual() -> (NaiveFilter, String) {
    let (field, name, values) = textField()
    func value(_ generator: inout FilterGenerator) -> String {
      generator.pick(values.filter { !($0.contains("'") && $0.contains("\"")) })
    }
    // A run's status is recorded in capitals, however it is asked for.
    func recorded(_ text: String) -> String {
      if case .attribute("status") = field { text.uppercased() } else { text }
    }
    switch Int.random(in: 0...7, using: &random) {
    case 0:
      let text = value(&self)
      return (
        .text(field, .equal(recorded(text))), name + space() + "=" + space() + quoted(value: text)
      )
    case 1:
      let text = value(&self)
      return (.text(field, .notEqual(recorded(text))), name + "!=" + quoted(value: text))
    case 2:
      let pattern = pattern(value(&self))
      return (
        .text(field, .like(recorded(pattern))),
        name + pick([" LIKE ", " like "]) + quoted(value: pattern)
      )
    case 3:
      let pattern = pattern(value(&self))
      return (
        .text(field, .ilike(recorded(pattern))),
        name + pick([" ILIKE ", " ilike "]) + quoted(value: pattern)
      )
    case 4, 5:
      let list = (0..<Int.random(in: 1...3, using: &random)).map { _ in value(&self) }
      let text = "(" + list.map { space() + quoted(value: $0) }.joined(separator: ",") + ")"
      return random.chance(50)
        ? (.text(field, .isIn(list.map(recorded))), name + pick([" IN ", " in"]) + text)
        : (.text(field, .notIn(list.map(recorded))), name + pick([" NOT IN ", " not  in"]) + text)
    case 6: return (.text(field, .null), name + pick([" IS NULL", " is null"]))
    default: return (.text(field, .notNull), name + " IS NOT NULL")
    }
  }

  private mutating func textField() -> (NaiveField, String, [String]) {
    let key = pick(SearchCorpus.textKeys + ["missing"])
    switch Int.random(in: 0...5, using: &random) {
    case 0, 1:
      return (
        .parameter(key), pick(["params.", "param.", "parameters."]) + quoted(key: key),
        SearchCorpus.texts
      )
    case 2, 3: return (.tag(key), pick(["tags.", "tag."]) + quoted(key: key), SearchCorpus.texts)
    case 4:
      let name = pick(["run_name", "user_id"])
      return (
        .attribute(name), attribute(name),
        ["baseline", "Baseline", "it's", "100%", "x_y", "ana", "bo"]
      )
    default:
      return (
        .attribute("status"), attribute("status"), RunStatus.allCases.map(\.rawValue) + ["running"]
      )
    }
  }

  private mutating func pattern(_ text: String) -> String {
    switch Int.random(in: 0...4, using: &random) {
    case 0: return text
    case 1: return String(text.prefix(1)) + "%"
    case 2: return "%" + text.suffix(1)
    case 3: return String(text.dropLast()) + "_"
    default: return "%" + text.uppercased().prefix(2) + "%"
    }
  }

  // MARK: Words

  private mutating func attribute(_ name: String) -> String {
    pick(["", "attributes.", "attribute.", "attr.", "run."]) + name
  }

  private mutating func quoted(key: String) -> String {
    key.contains(" ") || random.chance(30) ? pick(["`\(key)`", "\"\(key)\""]) : key
  }

  private mutating func quoted(value: String) -> String {
    if value.contains("'") { return "\"\(value)\"" }
    return value.contains("\"") || random.chance(60) ? "'\(value)'" : "\"\(value)\""
  }

  private mutating func space() -> String { pick(["", " ", "  ", "\n"]) }

  // MARK: Order

  /// Clauses, and whether one run comes before another by them; nil where they are equal.
  mutating func order() -> ([String], (Run, Run) -> Bool) {
    let parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in orderClause() }
    return (
      parts.map(\.0),
      { left, right in
        for (_, compare) in parts {
          if let answer = compare(left, right) { return answer }
        }
        return SearchCorpus.precedes(left, right)
      }
    )
  }

  private mutating func orderClause() -> (String, (Run, Run) -> Bool?) {
    let isDescending = random.chance(50)
    let direction = isDescending ? pick([" DESC", " desc"]) : pick(["", " ASC", " asc"])
    if random.chance(50) {
      let key = pick(SearchCorpus.metricKeys)
      // Numbers, then NaN, then runs without it, in either direction.
      return (
        "metrics." + quoted(key: key) + direction,
        { left, right in
          let values = [left, right].map { $0.metrics[key]?.last.value }
          let ranks = values.map { $0.map { $0.isNaN ? 1 : 0 } ?? 2 }
          if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
          guard ranks[0] == 0, let one = values[0], let other = values[1], one != other else {
            return nil
          }
          return (one < other) != isDescending
        }
      )
    }
    let (field, name, _) = textField()
    if case .parameter = field {
      // Numbers by their value, then other texts by their bytes; runs without it last, in either direction.
      return (
        name + direction,
        { left, right in
          switch (field.text(left).map(Ordered.init), field.text(right).map(Ordered.init)) {
          case (nil, nil): return nil
          case (nil, _): return false
          case (_, nil): return true
          case (let one?, let other?): return one == other ? nil : (one < other) != isDescending
          }
        }
      )
    }
    return (
      name + direction,
      { left, right in
        switch (field.text(left).map { Array($0.utf8) }, field.text(right).map { Array($0.utf8) }) {
        case (nil, nil): return nil
        case (nil, _): return false
        case (_, nil): return true
        case (let one?, let other?):
          return one == other ? nil : one.lexicographicallyPrecedes(other) != isDescending
        }
      }
    )
  }
}

/// As people order a param's values.
private struct Ordered: Comparable {
  let number: Double?
  let text: [UInt8]

  init(_ value: String) {
    number = Double(value).flatMap { $0.isFinite ? $0 : nil }
    text = number == nil ? Array(value.utf8) : []
  }

  static func < (left: Ordered, right: Ordered) -> Bool {
    switch (left.number, right.number) {
    case (let one?, let other?): one < other
    case (nil, nil): left.text.lexicographicallyPrecedes(right.text)
    case (let one, _): one != nil
    }
  }
}
