import FieldbookModel
import FieldbookWorkspace

/// Registered models and their aliases. Written as a person's decisions: they survive a power cut.
enum RegisteredModelEndpoints {
  static let all: [Endpoint] = [
    .post("registered-models/create", create),
    .get("registered-models/get", get),
    .get("registered-models/search", search),
    .patch("registered-models/update", update),
    .post("registered-models/rename", rename),
    .delete("registered-models/delete", delete),
    .post("registered-models/set-tag", setTag),
    .delete("registered-models/delete-tag", deleteTag),
    .post("registered-models/get-latest-versions", latestVersions),
    .get("registered-models/get-latest-versions", latestVersions),
    .post("registered-models/alias", setAlias),
    .get("registered-models/alias", getAlias),
    .delete("registered-models/alias", deleteAlias),
  ]

  @Sendable static func create(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let name = try call.fields.requiredText("name")
    try EntryRules.modelName(name)
    let tags = try RegistryTags.read(call.fields)
    do {
      _ = try tracker.workspace.createModel(
        named: name, description: try call.fields.text("description"), tags: tags,
        durability: .person)
    } catch WorkspaceFailure.alreadyExists {
      throw taken(name, isPrompt: RegistryTags.sayPrompt(tags), tracker)
    }
    return .object(["registered_model": try tracker.model(name).answer])
  }

  @Sendable static func get(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.model(try call.fields.requiredText("name"))
    return .object(["registered_model": model.answer])
  }

  @Sendable static func search(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let limit = try fields.integer("max_results") ?? 100
    guard limit <= 1000 else { throw fields.tooMany(limit) }
    let page = try tracker.workspace.models(
      ModelQuery(
        filter: try fields.filter(),
        orderBy: try fields.texts("order_by"),
        limit: try PageLimit.checked(limit, atMost: 1000), pageToken: try fields.pageToken()))
    return .object([
      "registered_models": .list(page.items.map(\.answer)),
      "next_page_token": .text(page.nextPageToken),
    ])
  }

  @Sendable static func update(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.model(try call.fields.requiredText("name"))
    let description = try call.fields.text("description") ?? ""
    try tracker.workspace.setDescription(model.id.key, description, durability: .person)
    return .object(["registered_model": try tracker.model(model.name).answer])
  }

  @Sendable static func rename(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.model(try call.fields.requiredText("name"))
    let name = try call.fields.requiredText("new_name")
    try EntryRules.modelName(name, path: "new_name")
    do {
      try tracker.workspace.rename(model.id.key, to: name, durability: .person)
    } catch WorkspaceFailure.alreadyExists {
      throw alreadyExists(name)
    }
    return .object(["registered_model": try tracker.model(name).answer])
  }

  @Sendable static func delete(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.model(try call.fields.requiredText("name"))
    try tracker.workspace.delete(model.id.key, durability: .person)
    return .object([:])
  }

  @Sendable static func setTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.model(try call.fields.requiredText("name"))
    let (key, value) = try EntryRules.tag(
      try call.fields.requiredText("key"), try call.fields.text("value") ?? "",
      limit: EntryRules.registryTagCharacters)
    try tracker.workspace.setTag(model.id.key, key, value, durability: .person)
    return .object([:])
  }

  @Sendable static func deleteTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.model(try call.fields.requiredText("name"))
    if let key = try EntryRules.goneTag(try call.fields.requiredText("key")),
      model.tags[key.text] != nil
    {
      try tracker.workspace.setTag(model.id.key, key, nil, durability: .person)
    }
    return .object([:])
  }

  @Sendable static func latestVersions(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.model(try call.fields.requiredText("name"))
    let asked = try call.fields.texts("stages").map(ModelStage.canonical)
    let stages = asked.isEmpty ? ModelStage.all : asked
    let versions = model.latestVersions.filter { stages.contains($0.answeredStage) }
    return .object(["model_versions": .list(versions.map { $0.answer(of: model) })])
  }

  @Sendable static func setAlias(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let name = try call.fields.requiredText("name")
    let alias = try call.fields.requiredText("alias")
    let reference = try call.fields.requiredText("version")
    try EntryRules.alias(alias)
    try EntryRules.aliasIsFree(alias)
    let (model, version) = try tracker.version(reference, ofModel: name)
    try tracker.workspace.setAlias(model.id, alias, version.id, durability: .person)
    return .object([:])
  }

  @Sendable static func getAlias(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let name = try call.fields.requiredText("name")
    let alias = try call.fields.requiredText("alias")
    try EntryRules.alias(alias)
    let model = try tracker.model(name)
    return .object(["model_version": try version(alias, of: model).answer(of: model)])
  }

  @Sendable static func deleteAlias(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let name = try call.fields.requiredText("name")
    let alias = try call.fields.requiredText("alias")
    try EntryRules.alias(alias)
    let model = try tracker.model(name)
    if model.aliases[alias] != nil {
      try tracker.workspace.setAlias(model.id, alias, nil, durability: .person)
    }
    return .object([:])
  }

  static func version(
    _ alias: String, of model: RegisteredModel
  ) throws(MLflowError) -> ModelVersion {
    if alias.lowercased() == "latest" {
      guard let latest = model.latestVersion else {
        throw .missing("Latest version not found for model \(model.name).")
      }
      return latest
    }
    guard let state = model.aliases[alias] else {
      throw .invalid("Registered model alias \(alias) not found.")
    }
    guard let id = state.version, let version = model.versions.first(where: { $0.id == id }) else {
      let reason =
        state.isHeld
        ? " Devices set it differently, and nothing was settled before; see: fieldbook conflicts"
        : ""
      throw .invalid("Registered model alias \(alias) not found." + reason)
    }
    return version
  }

  private static func alreadyExists(_ name: String) -> MLflowError {
    MLflowError(.resourceAlreadyExists, "Registered Model (name=\(name)) already exists.")
  }

  /// Models and prompts share their names.
  private static func taken(_ name: String, isPrompt: Bool, _ tracker: Tracker) -> MLflowError {
    let holder = try? tracker.model(name)
    let held = holder.map { $0.tags[MLflowTag.isPrompt]?.lowercased() == "true" } ?? isPrompt
    guard held != isPrompt else {
      return isPrompt
        ? MLflowError(.resourceAlreadyExists, "Prompt (name=\(name)) already exists.")
        : alreadyExists(name)
    }
    let kinds = ["registered model", "prompt"]
    return MLflowError(
      .resourceAlreadyExists,
      "Tried to create a \(kinds[isPrompt ? 1 : 0]) with name \(PythonText.repr(name)), but the name"
        + " is already taken by a \(kinds[held ? 1 : 0]). MLflow does not allow creating a model and"
        + " a prompt with the same name.")
  }
}

enum RegistryTags {
  /// - Parameter promptText: whether a prompt's text gets a message of its own when it is too long.
  static func read(
    _ fields: Fields, promptText: Bool = false
  ) throws(MLflowError) -> [EntryKey: String] {
    var tags: [EntryKey: String] = [:]
    for pair in try fields.pairs("tags", wantsKeys: false) {
      let limit = EntryRules.registryTagCharacters
      if promptText, pair.key == MLflowTag.promptText, pair.value.unicodeScalars.count > limit {
        throw .invalid("Prompt text exceeds max length of \(limit) characters.")
      }
      let (key, value) = try EntryRules.tag(pair.key, pair.value, limit: limit)
      tags[key] = value
    }
    return tags
  }

  static func sayPrompt(_ tags: [EntryKey: String]) -> Bool {
    tags[EntryKey(unchecked: MLflowTag.isPrompt)]?.lowercased() == "true"
  }
}

enum ModelStage {
  static let all = ["None", "Staging", "Production", "Archived"]
  /// Those that one asks the latest version of.
  static let inUse = ["Staging", "Production"]

  @Sendable static func canonical(_ text: String) throws(MLflowError) -> String {
    guard let stage = all.first(where: { $0.lowercased() == text.lowercased() }) else {
      throw .invalid(
        "Invalid Model Version stage: \(text). Value must be one of"
          + " \(all.joined(separator: ", ")).")
    }
    return stage
  }
}
