/// Finds what looks like a secret before anything is written down, and says what it was.
///
/// Time is linear in the text, whatever the text: it may be hostile.
package enum SecretMasking {
  /// What stands in the place of a secret.
  static let mark = "***"

  /// A secret in a text, and the words around it.
  package struct Finding: Equatable, Sendable {
    package var kind: String
    /// Some of the line it stands in; every secret is masked.
    package var excerpt: String
  }

  /// The text without what looks like a secret, and the kinds of what was found.
  package static func mask(_ text: String) -> (masked: String, found: [String]) {
    let (out, places) = masked(Array(text.utf8))
    var found: [String] = []
    for place in places where !found.contains(place.kind) { found.append(place.kind) }
    return (String(decoding: out, as: UTF8.self), found)
  }

  /// Every secret in a text, in order.
  ///
  /// - Parameter name: of the value, if it has one that may tell.
  package static func findings(in text: String, named name: String? = nil) -> [Finding] {
    let (out, places) = masked(Array(text.utf8))
    let found = places.map { Finding(kind: $0.kind, excerpt: excerpt(of: out, around: $0.place)) }
    guard found.isEmpty, let name, text != mark, SecretName.tells(name[...], of: text[...]) else {
      return found
    }
    return [Finding(kind: SecretKind.named, excerpt: mark)]
  }

  /// The kinds of secrets that are known.
  package static let kinds: [String] = {
    let others = [
      "wandb-key", "aws-secret-key", SecretKind.privateKey, SecretKind.urlCredentials,
      SecretKind.webToken, SecretKind.basicAuthorization, SecretKind.bearerToken, SecretKind.named,
    ]
    return Set(SecretShape.all.map(\.kind) + others).sorted()
  }()

  /// The kind of the first secret in a file that can be nothing else; what a name alone tells does not count, since programs
  /// are full of `token = next(tokens)`. Nil for what is no text.
  package static func unmistakable(in bytes: [UInt8]) -> String? {
    guard !bytes.prefix(8192).contains(0) else { return nil }
    return SecretScan.shapes(in: bytes).first?.kind
  }

  /// The text with marks, and where they stand.
  private static func masked(_ bytes: [UInt8]) -> (
    out: [UInt8], places: [(kind: String, place: Int)]
  ) {
    var out: [UInt8] = []
    var places: [(kind: String, place: Int)] = []
    var done = 0
    for secret in SecretScan.secrets(in: bytes) where secret.range.upperBound > done {
      if bytes[secret.range].elementsEqual(mark.utf8) { continue }
      if secret.range.lowerBound >= done {
        out += bytes[done..<secret.range.lowerBound]
        places.append((secret.kind, out.count))
        out += Array(mark.utf8)
      }
      done = secret.range.upperBound
    }
    return (out + bytes[done...], places)
  }

  private static func excerpt(of text: [UInt8], around place: Int) -> String {
    let newline = UInt8(ascii: "\n")
    let before = text[max(0, place - 32)..<place].split(
      separator: newline, omittingEmptySubsequences: false)
    let after = text[place..<min(text.count, place + 24)].split(separator: newline)
    // A character that the cut goes through is left out.
    return String(decoding: Array(before.last ?? []) + Array(after.first ?? []), as: UTF8.self)
      .filter { $0 != "\u{FFFD}" }
  }

  /// A value that has a name: masked as a whole where the name says that it is secret.
  package static func mask(_ value: String, named name: String) -> (
    masked: String, found: [String]
  ) {
    guard SecretName.tells(name[...], of: value[...]) else { return mask(value) }
    return (mark, ["value of \(name)"])
  }

  /// A command's words. The whole of a word is secret after `--token=`, and after the word `--token`.
  package static func maskArguments(_ words: [String]) -> (masked: [String], found: [String]) {
    var out: [String] = []
    var found: [String] = []
    for word in words {
      let previous = out.last ?? ""
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if SecretName.isFlag(previous), !word.hasPrefix("-"),
        SecretName.tells(previous[...], of: word[...])
      {
        out.append(mark)
        found.append("argument after \(previous)")
      } else if parts.count == 2, SecretName.tells(parts[0], of: parts[1]) {
        out.append(parts[0] + "=" + mark)
        found.append("value of \(parts[0])")
      } else {
        let (masked, names) = mask(word)
        out.append(masked)
        found += names
      }
    }
    return (out, found)
  }
}
