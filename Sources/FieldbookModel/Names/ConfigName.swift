/// Names of shared configs: relative paths that end in `.yaml`, `.yml` or `.json`.
package enum ConfigName {
  package static let endings = [".yaml", ".yml", ".json"]

  package static func isJSON(_ name: String) -> Bool { name.hasSuffix(".json") }

  package static func hasEnding(_ name: String) -> Bool {
    endings.contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
  }

  /// What a config is called while another has its name: `train/base~a3f91c02.yaml`.
  package static func apart(_ name: String, _ key: EntityKey) -> String {
    let (stem, ending) = split(name)
    return "\(stem)~\(key.short)\(ending)"
  }

  /// The name without what `apart` added.
  package static func bare(_ shown: String) -> String {
    let (stem, ending) = split(shown)
    guard let tilde = stem.lastIndex(of: "~") else { return shown }
    let suffix = stem[stem.index(after: tilde)...]
    guard suffix.count == 8, suffix.allSatisfy(\.isHexDigit) else { return shown }
    return stem[..<tilde] + ending
  }

  private static func split(_ name: String) -> (stem: Substring, ending: String) {
    guard let ending = endings.first(where: name.hasSuffix) else { return (name[...], "") }
    return (name.dropLast(ending.count), ending)
  }
}

extension Check {
  /// As paths of artifacts; a part that begins with `.git` would be none in a git repository.
  package static func configName(_ text: String) throws(InvalidInput) {
    let hint = "use a relative path that ends in .yaml, .yml or .json, such as train/base.yaml"
    do {
      try artifactPath(text)
    } catch {
      throw InvalidInput("'\(text.prefix(80))' is not a name that a config can have", hint: hint)
    }
    let parts = text.split(separator: "/")
    guard ConfigName.hasEnding(text), text.utf8.count <= Limits.configNameBytes,
      !parts.contains(where: { $0.lowercased().hasPrefix(".git") || $0.utf8.count > 255 })
    else {
      throw InvalidInput("'\(text.prefix(80))' is not a name that a config can have", hint: hint)
    }
  }
}
