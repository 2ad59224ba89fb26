import Foundation

/// Finds what looks like a secret before anything is written down, and says what it was.
package enum SecretMasking {
  package struct Pattern: Sendable {
    package let name: String
    /// The first group is what is replaced.
    let expression: String
  }

  package static let patterns: [Pattern] = [
    Pattern(
      name: "user info in a URL",
      expression: #"[a-zA-Z][a-zA-Z0-9+.-]*://([^/\s:@]+(?::[^/\s@]*)?)@"#),
    Pattern(name: "AWS key", expression: #"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b"#),
    Pattern(
      name: "GitHub token",
      expression: #"\b((?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}))"#),
    Pattern(name: "GitLab token", expression: #"\b(glpat-[A-Za-z0-9_-]{20,})"#),
    Pattern(name: "Slack token", expression: #"\b(xox[abprs]-[A-Za-z0-9-]{10,})"#),
    Pattern(name: "Hugging Face token", expression: #"\b(hf_[A-Za-z0-9]{30,})"#),
    Pattern(name: "API key", expression: #"\b(sk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,})"#),
    Pattern(name: "Google API key", expression: #"\b(AIza[A-Za-z0-9_-]{35})"#),
    Pattern(
      name: "JSON web token",
      expression: #"\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+)"#),
    Pattern(
      name: "password or token in an argument",
      expression:
        #"(?i)(?:pass(?:word|wd)?|token|secret|api[_-]?key|access[_-]?key)["']?\s*[=:]\s*["']?([^\s"',;]{4,})"#
    ),
  ]

  private static let mask = "***"

  /// The text without what looks like a secret, and the names of what was found.
  package static func mask(_ text: String) -> (masked: String, found: [String]) {
    var masked = text
    var found: [String] = []
    for pattern in patterns {
      guard let expression = try? NSRegularExpression(pattern: pattern.expression) else { continue }
      let whole = NSRange(masked.startIndex..., in: masked)
      for match in expression.matches(in: masked, range: whole).reversed() {
        guard let range = Range(match.range(at: 1), in: masked), masked[range] != mask else {
          continue
        }
        masked.replaceSubrange(range, with: mask)
        if !found.contains(pattern.name) { found.append(pattern.name) }
      }
    }
    return (masked, found)
  }

  private static let tellingFlags = [
    "password", "passwd", "token", "secret", "api-key", "apikey", "access-key",
  ]

  /// A command's words; what follows `--token` and its like is masked too.
  package static func maskArguments(_ words: [String]) -> (masked: [String], found: [String]) {
    var out: [String] = []
    var found: [String] = []
    var isNextSecret = false
    for word in words {
      if isNextSecret, !word.hasPrefix("-") {
        out.append(mask)
        found.append("argument after \(out.dropLast().last ?? "")")
      } else {
        let (masked, names) = mask(word)
        out.append(masked)
        found += names
      }
      let flag = word.lowercased().replacingOccurrences(of: "_", with: "-")
      isNextSecret =
        flag.hasPrefix("-") && !flag.contains("=") && tellingFlags.contains { flag.hasSuffix($0) }
    }
    return (out, found)
  }
}
