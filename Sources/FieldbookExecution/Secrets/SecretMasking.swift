/// Finds what looks like a secret before anything is written down, and says what it was.
///
/// Time is linear in the text, whatever the text: it may be hostile.
package enum SecretMasking {
  private static let mark = "***"

  /// The text without what looks like a secret, and the names of what was found.
  package static func mask(_ text: String) -> (masked: String, found: [String]) {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var found: [String] = []
    var done = 0
    for secret in SecretScan.secrets(in: bytes) where secret.range.upperBound > done {
      if bytes[secret.range].elementsEqual(mark.utf8) { continue }
      if secret.range.lowerBound >= done {
        out += bytes[done..<secret.range.lowerBound] + Array(mark.utf8)
        if !found.contains(secret.name) { found.append(secret.name) }
      }
      done = secret.range.upperBound
    }
    out += bytes[done...]
    return (String(decoding: out, as: UTF8.self), found)
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
