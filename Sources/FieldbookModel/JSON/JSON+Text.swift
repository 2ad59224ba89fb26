extension JSON {
  /// The document as UTF-8, compact.
  ///
  /// Doubles are the shortest that read back the same; those that JSON has no number for are the
  /// strings `"NaN"`, `"Infinity"` and `"-Infinity"`.
  package var utf8: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(256)
    append(to: &out, escaping: .necessary)
    return out
  }

  /// As Python's `json.dumps` prints it by default: ASCII only.
  package var asciiText: String {
    var out: [UInt8] = []
    append(to: &out, escaping: .allButASCII)
    return String(decoding: out, as: UTF8.self)
  }

  /// A list of flat objects as Python prints it: with a blank after each comma and colon. Clients compare such texts.
  package static func spacedList(_ entries: [JSON]) -> String {
    let texts = entries.map { entry in
      guard case .object(let members) = entry else { return entry.asciiText }
      let pairs = members.map { "\(JSON.string($0.name).asciiText): \($0.value.asciiText)" }
      return "{" + pairs.joined(separator: ", ") + "}"
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  private enum Escaping { case necessary, allButASCII }

  private func append(to out: inout [UInt8], escaping: Escaping) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let flag): out.append(contentsOf: (flag ? "true" : "false").utf8)
    case .integer(let integer): out.append(contentsOf: String(integer).utf8)
    case .number(let number): JSON.append(number, to: &out)
    case .string(let text): JSON.append(text, to: &out, escaping: escaping)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.append(to: &out, escaping: escaping)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        JSON.append(member.name, to: &out, escaping: escaping)
        out.append(UInt8(ascii: ":"))
        member.value.append(to: &out, escaping: escaping)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  package static func append(_ number: Double, to out: inout [UInt8]) {
    let text =
      if number.isNaN { "\"NaN\"" } else if number == .infinity {
        "\"Infinity\""
      } else if number == -.infinity { "\"-Infinity\"" } else { number.description }
    out.append(contentsOf: text.utf8)
  }

  private static func append(_ text: String, to out: inout [UInt8], escaping: Escaping) {
    out.append(UInt8(ascii: "\""))
    switch escaping {
    case .necessary:
      for byte in text.utf8 {
        if byte >= 32, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
          out.append(byte)
        } else {
          append(escaped: UInt16(byte), to: &out)
        }
      }
    case .allButASCII:
      for unit in text.utf16 {
        if 32..<127 ~= unit, unit != 34, unit != 92 {
          out.append(UInt8(truncatingIfNeeded: unit))
        } else {
          append(escaped: unit, to: &out)
        }
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func append(escaped unit: UInt16, to out: inout [UInt8]) {
    switch unit {
    case 34: out.append(contentsOf: "\\\"".utf8)
    case 92: out.append(contentsOf: "\\\\".utf8)
    case 10: out.append(contentsOf: "\\n".utf8)
    case 13: out.append(contentsOf: "\\r".utf8)
    case 9: out.append(contentsOf: "\\t".utf8)
    default:
      let high = UInt8(truncatingIfNeeded: unit >> 8)
      out.append(contentsOf: "\\u".utf8)
      out.append(contentsOf: Hex.encode([high, UInt8(truncatingIfNeeded: unit)]).utf8)
    }
  }
}
