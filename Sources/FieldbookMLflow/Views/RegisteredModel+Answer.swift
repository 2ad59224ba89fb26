import FieldbookModel

// Registered models and their versions as MLflow clients see them.
extension RegisteredModel {
  var answer: JSON {
    .object([
      "name": .string(name),
      "creation_timestamp": .integer(createdTime.milliseconds),
      "last_updated_timestamp": .integer(lastUpdateTime.milliseconds),
      "description": .text(description.flatMap { $0.isEmpty ? nil : $0 }),
      "latest_versions": .list(latestVersions.map { $0.answer(aliases: []) }),
      "tags": MLflowTag.answer(tags),
      "aliases": .list(answeredAliases),
    ])
  }

  private var answeredAliases: [JSON] {
    aliases.sorted { $0.key < $1.key }.compactMap { alias, state in
      guard let version = versions.first(where: { $0.id == state.version }) else { return nil }
      return .object(["alias": .string(alias), "version": .string(String(version.clientNumber))])
    }
  }

  /// The highest final number, else the newest that has none yet.
  var latestVersion: ModelVersion? { RegisteredModel.latest(of: versions) }

  /// One a stage, in the order in which the versions are first at one.
  var latestVersions: [ModelVersion] {
    var stages: [String] = []
    for version in versions where version.lifecycle == .active {
      if !stages.contains(version.answeredStage) { stages.append(version.answeredStage) }
    }
    return stages.compactMap { stage in
      RegisteredModel.latest(of: versions.filter { $0.answeredStage == stage })
    }
  }

  private static func latest(of versions: [ModelVersion]) -> ModelVersion? {
    versions.filter { $0.lifecycle == .active }.max { left, right in
      switch (left.finalNumber, right.finalNumber) {
      case (let one?, let other?): one < other
      case (nil, .some): true
      case (.some, nil): false
      case (nil, nil): (left.createdTime, left.id) < (right.createdTime, right.id)
      }
    }
  }
}

extension ModelVersion {
  var answeredStage: String { stage.isEmpty ? "None" : stage }

  func answer(of model: RegisteredModel) -> JSON {
    answer(aliases: model.aliases.filter { $0.value.version == id }.keys.sorted())
  }

  /// Lists name no aliases, as MLflow's do not.
  func answer(aliases: [String]) -> JSON {
    .object([
      "name": .string(modelName),
      "version": .string(String(clientNumber)),
      "creation_timestamp": .integer(createdTime.milliseconds),
      "last_updated_timestamp": .integer(lastUpdateTime.milliseconds),
      "current_stage": .string(answeredStage),
      "description": .string(description ?? ""),
      "source": .string(source),
      "run_id": .string(run?.hex ?? ""),
      "status": .string(status.isEmpty ? "READY" : status),
      "run_link": .string(tags[MLflowTag.runLink] ?? ""),
      "tags": MLflowTag.answer(tags.filter { $0.key != MLflowTag.runLink }),
      "aliases": .list(aliases.map(JSON.string)),
    ])
  }
}
