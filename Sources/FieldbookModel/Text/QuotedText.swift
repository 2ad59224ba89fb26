/// Texts in double quotes, in a form that readers of JSON, YAML 1.1 and YAML 1.2 all take for the same text.
///
/// Sources: RFC 8259, 7; yaml.org/spec/1.1, 5.1 and 5.7. What YAML calls not printable, what it takes for a line break, and what commands a
/// terminal is written as `\uXXXX`.
package enum QuotedText {
  package static func of(_ text: String) -> String {
    var out = ""
    append(text, to: &out)
    return out
  }

  package static func append(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}",
        "\u{FFFF}":
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
