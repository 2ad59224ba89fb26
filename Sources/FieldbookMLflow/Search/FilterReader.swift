import FieldbookModel

/// A word of the filter language.
enum FilterToken: Equatable {
  /// Bare, or in backticks: a name, a keyword, a number.
  case word(String, isQuoted: Bool)
  /// In `'` or `"`.
  case text(String)
  /// `= != < <= > >= ( ) ,`
  case sign(String)

  static func all(in text: String) throws(MLflowError) -> [FilterToken] {
    var tokens: [FilterToken] = []
    var rest = Substring(text)
    while let first = rest.first {
      switch first {
      case _ where first.isWhitespace: rest = rest.dropFirst()
      case "'", "\"":
        let body = rest.dropFirst()
        guard let end = body.firstIndex(of: first) else { throw FilterReader.malformed(text) }
        tokens.append(.text(String(body[..<end])))
        rest = body[body.index(after: end)...]
      case "=":
        // `==` is no operator, and is named as it was written.
        let sign = rest.prefix { $0 == "=" }
        tokens.append(.sign(String(sign)))
        rest = rest.dropFirst(sign.count)
      case "(", ")", ",":
        tokens.append(.sign(String(first)))
        rest = rest.dropFirst()
      case "!", "<", ">":
        let length = rest.dropFirst().first == "=" ? 2 : 1
        tokens.append(.sign(String(rest.prefix(length))))
        rest = rest.dropFirst(length)
      default:
        var word = ""
        var isQuoted = false
        while let next = rest.first, !next.isWhitespace, !"=!<>(),'\"".contains(next) {
          if next == "`" {
            let body = rest.dropFirst()
            guard let end = body.firstIndex(of: "`") else { throw FilterReader.malformed(text) }
            word += body[..<end]
            rest = body[body.index(after: end)...]
            isQuoted = true
          } else {
            word.append(next)
            rest = rest.dropFirst()
          }
        }
        tokens.append(.word(word, isQuoted: isQuoted))
      }
    }
    return tokens
  }
}

/// Reads comparisons out of tokens.
struct FilterReader {
  private let text: String
  private let tokens: [FilterToken]
  private var position = 0

  init(_ text: String) throws(MLflowError) {
    self.text = text
    tokens = try FilterToken.all(in: text)
  }

  var isAtEnd: Bool { position == tokens.count }

  static func malformed(_ text: String) -> MLflowError {
    .invalid(
      "Invalid filter string: \(PythonText.repr(text)). Expected a list of comparisons separated"
        + " by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').")
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard position < tokens.count, case .word(let text, isQuoted: false) = tokens[position],
      text.uppercased() == word
    else { return false }
    position += 1
    return true
  }

  mutating func comparison() throws(MLflowError) -> LoggedModelFilter.Comparison {
    guard case .word(let name, _) = take() else { throw FilterReader.malformed(text) }
    let sign = try comparator(after: name)
    let subject = try FilterReader.subject(name)
    guard subject.isNumeric else {
      return LoggedModelFilter.Comparison(
        subject: subject, test: .text(try textTest(sign, of: subject)))
    }
    guard let test = LoggedModelFilter.NumberTest(rawValue: sign) else {
      throw .invalid(
        "Invalid comparison operator for \(subject.written): \(PythonText.repr(sign))."
          + " Expected one of ('<', '<=', '>', '>=', '=', '!=').")
    }
    guard case .word(let text, isQuoted: false) = take(), let value = Double(text) else {
      throw .invalid("Expected a number after \(name) \(sign).")
    }
    return LoggedModelFilter.Comparison(subject: subject, test: .number(test, value))
  }

  private mutating func take() -> FilterToken? {
    guard position < tokens.count else { return nil }
    defer { position += 1 }
    return tokens[position]
  }

  private mutating func comparator(after name: String) throws(MLflowError) -> String {
    switch take() {
    case .sign(let sign) where sign != "(" && sign != ")" && sign != ",": return sign
    case .word(let word, isQuoted: false):
      let upper = word.uppercased()
      if upper == "NOT", takeWord("IN") { return "NOT IN" }
      if ["LIKE", "ILIKE", "IN"].contains(upper) { return upper }
      if upper == "IS" {
        let not = takeWord("NOT") ? " NOT" : ""
        throw .invalid(
          "Invalid comparison: \(name)IS\(not) NULL. Expected a comparison with 3 tokens.")
      }
      throw FilterReader.malformed(text)
    default: throw FilterReader.malformed(text)
    }
  }

  private mutating func textTest(
    _ sign: String, of subject: LoggedModelFilter.Subject
  ) throws(MLflowError) -> LoggedModelFilter.TextTest {
    switch sign {
    case "=": return .equal(try value())
    case "!=": return .unequal(try value())
    case "LIKE": return .like(try value(), ignoringCase: false)
    case "ILIKE": return .like(try value(), ignoringCase: true)
    case "IN": return .anyOf(try values())
    case "NOT IN": return .noneOf(try values())
    default:
      throw .invalid(
        "Invalid comparison operator for \(subject.written): \(PythonText.repr(sign))."
          + " Expected one of ('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN').")
    }
  }

  private mutating func value() throws(MLflowError) -> String {
    switch take() {
    case .text(let value), .word(let value, isQuoted: false): return value
    default: throw FilterReader.malformed(text)
    }
  }

  private mutating func values() throws(MLflowError) -> [String] {
    guard take() == .sign("(") else { throw FilterReader.malformed(text) }
    if position < tokens.count, tokens[position] == .sign(")") {
      position += 1
      return []
    }
    var values = [try value()]
    while true {
      switch take() {
      case .sign(","): values.append(try value())
      case .sign(")"): return values
      default: throw FilterReader.malformed(text)
      }
    }
  }

  private static func subject(_ name: String) throws(MLflowError) -> LoggedModelFilter.Subject {
    guard let dot = name.firstIndex(of: ".") else { return try attribute(name) }
    let key = String(name[name.index(after: dot)...])
    switch name[..<dot] {
    case "metrics": return .metric(key)
    case "params": return .parameter(key)
    case "tags": return .tag(key)
    case "attributes": return try attribute(key)
    case let family:
      throw .invalid(
        "Invalid entity type: '\(family)'. Expected one of ['attributes', 'metrics', 'params',"
          + " 'tags'].")
    }
  }

  private static func attribute(
    _ name: String
  ) throws(MLflowError) -> LoggedModelFilter.Subject {
    // MLflow's own names of the columns end in the unit.
    let plain = name.hasSuffix("_timestamp_ms") ? String(name.dropLast(3)) : name
    let plainer = plain == "creation_time" ? "creation_timestamp" : plain
    guard
      LoggedModelFilter.textAttributes.contains(plainer)
        || LoggedModelFilter.numberAttributes.contains(plainer)
    else { throw .invalid("Invalid attribute: '\(name)'.") }
    return .attribute(plainer)
  }
}

extension LoggedModelFilter.Subject {
  /// As messages name it.
  var written: String {
    switch self {
    case .attribute(let name): "attributes." + name
    case .metric(let key): "metrics." + key
    case .parameter(let key): "params." + key
    case .tag(let key): "tags." + key
    }
  }

  var isNumeric: Bool {
    switch self {
    case .metric: true
    case .attribute(let name): LoggedModelFilter.numberAttributes.contains(name)
    case .parameter, .tag: false
    }
  }
}
