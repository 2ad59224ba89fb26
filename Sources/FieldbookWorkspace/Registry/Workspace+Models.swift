import FieldbookModel
import FieldbookReplication

extension Workspace {
  package func createModel(
    named name: String, description: String?, tags: [EntryKey: String], durability: Durability
  ) throws -> ModelID {
    try Check.entityName(name, what: "model")
    for (key, value) in tags { try Check.tagValue(value, key: key, ofRun: false) }
    if let description { try Check.longText(description, what: "description") }
    return try write(durability) { transaction in
      if try transaction.entity(named: name, kind: .model) != nil {
        throw WorkspaceFailure.alreadyExists(what: "model", name: name)
      }
      let (key, _) = try transaction.keyForName(name, kind: .model)
      var fields: [(FieldName, FieldValue)] = [(.name, .text(name))]
      if let description { fields.append((.description, .text(description))) }
      fields += tags.sorted { $0.key < $1.key }.map { (.tag($0.key), .text($0.value)) }
      try transaction.create(.createModel, key, fields)
      return ModelID(key)
    }
  }

  package func model(named name: String) throws -> RegisteredModel {
    guard let key = try store.inspect({ try $0.entity(named: name, kind: .model) }) else {
      throw WorkspaceFailure.notFound(what: "model", reference: name)
    }
    return try model(ModelID(key))
  }

  package func model(_ id: ModelID) throws -> RegisteredModel {
    guard let found = try store.inspect({ try $0.model(id) }) else {
      throw WorkspaceFailure.notFound(what: "model", reference: id.hex)
    }
    return found
  }

  /// A new version. The allocator's own device gives its final number at once, and so does one to which numbers are
  /// leased; elsewhere it is provisional.
  package func createVersion(
    of model: ModelID, source: String, run: RunID?, description: String?, tags: [EntryKey: String],
    durability: Durability
  ) throws -> ModelVersion {
    for (key, value) in tags { try Check.tagValue(value, key: key, ofRun: false) }
    if let description { try Check.longText(description, what: "description") }
    try Check.longText(source, what: "source")
    let key = EntityKey.fresh(environment.random)
    let span = ModelVersion.provisionalRange
    let draw = environment.random(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let provisional = span.lowerBound + Int64(draw % UInt64(span.upperBound - span.lowerBound))
    try write(durability) { transaction in
      guard try transaction.model(model) != nil else {
        throw WorkspaceFailure.notFound(what: "model", reference: model.hex)
      }
      var fields: [(FieldName, FieldValue)] = [
        (.model, .reference(model.key)), (.source, .text(source)),
        (.provisional, .integer(provisional)),
        (.ordinal, .integer(try transaction.versionCount(model.key) + 1)),
        (.modelStatus, .text("READY")),
      ]
      if let number = try transaction.ownLeasedNumber(of: model.key) {
        fields.append((.leasedNumber, .integer(number)))
      }
      if let run { fields.append((.run, .reference(run.key))) }
      if let description { fields.append((.description, .text(description))) }
      fields += tags.sorted { $0.key < $1.key }.map { (.tag($0.key), .text($0.value)) }
      try transaction.create(.createVersion, key, fields)
      try transaction.allocateNumbers()
    }
    return try version(VersionID(key))
  }

  package func version(_ id: VersionID) throws -> ModelVersion {
    guard let found = try store.inspect({ try $0.version(id) }) else {
      throw WorkspaceFailure.notFound(what: "version", reference: id.hex)
    }
    return found
  }

  /// `7`, `7~a3f91c02`, or the integer that an MLflow client was given: each resolves for ever.
  package func version(of model: ModelID, reference: String) throws -> ModelVersion {
    let found = try store.inspect { try $0.versions(of: model, matching: reference) }
    guard let first = found.first else {
      throw WorkspaceFailure.notFound(what: "version", reference: reference)
    }
    guard found.count == 1 else {
      throw WorkspaceFailure.ambiguous(
        reference: reference, candidates: try found.map { try version($0).id.key.short })
    }
    return try version(first)
  }

  /// Points an alias at a version, or takes it away. On a held alias this is the decision.
  package func setAlias(
    _ model: ModelID, _ alias: String, _ version: VersionID?, durability: Durability
  ) throws {
    try Check.entityName(alias, what: "alias")
    if let version, try self.version(version).model != model {
      throw WorkspaceFailure.notFound(what: "version", reference: version.hex)
    }
    try change(
      model.key, durability, [(.alias(alias), version.map { .reference($0.key) } ?? .null)])
    if try store.inspect({ try $0.isHub(deviceKey) }) { try performHubDuties() }
  }

  package func setStage(_ version: VersionID, _ stage: String, durability: Durability) throws {
    try setStages([(version, stage)], durability: durability)
  }

  /// All of them or none: what takes a place and what gives it up belong together.
  package func setStages(
    _ stages: [(version: VersionID, stage: String)], durability: Durability
  ) throws {
    try write(durability) { transaction in
      for (version, stage) in stages {
        _ = try require(version.key, transaction)
        guard
          try transaction.isContested(version.key, .stage)
            || transaction.shown(version.key, .stage) != .text(stage)
        else { continue }
        try transaction.set(version.key, [(.stage, .text(stage))])
      }
    }
  }

  package func setVersionStatus(_ version: VersionID, _ status: String, durability: Durability)
    throws
  {
    try change(version.key, durability, [(.modelStatus, .text(status))])
  }
}
