/// Names that say that what they name is secret: `api_key`, `--hf-token`, `DB_PASSWORD`.
enum SecretName {
  private static let endings = [
    "password", "passwords", "passwd", "passphrase", "secret", "secrets", "token", "apikey",
    "apikeys", "accesskey", "secretkey", "privatekey", "authorization", "credential", "credentials",
  ]

  /// As environments have them; in small letters too much else ends so (`sort_key`, `forward_pass`).
  private static let variableEndings = ["_KEY", "_PASS", "_PWD", "_PAT"]

  static func isFlag(_ word: some StringProtocol) -> Bool {
    word.hasPrefix("-") && !word.contains("=")
  }

  /// True where `name` is one of these and `value` can be a secret, unlike in `max_token=512`, `use_token: true`
  /// and `eos_token: </s>`.
  static func tells(_ name: some StringProtocol, of value: some StringProtocol) -> Bool {
    guard isTelling(name), let first = value.first, let last = value.last else { return false }
    guard value.utf8.count <= 32 else { return true }
    let plain = value.lowercased()
    if ["true", "false", "null", "none"].contains(plain) { return false }
    if (first == "<" && last == ">") || (first == "[" && last == "]") { return false }
    let isShortNumber =
      plain.utf8.count <= 12 && plain.utf8.allSatisfy("0123456789.e+-_".utf8.contains)
    return !isShortNumber || plainLetters(name).contains("pass")
  }

  /// Places in a list (`api_keys.0`) do not count.
  static func isTelling(_ name: some StringProtocol) -> Bool {
    guard let end = name.lastIndex(where: { $0 != "." && !$0.isWholeNumber }) else { return false }
    let name = name[...end]
    let letters = plainLetters(name)
    return endings.contains(where: letters.hasSuffix) || letters == "pass"
      || name.uppercased() == name && variableEndings.contains(where: name.hasSuffix)
  }

  /// Small letters without what stands between them.
  static func plainLetters(_ name: some StringProtocol) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." }
  }
}
