import FieldbookDocuments
import FieldbookModel

extension Wording {
  /// What JSON says, without quotes and braces as far as it goes: `a, b`, `tone=0.5, fluency=1`; what lies deeper in
  /// brackets. A text that is no JSON as it is.
  static func plain(_ text: String) -> String {
    guard let json = try? JSONParser.parse(Array(text.utf8)) else { return text }
    return plain(json, isInner: false)
  }

  private static func plain(_ json: JSON, isInner: Bool) -> String {
    switch json {
    case .string(let text): return text
    case .array(let items):
      let inner = items.map { plain($0, isInner: true) }.joined(separator: ", ")
      return isInner ? "[" + inner + "]" : inner
    case .object(let members):
      let inner = members.map { "\($0.name)=\(plain($0.value, isInner: true))" }
        .joined(separator: ", ")
      return isInner ? "(" + inner + ")" : inner
    case .null, .bool, .integer, .number: return json.asciiText
    }
  }
}
