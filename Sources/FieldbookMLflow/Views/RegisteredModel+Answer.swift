import FieldbookModel

// Registered models and their versions as MLflow clients see them.
extension RegisteredModel {
  var answer: JSON {
    .object([
      "name": .string(name),
      "creation_timestamp": .integer(createdTime.milliseconds),
      "last_updated_timestamp": .integer(lastUpdateTime.milliseconds),
      "description": .text(description),
      "latest_versions": .list(latestVersions.map { $0.answer(of: self) }),
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

  /// One a stage.
  var latestVersions: [ModelVersion] {
    ModelStage.all.compactMap { stage in
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
    let aliases = model.aliases.filter { $0.value.version == id }.keys.sorted()
    return .object([
      "name": .string(model.name),
      "version": .string(String(clientNumber)),
      "creation_timestamp": .integer(createdTime.milliseconds),
      "last_updated_timestamp": .integer(lastUpdateTime.milliseconds),
      "current_stage": .string(answeredStage),
      "description": .string(description ?? ""),
      "source": .string(source),
      "run_id": .text(run?.hex),
      "status": .string(status.isEmpty ? "READY" : status),
      "run_link": .string(""),
      "tags": MLflowTag.answer(tags),
      "aliases": .list(aliases.map(JSON.string)),
      "model_id": .text(ModelSource(source).loggedModel?.modelText),
    ])
  }
}
