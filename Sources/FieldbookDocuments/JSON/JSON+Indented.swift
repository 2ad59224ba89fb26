import FieldbookModel

extension JSON {
  /// The document as text: over several lines with two spaces of indentation, or on one.
  package func text(isIndented: Bool) -> String {
    var out = ""
    append(to: &out, level: isIndented ? 0 : nil)
    return out
  }

  /// `level` is nil on one line.
  private func append(to out: inout String, level: Int?) {
    switch self {
    case .null: out += "null"
    case .bool(let truth): out += truth ? "true" : "false"
    case .integer(let number): out += String(number)
    case .number(let number): JSON.append(number, to: &out)
    case .string(let text): QuotedText.append(text, to: &out)
    case .array(let items):
      JSON.append(items, "[", "]", to: &out, level: level) { item, out, level in
        item.append(to: &out, level: level)
      }
    case .object(let members):
      JSON.append(members, "{", "}", to: &out, level: level) { member, out, level in
        QuotedText.append(member.name, to: &out)
        out += level == nil ? ":" : ": "
        member.value.append(to: &out, level: level)
      }
    }
  }

  private static func append<Item>(
    _ items: [Item], _ opening: String, _ closing: String, to out: inout String, level: Int?,
    each: (Item, inout String, Int?) -> Void
  ) {
    out += opening
    let inner = level.map { $0 + 1 }
    for (index, item) in items.enumerated() {
      if index > 0 { out += "," }
      newLine(&out, inner)
      each(item, &out, inner)
    }
    if !items.isEmpty { newLine(&out, level) }
    out += closing
  }

  private static func newLine(_ out: inout String, _ level: Int?) {
    guard let level else { return }
    out += "\n" + String(repeating: "  ", count: level)
  }

  /// The shortest digits that read back as the same number; JSON has none for the three others.
  private static func append(_ number: Double, to out: inout String) {
    if number.isNaN {
      out += "\"NaN\""
    } else if number.isInfinite {
      out += number < 0 ? "\"-Infinity\"" : "\"Infinity\""
    } else {
      out += number.description
    }
  }
}
