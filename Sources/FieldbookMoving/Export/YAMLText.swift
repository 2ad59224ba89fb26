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
      case .text(let text): "\(name): \(quoted(text))\n"
      case .json(let members): "\(name): \(flow(.object(members)))\n"
      case .table(let members) where members.isEmpty: "\(name): {}\n"
      case .table(let members):
        "\(name):\n" + members.map { "  \(quoted($0.0)): \(quoted($0.1))\n" }.joined()
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
    case .string(let text): quoted(text)
    case .array(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { quoted($0.name) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
    }
  }

  private static func pointed(_ text: String) -> String {
    guard !text.contains("."), let exponent = text.firstIndex(of: "e") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// In double quotes, where every character has a form: YAML 1.1, 5.7.
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case " "..."~", "\u{a1}"..."\u{d7ff}", "\u{e000}"..."\u{fefe}", "\u{ff00}"..."\u{fffd}":
        // Line and paragraph separators would be line breaks.
        if scalar == "\u{2028}" || scalar == "\u{2029}" { fallthrough }
        out.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        out += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return out + "\""
  }
}
