import FieldbookModel
import FieldbookWorkspace

/// Models as scripts save them, before the registry.
enum LoggedModelEndpoints {
  static let all: [Endpoint] = [
    .post("logged-models", create),
    .post("logged-models/search", search),
    .get("logged-models/{model_id}", get),
    .patch("logged-models/{model_id}", finalize),
    .delete("logged-models/{model_id}", delete),
    .post("logged-models/{model_id}/params", logParameters),
    .patch("logged-models/{model_id}/tags", setTags),
    .delete("logged-models/{model_id}/tags/{tag_key}", deleteTag),
    .get("logged-models/{model_id}/artifacts/directories", listArtifacts),
  ]

  @Sendable static func create(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let experiment = try tracker.activeExperiment(try fields.requiredText("experiment_id"))
    let name = try fields.text("name").flatMap { $0.isEmpty ? nil : $0 }
    if let name { try EntryRules.loggedModelName(name) }
    let sourceRun = try fields.text("source_run_id").flatMap { $0.isEmpty ? nil : $0 }
    let id = try tracker.workspace.createLoggedModel(
      experiment: experiment.id, name: name, sourceRun: try sourceRun.map(tracker.runID),
      modelType: try fields.text("model_type").flatMap { $0.isEmpty ? nil : $0 },
      parameters: try parameters(fields), tags: try tags(fields), durability: .script)
    return .object(["model": try tracker.workspace.loggedModel(id).answer])
  }

  @Sendable static func get(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let allowDeleted = try call.fields.text("allow_deleted")?.lowercased() == "true"
    let model = try tracker.loggedModel(try call.part("model_id"), allowDeleted: allowDeleted)
    return .object(["model": model.answer])
  }

  @Sendable static func finalize(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.loggedModel(try call.part("model_id"))
    guard let value = call.fields["status"], value != .string("") else {
      throw Fields.missing("status")
    }
    guard let status = LoggedModelStatus(answered: value) else {
      throw Fields.wrongType("status", value)
    }
    try tracker.workspace.setLoggedModelStatus(model.id, status, durability: .script)
    return .object(["model": try tracker.workspace.loggedModel(model.id).answer])
  }

  @Sendable static func delete(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.loggedModel(try call.part("model_id"), allowDeleted: true)
    if model.lifecycle == .active {
      try tracker.workspace.delete(model.id.key, durability: .script)
    }
    return .object([:])
  }

  @Sendable static func logParameters(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.loggedModel(try call.part("model_id"))
    let parameters = try parameters(call.fields)
    if !parameters.isEmpty {
      try tracker.workspace.addLoggedModelParameters(model.id, parameters, durability: .script)
    }
    return .object([:])
  }

  @Sendable static func setTags(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.loggedModel(try call.part("model_id"))
    for (key, value) in try tags(call.fields) {
      try tracker.workspace.setTag(model.id.key, key, value, durability: .script)
    }
    return .object([:])
  }

  @Sendable static func deleteTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.loggedModel(try call.part("model_id"))
    let key = try call.part("tag_key")
    guard model.tags[key] != nil else {
      throw MLflowError.missing(
        "No tag with key \(PythonText.repr(key)) found for model with ID"
          + " '\(model.id.modelText)'.")
    }
    try tracker.workspace.setTag(
      model.id.key, EntryKey(unchecked: key), nil, durability: .script)
    return .object([:])
  }

  @Sendable static func listArtifacts(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let model = try tracker.loggedModel(try call.part("model_id"))
    let folder = try call.fields.text("artifact_directory_path") ?? ""
    try ArtifactPath.check(folder)
    let artifacts = try tracker.workspace.artifacts(of: model.id.key)
    return .object([
      "root_uri": .string(model.artifactRoot.uri),
      "files": .list(ArtifactFolder.list(artifacts, asked: folder)),
    ])
  }

  @Sendable static func search(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let decimals = try fields.texts("experiment_ids")
    guard fields["experiment_ids"] != nil else { throw Fields.missing("experiment_ids") }
    let filter = try LoggedModelFilter(try fields.text("filter") ?? "")
    let order = try fields.list("order_by").map { field in try LoggedModelOrder(field) }
    let datasets = try fields.list("datasets").map { dataset in
      guard let name = try dataset.text("dataset_name"), !name.isEmpty else {
        throw MLflowError.invalid("`dataset_name` in the `datasets` clause must be specified.")
      }
      return (name: name, digest: try dataset.text("dataset_digest"))
    }
    let offset = try PageOffset.parse(try fields.pageToken())
    let told = try fields.integer("max_results") ?? 0
    let limit = told == 0 ? 100 : Int(clamping: max(1, told))
    let experiments = try tracker.knownExperiments(decimals)
    let models = try tracker.workspace.searchLoggedModels(
      experiments: experiments, name: filter.exactName
    ).filter { model in
      guard model.lifecycle == .active, filter.matches(model) else { return false }
      return datasets.isEmpty
        || model.metrics.contains { metric in
          datasets.contains { dataset in
            metric.datasetName == dataset.name
              && (dataset.digest == nil || metric.datasetDigest == dataset.digest)
          }
        }
    }
    let sorted = LoggedModelOrder.sort(models, by: order)
    let rest = sorted.dropFirst(offset)
    let page = rest.prefix(limit)
    let next = page.endIndex < sorted.endIndex ? PageOffset.token(page.endIndex) : nil
    return .object([
      "models": .list(page.map(\.answer)), "next_page_token": .text(next),
    ])
  }

  /// In order; of two with one key the later counts.
  private static func parameters(_ fields: Fields) throws -> [(EntryKey, String)] {
    unique(try fields.pairs("params").map { try EntryRules.parameter($0.key, $0.value) })
  }

  private static func tags(_ fields: Fields) throws -> [(EntryKey, String)] {
    // Kept whole, as MLflow keeps them; those of runs are cut.
    unique(
      try fields.pairs("tags").map {
        try EntryRules.tag($0.key, $0.value, limit: EntryRules.registryTagCharacters)
      })
  }

  private static func unique(_ entries: [(EntryKey, String)]) -> [(EntryKey, String)] {
    Dictionary(entries) { _, later in later }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
