/// How a part of a phrase stands out on a terminal that has colours.
enum Tint: Sendable {
  case plain, bold, faint, red, green, yellow, cyan

  /// ECMA-48 `Select Graphic Rendition` parameter; nil for plain.
  fileprivate var code: String? {
    switch self {
    case .plain: nil
    case .bold: "1"
    case .faint: "2"
    case .red: "31"
    case .green: "32"
    case .yellow: "33"
    case .cyan: "36"
    }
  }
}

/// One line of text for a person, parts of it tinted.
///
/// Holds no character that moves a cursor or turns the writing direction: names and texts come
/// from peers, and must not be able to command a terminal.
struct Phrase: Equatable, Sendable, ExpressibleByStringLiteral {
  private struct Span: Equatable, Sendable {
    var text: String
    var tint: Tint
  }

  private var spans: [Span]

  init(_ text: String, _ tint: Tint = .plain) {
    spans = text.isEmpty ? [] : [Span(text: Phrase.harmless(text), tint: tint)]
  }

  init(stringLiteral value: String) { self.init(value) }

  static func + (left: Phrase, right: Phrase) -> Phrase {
    var sum = left
    sum.spans += right.spans
    return sum
  }

  static func += (left: inout Phrase, right: Phrase) { left = left + right }

  var isEmpty: Bool { spans.isEmpty }
  var width: Int { spans.reduce(0) { $0 + DisplayWidth.of($1.text) } }
  var plain: String { spans.map(\.text).joined() }

  /// The same text, all of it in one tint.
  func tinted(_ tint: Tint) -> Phrase {
    var copy = self
    for index in copy.spans.indices { copy.spans[index].tint = tint }
    return copy
  }

  func rendered(inColour: Bool) -> String {
    guard inColour else { return plain }
    return spans.map { span in
      span.tint.code.map { "\u{1B}[\($0)m\(span.text)\u{1B}[0m" } ?? span.text
    }.joined()
  }

  /// At most `limit` columns; what is left out is shown by `…`.
  func truncated(to limit: Int) -> Phrase {
    guard width > limit else { return self }
    guard limit > 0 else { return "" }
    var room = limit - 1
    var out = Phrase("")
    for span in spans {
      var kept = ""
      var isCut = false
      for character in span.text {
        let width = DisplayWidth.of(character)
        guard width <= room else {
          isCut = true
          break
        }
        room -= width
        kept.append(character)
      }
      if isCut {
        out.spans.append(Span(text: kept + "…", tint: span.tint))
        return out
      }
      out.spans.append(Span(text: kept, tint: span.tint))
    }
    return out
  }

  static func joined(_ phrases: [Phrase], separator: Phrase) -> Phrase {
    var out = Phrase("")
    for (index, phrase) in phrases.enumerated() {
      if index > 0 { out += separator }
      out += phrase
    }
    return out
  }

  private static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !isHarmful(scalar) {
        out.append(scalar)
      } else if scalar == "\n" {
        out.append("⏎")
      } else if scalar == "\t" {
        out.append(" ")
      } else {
        out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      }
    }
    return String(out)
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<32, 127..<160: true
    // Line separators, and what overrides or isolates a direction.
    case 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
