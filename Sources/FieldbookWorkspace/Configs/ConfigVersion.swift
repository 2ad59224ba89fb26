import FieldbookModel

/// A text of a config, as it was at some time.
package struct ConfigVersion: Sendable, Equatable {
  package var config: ConfigID
  package var name: String
  package var text: String
  /// Hexadecimal hash of the op that wrote it.
  package var op: String

  package init(config: ConfigID, name: String, text: String, op: String) {
    self.config = config
    self.name = name
    self.text = text
    self.op = op
  }
}

extension Workspace {
  /// What a person typed: NAME, NAME@OP (the beginning of a change's hash, four characters or more), or NAME~N and NAME@N, the Nth
  /// text before the present one. `config:` may stand before it.
  package func configVersion(_ reference: String) throws -> ConfigVersion {
    let text = reference.hasPrefix("config:") ? String(reference.dropFirst(7)) : reference
    if let key = try store.inspect({ try $0.entity(named: text, kind: .config) }) {
      return try present(ConfigID(key))
    }
    for mark: Character in ["@", "~"] {
      guard let place = text.lastIndex(of: mark) else { continue }
      let name = String(text[..<place])
      let rest = String(text[text.index(after: place)...])
      guard !rest.isEmpty,
        let key = try store.inspect({ try $0.entity(named: name, kind: .config) })
      else { continue }
      if rest.utf8.count <= 3, let back = Int(rest), back >= 0 {
        return try version(ConfigID(key), back: back, reference)
      }
      if mark == "@" { return try version(ConfigID(key), op: rest.lowercased(), reference) }
    }
    throw WorkspaceFailure.notFound(what: "config", reference: reference)
  }

  private func present(_ id: ConfigID) throws -> ConfigVersion {
    let config = try self.config(id)
    guard let text = config.text, let op = config.op else {
      throw ConfigFailure.noText(config.name)
    }
    return ConfigVersion(config: id, name: config.name, text: text, op: op)
  }

  private func version(_ id: ConfigID, back: Int, _ reference: String) throws -> ConfigVersion {
    if back == 0 { return try present(id) }
    let versions = try configHistory().versions(of: id)
    guard versions.indices.contains(back), let text = versions[back].text else {
      throw ConfigFailure.noVersion(reference: reference, count: versions.count)
    }
    return ConfigVersion(
      config: id, name: versions[back].name, text: text, op: versions[back].change.op)
  }

  /// Texts that were never shown, since a newer one stood beside them, can be named as well.
  private func version(_ id: ConfigID, op prefix: String, _ reference: String) throws
    -> ConfigVersion
  {
    let changes = try store.inspect { try $0.configChanges(of: id) }
      .filter { $0.text?.value != nil }
    let found = changes.filter { prefix.utf8.count >= 4 && $0.op.hasPrefix(prefix) }
    guard let first = found.first, let text = first.text?.value else {
      throw ConfigFailure.noVersion(reference: reference, count: changes.count)
    }
    guard found.count == 1 else {
      throw ConfigFailure.ambiguousVersion(
        reference: reference, candidates: found.map { String($0.op.prefix(12)) }.sorted())
    }
    return ConfigVersion(config: id, name: try config(id).name, text: text, op: first.op)
  }
}
