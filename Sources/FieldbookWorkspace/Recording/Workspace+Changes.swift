import FieldbookModel
import FieldbookReplication

extension Workspace {
  /// What somebody knew of a field who writes something else there.
  package enum Known: Sendable {
    /// All that this replica holds.
    case everything
    /// This text, or none, which was shown when they began. What came since is not overwritten: it stands beside what they
    /// write, as if they had written it elsewhere.
    case text(String?)

    func contains(_ value: FieldValue) -> Bool {
      switch self {
      case .everything: true
      case .text(let text): value.text == text
      }
    }
  }

  /// Nil takes the tag away.
  package func setTag(
    _ entity: EntityKey, _ key: EntryKey, _ value: String?, knowing known: Known = .everything,
    durability: Durability
  ) throws {
    if let value {
      let isShort = value.utf8.count <= Limits.tagValueCharacters
      let ofRun = try isShort || store.inspect { try $0.kind(of: entity) } == .run
      try Check.tagValue(value, key: key, ofRun: ofRun)
    }
    try change(entity, durability, [(.tag(key), value.map { .text($0) } ?? .null)], knowing: known)
  }

  package func setDescription(
    _ entity: EntityKey, _ text: String?, knowing known: Known = .everything,
    durability: Durability
  ) throws {
    if let text { try Check.longText(text, what: "description") }
    try change(
      entity, durability, [(.description, text.map { .text($0) } ?? .null)], knowing: known)
  }

  /// Of a run, an experiment, a registered model or a config.
  package func rename(
    _ entity: EntityKey, to name: String, knowing known: Known = .everything,
    durability: Durability
  ) throws {
    try write(durability) { transaction in
      let kind = try require(entity, transaction)
      if kind == .config {
        try Check.configName(name)
        let text = try transaction.text(entity, .configText)
        if let text { try ConfigText.check(text, name: name) }
        let others = try transaction.configs().filter { $0.id.key != entity }
        try Workspace.checkPlace(of: name, among: others)
      } else {
        try Check.entityName(name, what: kind.name)
      }
      if kind == .experiment || kind == .model || kind == .config,
        let taken = try transaction.entity(named: name, kind: kind), taken != entity
      {
        throw WorkspaceFailure.alreadyExists(what: kind.name, name: name)
      }
      try transaction.set(entity, [(.name, .text(name))], knowing: known.contains)
    }
  }

  package func addLabels(_ run: RunID, _ labels: [String]) throws {
    for label in labels { try Check.label(label) }
    try change(run.key, .person, labels.map { (.label($0), .text("")) })
  }

  package func removeLabels(_ run: RunID, _ labels: [String]) throws {
    try write(.person) { transaction in
      _ = try require(run.key, transaction)
      for label in labels where try transaction.text(run.key, .label(label)) == nil {
        throw WorkspaceFailure.notFound(what: "label", reference: label)
      }
      try transaction.set(run.key, labels.map { (.label($0), nil) })
    }
  }

  package func addComment(_ run: RunID, _ text: String) throws {
    try Check.longText(text, what: "comment")
    try change(run.key, .person, [(.comments, .text(text))])
  }

  package func delete(_ entity: EntityKey, durability: Durability) throws {
    try change(entity, durability, [(.lifecycle, .text(Lifecycle.deleted.rawValue))])
  }

  package func restore(_ entity: EntityKey, durability: Durability) throws {
    try change(entity, durability, [(.lifecycle, .text(Lifecycle.active.rawValue))])
  }

  /// Sets registers of something that exists; values that stand already are left alone.
  func change(
    _ entity: EntityKey, _ durability: Durability, _ fields: [(FieldName, FieldValue?)],
    knowing known: Known = .everything
  ) throws {
    try write(durability) { transaction in
      _ = try require(entity, transaction)
      let news = try fields.filter { field, value in
        if field == .comments || field == .lifecycle { return true }
        return try transaction.isContested(entity, field)
          || transaction.shown(entity, field) != value
      }
      if !news.isEmpty { try transaction.set(entity, news, knowing: known.contains) }
    }
  }

  func require(_ entity: EntityKey, _ transaction: WriteTransaction) throws -> EntityKind {
    guard let kind = try transaction.kind(of: entity) else {
      throw WorkspaceFailure.notFound(what: "thing", reference: entity.hex)
    }
    return kind
  }
}
