import FieldbookModel
import Foundation

/// Writes a config down, as YAML in blocks or as JSON.
enum ConfigWriter {
  static func text(_ value: ConfigValue, isJSON: Bool) -> String {
    var out = ""
    if isJSON {
      json(value, level: 0, &out)
      return out + "\n"
    }
    switch value {
    case .table(let members) where !members.isEmpty: table(members, level: 0, &out)
    case .list(let items) where !items.isEmpty: list(items, level: 0, &out)
    default: out += inline(value) + "\n"
    }
    return out
  }

  // MARK: YAML

  private static func indent(_ level: Int) -> String { String(repeating: "  ", count: level) }

  private static func table(_ members: [ConfigValue.Member], level: Int, _ out: inout String) {
    for member in members {
      let key = key(member.key)
      // A longer one has to be said to be one. Source: yaml.org/spec/1.2.2, implicit keys.
      out += indent(level) + (key.utf8.count > 1000 ? "? \(key)\n\(indent(level)):" : key + ":")
      below(member.value, level: level, &out)
    }
  }

  private static func list(_ items: [ConfigValue], level: Int, _ out: inout String) {
    for item in items {
      out += indent(level) + "-"
      below(item, level: level, &out)
    }
  }

  private static func below(_ value: ConfigValue, level: Int, _ out: inout String) {
    switch value {
    case .table(let members) where !members.isEmpty:
      out += "\n"
      table(members, level: level + 1, &out)
    case .list(let items) where !items.isEmpty:
      out += "\n"
      list(items, level: level + 1, &out)
    default: out += " " + inline(value) + "\n"
    }
  }

  private static func inline(_ value: ConfigValue) -> String {
    switch value {
    case .scalar(let scalar): word(scalar)
    case .list: "[]"
    case .table: "{}"
    }
  }

  /// Plain where it was plain: quotes would make a text of a number or a date.
  private static func word(_ scalar: ConfigScalar) -> String {
    if scalar.type == .null { return "null" }
    return scalar.written ?? key(scalar)
  }

  private static func key(_ scalar: ConfigScalar) -> String {
    let isSafe =
      scalar.isPlain && !scalar.text.isEmpty
      && !scalar.text.unicodeScalars.contains {
        $0.value < 32 || (127...159).contains($0.value)
          || ["\u{2028}", "\u{2029}", "\u{FEFF}"].contains($0)
      }
    return isSafe ? scalar.text : QuotedText.of(scalar.text)
  }

  // MARK: JSON

  private static func json(_ value: ConfigValue, level: Int, _ out: inout String) {
    switch value {
    case .scalar(let scalar): out += json(scalar)
    case .list(let items):
      guard !items.isEmpty else {
        out += "[]"
        return
      }
      out += "[\n"
      for (index, item) in items.enumerated() {
        out += indent(level + 1)
        json(item, level: level + 1, &out)
        out += index + 1 < items.count ? ",\n" : "\n"
      }
      out += indent(level) + "]"
    case .table(let members):
      guard !members.isEmpty else {
        out += "{}"
        return
      }
      out += "{\n"
      for (index, member) in members.enumerated() {
        out += indent(level + 1) + QuotedText.of(member.key.text) + ": "
        json(member.value, level: level + 1, &out)
        out += index + 1 < members.count ? ",\n" : "\n"
      }
      out += indent(level) + "}"
    }
  }

  private static func json(_ scalar: ConfigScalar) -> String {
    switch scalar.type {
    case .null: return "null"
    case .bool: return scalar.isTrue ? "true" : "false"
    case .int, .float:
      let text = scalar.written ?? scalar.text
      if (try? JSONParser.parse(Array(text.utf8))) != nil { return text }
      // `+5` is a number to all; `010` and `1_000` would be said to be what only some take them for.
      let bare = text.hasPrefix("+") ? String(text.dropFirst()) : text
      return Int64(bare).map(String.init) == bare ? bare : QuotedText.of(scalar.text)
    case .text: return QuotedText.of(scalar.text)
    }
  }
}
