/// A URI taken apart as MLflow's server takes it apart (Python's `urllib.parse.urlsplit`): nothing is decoded, and no
/// text is refused.
package struct URIParts: Equatable, Sendable {
  /// Lowercase; empty for a path.
  package var scheme = ""
  /// What follows `//`, up to the path; nil where there is no `//`.
  package var authority: String?
  package var path = ""
  package var query: String?
  package var fragment: String?

  package init(_ text: String) {
    var rest = Substring(text)
    if let colon = rest.firstIndex(of: ":"), URIParts.isScheme(rest[..<colon]) {
      scheme = rest[..<colon].lowercased()
      rest = rest[rest.index(after: colon)...]
    }
    if rest.hasPrefix("//") {
      let after = rest.dropFirst(2)
      let end = after.firstIndex { "/?#".contains($0) } ?? after.endIndex
      authority = String(after[..<end])
      rest = after[end...]
    }
    if let mark = rest.firstIndex(of: "#") {
      fragment = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if let mark = rest.firstIndex(of: "?") {
      query = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    path = String(rest)
  }

  var hasAuthority: Bool { authority.map { !$0.isEmpty } ?? false }

  private static func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { byte in
      isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
