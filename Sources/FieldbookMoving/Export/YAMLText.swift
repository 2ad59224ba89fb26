import FieldbookModel

/// YAML as MLflow reads it: one table, each value on its line.
enum YAMLText {
  enum Value {
    case null
    case integer(Int64)
    case text(String)
    case table([(String, String)])
    case json(KeyValuePairs<String, JSON?>)

    static func optional(_ text: String?) -> Value { text.map(Value.text) ?? .null }
    static func optional(_ number: Int64?) -> Value { number.map(Value.integer) ?? .null }
  }

  static func table(_ members: [(String, Value)]) -> String {
    members.map { name, value in
      switch value {
      case .null: "\(name): null\n"
      case .integer(let number): "\(name): \(number)\n"
      case .text(let text): "\(name): \(QuotedText.of(text))\n"
      case .json(let members): "\(name): \(flow(.object(members)))\n"
      case .table(let members) where members.isEmpty: "\(name): {}\n"
      case .table(let members):
        "\(name):\n" + members.map { "  \(QuotedText.of($0.0)): \(QuotedText.of($0.1))\n" }.joined()
      }
    }.joined()
  }

  /// On one line. Numbers have a point, without which YAML 1.1 takes `1e-05` for a text.
  static func flow(_ json: JSON) -> String {
    switch json {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .number(let number):
      number.isNaN
        ? ".nan" : number.isInfinite ? (number > 0 ? ".inf" : "-.inf") : pointed("\(number)")
    case .string(let text): QuotedText.of(text)
    case .array(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { QuotedText.of($0.name) + ": " + flow($0.value) }.joined(separator: ", ")
        + "}"
    }
  }

  private static func pointed(_ text: String) -> String {
    guard !text.contains("."), let exponent = text.firstIndex(of: "e") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }
}
