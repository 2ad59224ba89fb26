import FieldbookModel
import FieldbookWorkspace

enum ModelVersionEndpoints {
  static let all: [Endpoint] = [
    .post("model-versions/create", VersionCreation.create),
    .get("model-versions/get", get),
    .get("model-versions/search", search),
    .patch("model-versions/update", update),
    .delete("model-versions/delete", delete),
    .post("model-versions/transition-stage", transition),
    .post("model-versions/set-tag", setTag),
    .delete("model-versions/delete-tag", deleteTag),
    .get("model-versions/get-download-uri", downloadURI),
  ]

  @Sendable static func get(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let (model, version) = try named(tracker, call)
    return .object(["model_version": version.answer(of: model)])
  }

  @Sendable static func search(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let limit = try fields.integer("max_results") ?? 10_000
    guard limit > 0 else {
      throw MLflowError.invalid(
        "Invalid value for max_results. It must be a positive integer, but got \(limit)")
    }
    guard limit <= 200_000 else { throw fields.tooMany(limit) }
    let page = try tracker.workspace.versions(
      VersionQuery(
        filter: try fields.filter(), orderBy: try fields.texts("order_by"),
        limit: Int(limit), pageToken: try fields.pageToken()))
    return .object([
      "model_versions": .list(page.items.map { $0.answer(aliases: []) }),
      "next_page_token": .text(page.nextPageToken),
    ])
  }

  @Sendable static func update(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let (model, version) = try named(tracker, call)
    if let description = try call.fields.text("description") {
      try tracker.workspace.setDescription(version.id.key, description, durability: .person)
    }
    let updated = try tracker.version(version.label, of: model)
    return .object(["model_version": updated.answer(of: model)])
  }

  @Sendable static func delete(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let (model, version) = try named(tracker, call)
    for (alias, state) in model.aliases where state.version == version.id && !state.isHeld {
      try tracker.workspace.setAlias(model.id, alias, nil, durability: .person)
    }
    try tracker.workspace.delete(version.id.key, durability: .person)
    return .object([:])
  }

  @Sendable static func transition(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let stage = try ModelStage.canonical(try call.fields.requiredText("stage"))
    let archivesOthers = try call.fields.flag("archive_existing_versions") ?? false
    guard !archivesOthers || ModelStage.inUse.contains(stage) else {
      throw MLflowError.invalid(
        "Model version transition cannot archive existing model versions because '\(stage)' is"
          + " not an Active stage. Valid stages are ['Staging', 'Production']")
    }
    let (model, version) = try named(tracker, call)
    let others = model.versions.filter { other in
      archivesOthers && other.id != version.id && other.lifecycle == .active
        && other.answeredStage == stage
    }
    try tracker.workspace.setStages(
      others.map { ($0.id, "Archived") } + [(version.id, stage)], durability: .person)
    let updated = try tracker.version(version.label, of: model)
    return .object(["model_version": updated.answer(of: model)])
  }

  @Sendable static func setTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let (_, version) = try named(tracker, call)
    let (key, value) = try EntryRules.tag(
      try call.fields.requiredText("key"), try call.fields.text("value") ?? "",
      limit: EntryRules.registryTagCharacters)
    try tracker.workspace.setTag(version.id.key, key, value, durability: .person)
    return .object([:])
  }

  @Sendable static func deleteTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let (_, version) = try named(tracker, call)
    if let key = try EntryRules.goneTag(try call.fields.requiredText("key")),
      version.tags[key.text] != nil
    {
      try tracker.workspace.setTag(version.id.key, key, nil, durability: .person)
    }
    return .object([:])
  }

  @Sendable static func downloadURI(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let (_, version) = try named(tracker, call)
    let uri = try resolve(ModelSource(version.source), tracker, hops: 8)
    return .object(["artifact_uri": .string(uri)])
  }

  private static func named(
    _ tracker: Tracker, _ call: Call
  ) throws -> (RegisteredModel, ModelVersion) {
    let name = try call.fields.requiredText("name")
    let reference = try call.fields.requiredText("version")
    return try tracker.version(reference, ofModel: name)
  }

  /// Where the files are. A version may be a copy of another, that of a third: `hops` ends circles.
  static func resolve(_ source: ModelSource, _ tracker: Tracker, hops: Int) throws -> String {
    switch source.kind {
    case .loggedModel(let name):
      return try tracker.loggedModel(name, allowDeleted: true).artifactRoot.uri
    case .registered(let name, .version(let reference)) where hops > 0:
      let model = try tracker.model(name)
      let version = try tracker.version(reference, of: model)
      return try resolve(ModelSource(version.source), tracker, hops: hops - 1)
    default: return source.text
    }
  }
}
