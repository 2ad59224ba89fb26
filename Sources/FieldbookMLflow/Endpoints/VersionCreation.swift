import FieldbookModel
import FieldbookWorkspace

/// `model-versions/create`: a version is made of a logged model, of a run's files, of another version, or of files
/// elsewhere; what it is made of must be what the client says it is.
struct VersionCreation {
  private var name: String
  private var source: ModelSource
  /// As the client names them, or as the version that is copied has them.
  private var run: String
  private var model: String
  private let namesRun: Bool
  private let namesModel: Bool
  private let description: String?
  private var tags: [EntryKey: String]
  private let isPrompt: Bool

  @Sendable static func create(_ tracker: Tracker, _ call: Call) throws -> JSON {
    var creation = try VersionCreation(call.fields)
    try creation.checkSource(tracker)
    return try creation.version(in: tracker)
  }

  private init(_ fields: Fields) throws(MLflowError) {
    name = try fields.requiredText("name")
    source = ModelSource(try fields.requiredText("source"))
    let (run, model) = (try fields.text("run_id"), try fields.text("model_id"))
    (namesRun, namesModel) = (run != nil, model != nil)
    (self.run, self.model) = (run ?? "", model ?? "")
    description = try fields.text("description")
    tags = try RegistryTags.read(fields, promptText: true)
    isPrompt = RegistryTags.sayPrompt(tags)
    if let link = try fields.text("run_link"), !link.isEmpty {
      tags[EntryKey(unchecked: MLflowTag.runLink)] = link
    }
  }

  private mutating func checkSource(_ tracker: Tracker) throws {
    if isPrompt, source.text != "dummy-source", source.text != "prompt-template" {
      throw MLflowError.invalid(
        "Invalid prompt source: '\(source.text)'. Prompt sources must use an MLflow placeholder.")
    }
    try SourceRule(source).checkHost()
    guard !isPrompt else { return }
    try resolveCopy(tracker)
    let rule = SourceRule(source)
    if model.isEmpty {
      try rule.checkIsOfRun(run, tracker)
    } else {
      try rule.checkIsOfModel(model, tracker)
    }
  }

  /// What is copied is named by its number, and brings its run along.
  private mutating func resolveCopy(_ tracker: Tracker) throws {
    guard source.parts.scheme == "models" else { return }
    guard !source.parts.hasAuthority else {
      throw SourceRule(source).invalid(
        "Registered model sources must use the active model registry.")
    }
    guard case .registered(let name, let reference) = source.kind else {
      if source.kind == .malformed { throw SourceRule(source).notContained("model_id") }
      return
    }
    let copied = try tracker.model(name)
    guard copied.tags[MLflowTag.isPrompt]?.lowercased() != "true" else {
      throw SourceRule(source).invalid("Prompt versions cannot be used as model version sources.")
    }
    let version = try VersionCreation.version(reference, of: copied, tracker)
    let copiedRun = version.run?.hex ?? ""
    guard !namesRun || run == copiedRun, !namesModel || model.isEmpty else {
      throw SourceRule(source).invalid(
        "The run_id and model_id request parameters must match the referenced model version.")
    }
    run = copiedRun
    source = ModelSource("models:/\(name)/\(version.clientNumber)")
  }

  private static func version(
    _ reference: ModelSource.Reference, of model: RegisteredModel, _ tracker: Tracker
  ) throws -> ModelVersion {
    switch reference {
    case .version(let number): return try tracker.version(number, of: model)
    case .alias(let alias): return try RegisteredModelEndpoints.version(alias, of: model)
    case .latest:
      guard let latest = model.latestVersion else {
        throw MLflowError(.internalError, "No versions of model with name '\(model.name)' found")
      }
      return latest
    case .stage(let text):
      let stage = try ModelStage.canonical(text)
      guard let latest = model.latestVersions.first(where: { $0.answeredStage == stage }) else {
        throw MLflowError(
          .badRequest,
          "No versions of model with name '\(model.name)' and stage '\(text)' found")
      }
      return latest
    }
  }

  private func version(in tracker: Tracker) throws -> JSON {
    var runID = run.isEmpty ? nil : try tracker.runID(run)
    let logged = model.isEmpty ? nil : try tracker.loggedModel(model)
    if runID == nil { runID = logged?.sourceRun }
    let registered = try tracker.model(name)
    let version = try tracker.workspace.createVersion(
      of: registered.id, source: source.text, run: runID, description: description, tags: tags,
      durability: .person)
    if let logged, !isPrompt { try VersionCreation.note(version, on: logged.id, tracker) }
    return .object(["model_version": version.answer(aliases: [])])
  }

  /// Clients look for a logged model's versions in a tag of it.
  private static func note(
    _ version: ModelVersion, on model: LoggedModelID, _ tracker: Tracker
  ) throws {
    let loggedModel = try tracker.loggedModel(model.modelText, allowDeleted: true)
    let entry = JSON.object([
      "name": .string(version.modelName), "version": .integer(version.clientNumber),
    ])
    var entries =
      loggedModel.tags[MLflowTag.modelVersions]
      .flatMap { try? JSONParser.parse(Array($0.utf8)) }?.items ?? []
    guard !entries.contains(entry) else { return }
    entries.append(entry)
    try tracker.workspace.setTag(
      loggedModel.id.key, EntryKey(unchecked: MLflowTag.modelVersions), JSON.spacedList(entries),
      durability: .person)
  }
}
