import FieldbookModel

/// MLflow's rules for keys, values and names, with its messages.
enum EntryRules {
  /// `path` is what the message calls the key: `key`, `name`, `params[3].key`.
  static func key(_ text: String, path: String, kind: String) throws(MLflowError) -> EntryKey {
    if isPlainName(text) { return EntryKey(unchecked: text) }
    guard text.unicodeScalars.allSatisfy(isAllowed) else {
      throw .invalid(
        Fields.invalidValue(
          path, .string(text),
          "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.),"
            + " spaces ( ), colon(:) and slashes (/)."))
    }
    try plainPath(text, path: path)
    guard text.unicodeScalars.count <= Limits.entryKeyCharacters else {
      throw tooLong(kind, Limits.entryKeyCharacters)
    }
    do {
      return try EntryKey(text)
    } catch {
      throw .invalid(Fields.invalidValue(path, .string(text), error.message))
    }
  }

  static func metricKey(_ text: String, path: String) throws(MLflowError) -> EntryKey {
    try key(text, path: path, kind: "Metric name")
  }

  static func parameter(
    _ key: String, _ value: String, path: String = ""
  ) throws(MLflowError) -> (EntryKey, String) {
    (
      try EntryRules.key(key, path: path + "key", kind: "Param key"),
      truncated(value, to: Limits.parameterValueCharacters)
    )
  }

  static func runTag(
    _ key: String, _ value: String, path: String = ""
  ) throws(MLflowError) -> (EntryKey, String) {
    (
      try EntryRules.key(key, path: path + "key", kind: path + "key"),
      truncated(value, to: Limits.tagValueCharacters)
    )
  }

  /// Tags of experiments and of the registry are refused, not cut, when they are too long.
  static func tag(
    _ key: String, _ value: String, limit: Int
  ) throws(MLflowError) -> (EntryKey, String) {
    let checked = try EntryRules.key(key, path: "key", kind: "key")
    guard value.utf8.count <= limit || value.unicodeScalars.count <= limit else {
      throw tooLong("value", limit)
    }
    return (checked, value)
  }

  /// Of a tag that is to go: one that is too long is not there, which is no mistake.
  static func goneTag(_ text: String) throws(MLflowError) -> EntryKey? {
    guard text.unicodeScalars.count <= Limits.entryKeyCharacters else { return nil }
    return try key(text, path: "key", kind: "key")
  }

  static let experimentTagCharacters = 20_000
  static let registryTagCharacters = Limits.longTagValueCharacters

  static func experimentName(_ name: String) throws(MLflowError) {
    guard name.unicodeScalars.count <= Limits.entityNameCharacters else {
      throw tooLong("name", Limits.entityNameCharacters)
    }
  }

  static func modelName(_ name: String, path: String = "name") throws(MLflowError) {
    guard name.contains(where: { !$0.isWhitespace }) else {
      throw .invalid("Missing value for required parameter '\(path)'.")
    }
    guard !name.contains("/"), !name.contains(":") else {
      throw .invalid("Invalid model name '\(name)'. Names cannot contain '/' or ':'.")
    }
    try plainPath(name, path: "name")
  }

  static func loggedModelName(_ name: String) throws(MLflowError) {
    guard !name.contains(where: { "/:.%\"'".contains($0) }) else {
      throw .invalid(
        "Invalid model name (\(PythonText.repr(name))) provided. Model name must be a non-empty"
          + " string and cannot contain the following characters:"
          + " ('/', ':', '.', '%', '\"', \"'\")")
    }
  }

  static func alias(_ alias: String) throws(MLflowError) {
    guard !alias.isEmpty else { throw .invalid("Registered model alias name cannot be empty.") }
    let isPlain = alias.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "-" || isAlphanumeric($0)
    }
    guard isPlain else {
      throw .invalid(
        "Invalid alias name: '\(alias)'. Names may only contain alphanumerics, underscores (_),"
          + " and dashes (-).")
    }
    guard alias.unicodeScalars.count <= 255 else {
      throw tooLong("Registered model alias name", 255)
    }
  }

  /// `latest` and `v7` mean something already.
  static func aliasIsFree(_ alias: String) throws(MLflowError) {
    guard alias.lowercased() != "latest" else {
      throw .invalid("'latest' alias name (case insensitive) is reserved.")
    }
    let rest = alias.dropFirst()
    if alias.lowercased().hasPrefix("v"), !rest.isEmpty, rest.allSatisfy(\.isWholeNumber) {
      throw .invalid("Version alias name '\(alias)' is reserved.")
    }
  }

  /// Most keys are, and a batch has a thousand: what needs no closer look.
  private static func isPlainName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "."),
      text.utf8.count <= Limits.entryKeyCharacters
    else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: " "), UInt8(ascii: ":"):
        true
      default: false
      }
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "_", "-", ".", " ", ":", "/": true
    default: isAlphanumeric(scalar)
    }
  }

  private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func plainPath(_ text: String, path: String) throws(MLflowError) {
    let normal = PythonText.normalPath(text)
    guard normal != text || normal == "." || normal.hasPrefix("..") || normal.hasPrefix("/") else {
      return
    }
    throw .invalid(
      Fields.invalidValue(
        path, .string(text),
        "Names may be treated as files in certain cases, and must not resolve to other names when"
          + " treated as such. This name would resolve to \(PythonText.repr(normal))"))
  }

  private static func tooLong(_ what: String, _ limit: Int) -> MLflowError {
    .invalid("'\(what)' exceeds the maximum length of \(limit) characters")
  }

  /// MLflow's server cuts long params and run tags by default: a script must not fail for them.
  static func cut(_ text: String, _ limit: Int) -> String { truncated(text, to: limit) }

  private static func truncated(_ text: String, to limit: Int) -> String {
    // Bytes are at least characters: most texts need no counting.
    guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
  }
}

/// What Python would print, where MLflow's messages show it.
enum PythonText {
  /// `posixpath.normpath`.
  static func normalPath(_ path: String) -> String {
    guard !path.isEmpty else { return "." }
    let slashes = path.prefix { $0 == "/" }.count
    let root = slashes == 0 ? "" : slashes == 2 ? "//" : "/"
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", root.isEmpty, parts.isEmpty || parts.last == ".." {
        parts.append(part)
      } else if part == ".." {
        parts = parts.dropLast()
      } else {
        parts.append(part)
      }
    }
    let joined = root + parts.joined(separator: "/")
    return joined.isEmpty ? "." : joined
  }

  /// A string in quotes.
  static func repr(_ text: String) -> String {
    let quote = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    let escaped = text.replacing("\\", with: "\\\\")
    return quote + (quote == "'" ? escaped.replacing("'", with: "\\'") : escaped) + quote
  }
}
