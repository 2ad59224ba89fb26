import FieldbookModel
import FieldbookReplication
import FieldbookRepository

/// Configs that the team shares.
extension Workspace {
  /// A new one. Two laptops that add one name make one config, and of different texts a conflict.
  package func addConfig(_ name: String, _ text: String) throws -> ConfigID {
    try Check.configName(name)
    try ConfigText.check(text, name: name)
    return try write(.person) { transaction in
      if let known = try transaction.entity(named: name, kind: .config) {
        guard try transaction.config(ConfigID(known))?.lifecycle == .active else {
          throw WorkspaceFailure.deleted(what: "config", name: name)
        }
        throw ConfigFailure.exists(name)
      }
      try Workspace.checkPlace(of: name, among: transaction.configs())
      let (key, _) = try transaction.keyForName(name, kind: .config)
      try transaction.create(
        .createConfig, key, [(.name, .text(name)), (.configText, .text(text))])
      return ConfigID(key)
    }
  }

  /// A name cannot be a file and a folder of others: the branch, and everybody's folders, hold one of them.
  ///
  /// - Throws: `ConfigFailure.inTheWay`.
  static func checkPlace(of name: String, among configs: [Config]) throws {
    let other = configs.first { one in
      one.lifecycle == .active
        && (one.name.hasPrefix(name + "/") || name.hasPrefix(one.name + "/"))
    }
    if let other { throw ConfigFailure.inTheWay(name, of: other.name) }
  }

  /// The whole text anew; what stands already is left alone.
  ///
  /// - Parameter seen: the ops whose text was edited. If others wrote since, it stands beside what they wrote, as if it had been
  ///   written on another laptop; nil: it replaces whatever stands.
  /// - Returns: false if that was the text already.
  @discardableResult
  package func editConfig(_ id: ConfigID, _ text: String, seen: [String]? = nil) throws -> Bool {
    let config = try self.config(id)
    try ConfigText.check(text, name: config.name)
    return try write(.person) { transaction in
      let standing = try transaction.standingTexts(of: id)
      if Set(standing.map(\.text)) == [text] { return false }
      if let seen, Set(seen) != Set(standing.map(\.op)) {
        let replaced = try seen.compactMap { try transaction.findOperation($0)?.dot }
        try transaction.append(
          kind: .set, entity: id.key,
          cells: [Cell(field: .configText, overwrites: replaced, value: .text(text))])
      } else {
        try transaction.set(id.key, [(.configText, .text(text))])
      }
      return true
    }
  }

  package func configs() throws -> [Config] { try store.inspect { try $0.configs() } }

  package func config(_ id: ConfigID) throws -> Config {
    guard let found = try store.inspect({ try $0.config(id) }) else {
      throw WorkspaceFailure.notFound(what: "config", reference: id.hex)
    }
    return found
  }

  /// Deleted ones too; active ones first.
  package func config(named name: String) throws -> Config {
    guard let key = try store.inspect({ try $0.entity(named: name, kind: .config) }) else {
      throw WorkspaceFailure.notFound(what: "config", reference: name)
    }
    return try config(ConfigID(key))
  }

  /// The ops whose texts stand.
  package func standingConfigOps(_ id: ConfigID) throws -> [String] {
    try store.inspect { try $0.standingTexts(of: id).map(\.op) }
  }

  // MARK: Merging

  /// Brings together what several wrote unseen by each other, where that needs no person: lines apart, and a result that reads.
  ///
  /// Whoever sees it first does it. Two that do it at one time write one and the same text, which is no conflict. Nothing is
  /// written where nothing is to be merged, and not by a device that may only read.
  ///
  /// - Returns: how many conflicts that ended.
  @discardableResult
  package func mergeConfigs() throws -> Int {
    let contested = try store.inspect { try $0.contestedConfigs() }
    guard !contested.isEmpty, try mayWrite() else { return 0 }
    return try contested.filter(mergeConfig).count
  }

  /// The same of one of them.
  ///
  /// - Returns: false, and nothing is written, where it needs a person.
  package func mergeConfig(_ config: ConfigID) throws -> Bool {
    // Most that are contested stay so: the door for writes is not opened for a look.
    guard try store.inspect({ try Workspace.merge(of: config, $0) }) != nil else { return false }
    return try write(.person) { transaction in
      guard try transaction.contestedConfigs().contains(config),
        let text = try Workspace.merge(of: config, transaction)
      else { return false }
      try transaction.set(config.key, [(.configText, .text(text))])
      return true
    }
  }

  /// The same where nothing else depends on it: a disk that cannot be written leaves the conflict as it is.
  package func mergeConfigsIfAble() { _ = try? mergeConfigs() }

  private func mayWrite() throws -> Bool {
    guard let own = try devices().first(where: \.isSelf) else { return true }
    return own.role != .reader && !own.isRevoked
  }

  /// Nil where a person has to decide.
  package static func merge(of config: ConfigID, _ transaction: WriteTransaction) throws -> String?
  {
    guard let found = try transaction.config(config) else { return nil }
    let standing = try transaction.standingTexts(of: config)
    let texts = standing.compactMap(\.text)
    guard texts.count == standing.count,
      texts.allSatisfy({ $0.utf8.count <= Limits.configBytes })
    else { return nil }
    guard let text = try configMerge(of: config, transaction).merged(standing.map(\.op)),
      (try? ConfigText.check(text, name: found.name)) != nil
    else { return nil }
    return text
  }

  private static func configMerge(of config: ConfigID, _ transaction: WriteTransaction) throws
    -> ConfigMerge
  {
    let changes = ConfigHistory.ordered(try transaction.configChanges(of: config))
    return ConfigMerge(changes) { base, left, right in
      if Mutant.isOn(.mergedLinesLost) { return left }
      guard case .merged(let text) = try LineMerge.merge(base: base, left: left, right: right)
      else { return nil }
      return text
    }
  }

  /// The same conflict with its base: of texts that did not replace one and the same, the nearest one that all came from.
  static func withBase(_ conflict: Conflict, _ transaction: WriteTransaction) throws -> Conflict {
    guard conflict.base == nil, conflict.kind == .value, conflict.entity.kind == .config,
      conflict.field == .configText
    else { return conflict }
    let merge = try configMerge(of: ConfigID(conflict.entity.key), transaction)
    guard let base = try merge.base(of: conflict.sides.map(\.op)) else { return conflict }
    var conflict = conflict
    (conflict.base, conflict.baseOrigin) = base
    return conflict
  }

  // MARK: As a line

  package func configHistory() throws -> ConfigHistory {
    ConfigHistory(try store.inspect { try $0.configChanges() })
  }
}

package enum ConfigFailure: Failure, Equatable {
  case exists(String)
  case inTheWay(String, of: String)
  case noText(String)
  case noVersion(reference: String, count: Int)
  case ambiguousVersion(reference: String, candidates: [String])

  package var message: String {
    switch self {
    case .exists(let name): "the config '\(name)' exists already"
    case .inTheWay(let name, let other):
      "'\(name)' and the config '\(other)' cannot both be: one would be the other's folder"
    case .noText(let name): "the config '\(name)' has no text: it was purged"
    case .noVersion(let reference, let count):
      "'\(reference)' is no version: the config has \(count)"
    case .ambiguousVersion(let reference, let candidates):
      "'\(reference)' is ambiguous: it could be \(candidates.prefix(5).joined(separator: ", "))"
    }
  }

  package var hint: String {
    switch self {
    case .exists(let name): "change it: fieldbook config edit \(name) FILE"
    case .inTheWay: "choose another name"
    case .noText(let name): "give it one: fieldbook config edit \(name) FILE"
    case .noVersion: "see them: fieldbook config log NAME"
    case .ambiguousVersion: "give more characters"
    }
  }
}
