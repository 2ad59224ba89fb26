import FieldbookModel
import FieldbookWorkspace

enum ExperimentEndpoints {
  static let all: [Endpoint] = [
    .post("experiments/create", create),
    .get("experiments/get", get),
    .get("experiments/get-by-name", getByName),
    .post("experiments/search", search),
    .get("experiments/search", search),
    .post("experiments/update", update),
    .post("experiments/delete", delete),
    .post("experiments/restore", restore),
    .post("experiments/set-experiment-tag", setTag),
    .post("experiments/delete-experiment-tag", deleteTag),
    .post("experiments/search-datasets", searchDatasets),
  ]

  /// An `artifact_location` is kept and shown as a wish; artifacts live in the replica and travel with it.
  @Sendable static func create(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let name = try call.fields.requiredText("name")
    try EntryRules.experimentName(name)
    var tags: [EntryKey: String] = [:]
    var note: String?
    for (key, value) in try call.fields.pairs("tags", wantsKeys: false) {
      let limit = EntryRules.experimentTagCharacters
      if key == MLflowTag.note {
        note = value
      } else {
        let (key, value) = try EntryRules.tag(key, value, limit: limit)
        tags[key] = value
      }
    }
    if let location = try call.fields.text("artifact_location"), !location.isEmpty {
      tags[EntryKey(unchecked: MLflowTag.artifactLocation)] = try ArtifactLocation.checked(location)
    }
    do {
      let id = try tracker.workspace.createExperiment(named: name, tags: tags, durability: .script)
      if let note { try tracker.workspace.setDescription(id.key, note, durability: .script) }
      return .object(["experiment_id": .string(id.decimal)])
    } catch WorkspaceFailure.alreadyExists {
      throw MLflowError(.resourceAlreadyExists, "Experiment(name=\(name)) already exists.")
    } catch WorkspaceFailure.deleted {
      throw MLflowError(
        .resourceAlreadyExists,
        "Experiment(name=\(name)) already exists in the deleted state. Restore it, or give the"
          + " new one another name.")
    }
  }

  @Sendable static func get(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let experiment = try tracker.experiment(try call.fields.requiredText("experiment_id"))
    return .object(["experiment": experiment.answer])
  }

  @Sendable static func getByName(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let name = try call.fields.requiredText("experiment_name")
    do {
      return .object(["experiment": try tracker.workspace.experiment(named: name).answer])
    } catch WorkspaceFailure.notFound {
      throw MLflowError.missing("Could not find experiment with name '\(name)'")
    }
  }

  @Sendable static func search(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let page = try tracker.workspace.experiments(
      ExperimentQuery(
        filter: try fields.filter(), orderBy: try fields.texts("order_by"),
        view: try fields.lifecycleView("view_type"),
        limit: try PageLimit.checked(try fields.integer("max_results") ?? 0, atMost: 50_000),
        pageToken: try fields.pageToken()))
    return .object([
      "experiments": .list(page.items.map(\.answer)),
      "next_page_token": .text(page.nextPageToken),
    ])
  }

  @Sendable static func update(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let experiment = try tracker.experiment(try call.fields.requiredText("experiment_id"))
    let name = try call.fields.requiredText("new_name")
    try EntryRules.experimentName(name)
    guard experiment.lifecycle == .active else {
      throw MLflowError.invalid("Cannot rename a non-active experiment.")
    }
    do {
      try tracker.workspace.rename(experiment.id.key, to: name, durability: .script)
    } catch WorkspaceFailure.alreadyExists {
      throw MLflowError(.resourceAlreadyExists, "Experiment(name=\(name)) already exists.")
    }
    return .object([:])
  }

  @Sendable static func delete(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let decimal = try call.fields.requiredText("experiment_id")
    let experiment = try tracker.experiment(decimal)
    guard experiment.lifecycle == .active else {
      throw MLflowError.missing("No Experiment with id=\(decimal) exists")
    }
    try tracker.workspace.delete(experiment.id.key, durability: .script)
    return .object([:])
  }

  @Sendable static func restore(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let decimal = try call.fields.requiredText("experiment_id")
    let experiment = try tracker.experiment(decimal)
    guard experiment.lifecycle == .deleted else {
      throw MLflowError.missing("No Experiment with id=\(decimal) exists")
    }
    try tracker.workspace.restore(experiment.id.key, durability: .script)
    return .object([:])
  }

  @Sendable static func setTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let decimal = try call.fields.requiredText("experiment_id")
    let key = try call.fields.requiredText("key")
    let value = try call.fields.text("value") ?? ""
    let (tag, text) = try EntryRules.tag(key, value, limit: EntryRules.experimentTagCharacters)
    let id = try tracker.activeExperiment(decimal).id.key
    if key == MLflowTag.note {
      try tracker.workspace.setDescription(id, text, durability: .script)
    } else {
      try tracker.workspace.setTag(id, tag, text, durability: .script)
    }
    return .object([:])
  }

  @Sendable static func deleteTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let decimal = try call.fields.requiredText("experiment_id")
    let key = try call.fields.requiredText("key")
    let experiment = try tracker.activeExperiment(decimal)
    guard experiment.answeredTags[key] != nil else {
      throw MLflowError.missing("No tag with name: \(key) in experiment with id \(decimal)")
    }
    if key == MLflowTag.note {
      try tracker.workspace.setDescription(experiment.id.key, nil, durability: .script)
    } else {
      let tag = EntryKey(unchecked: key)
      try tracker.workspace.setTag(experiment.id.key, tag, nil, durability: .script)
    }
    return .object([:])
  }

  private static let datasets = 1000

  /// Datasets that runs used, each once.
  @Sendable static func searchDatasets(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let decimals = try call.fields.texts("experiment_ids")
    guard !decimals.isEmpty else {
      throw MLflowError.invalid("SearchDatasets request must specify at least one experiment_id.")
    }
    guard decimals.count <= 20 else {
      throw MLflowError.invalid(
        "SearchDatasets request cannot specify more than 20 experiment_ids."
          + " Received \(decimals.count) experiment_ids.")
    }
    var summaries: [JSON] = []
    for experiment in try tracker.knownExperiments(decimals) {
      let found = try tracker.workspace.datasets(
        of: experiment, limit: datasets - summaries.count)
      summaries += found.map { dataset in
        .object([
          "experiment_id": .string(experiment.decimal), "name": .string(dataset.name),
          "digest": .string(dataset.digest), "context": .text(dataset.context),
        ])
      }
    }
    return .object(["dataset_summaries": .list(summaries)])
  }
}
