import FieldbookModel
import FieldbookWorkspace

/// What a script records on its run.
enum RecordingEndpoints {
  static let all: [Endpoint] = [
    .post("runs/log-metric", logMetric),
    .post("runs/log-parameter", logParameter),
    .post("runs/log-batch", logBatch),
    .post("runs/set-tag", setTag),
    .post("runs/delete-tag", deleteTag),
    .post("runs/log-inputs", logInputs),
    .post("runs/outputs", logOutputs),
    .post("runs/log-model", logModel),
  ]

  @Sendable static func logMetric(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let run = try tracker.runID(call.fields)
    let metric = try MetricEntry(call.fields)
    try tracker.workspace.logBatch(
      run, parameters: [], metrics: [metric.series], tags: [], durability: .script)
    try linkToModels([metric], run: run, tracker)
    return .object([:])
  }

  @Sendable static func logParameter(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let run = try tracker.runID(call.fields)
    let key = try call.fields.requiredText("key")
    let parameter = try EntryRules.parameter(key, try call.fields.text("value") ?? "")
    do {
      try tracker.workspace.logBatch(
        run, parameters: [parameter], metrics: [], tags: [], durability: .script)
    } catch WorkspaceFailure.parameterExists(let key, let old, let new) {
      throw MLflowError.invalid(
        "Changing param values is not allowed. Param with key='\(key)' was already logged with"
          + " value='\(old)' for run ID='\(run.hex)'. Attempted logging new value '\(new)'.")
    }
    return .object([:])
  }

  @Sendable static func logBatch(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let batch = try LoggedBatch(call.fields)
    let run = try tracker.runID(batch.run)
    do {
      try tracker.workspace.logBatch(
        run, parameters: batch.parameters, metrics: MetricEntry.series(batch.metrics),
        tags: batch.tags.entries, durability: .script)
    } catch WorkspaceFailure.parameterExists(let key, let old, let new) {
      throw MLflowError.invalid(
        "Changing param values is not allowed. Params were already logged='[{'key': '\(key)',"
          + " 'old_value': '\(old)', 'new_value': '\(new)'}]' for run ID='\(run.hex)'.")
    }
    try batch.tags.applyFields(to: run, tracker.workspace)
    try linkToModels(batch.metrics, run: run, tracker)
    return .object([:])
  }

  @Sendable static func setTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let run = try tracker.runID(call.fields)
    let key = try call.fields.requiredText("key")
    var tags = RunTags()
    try tags.add(key, try call.fields.text("value") ?? "", path: "")
    if tags.entries.isEmpty {
      _ = try tracker.activeRun(run)
    } else {
      try tracker.workspace.logBatch(
        run, parameters: [], metrics: [], tags: tags.entries, durability: .script)
    }
    try tags.applyFields(to: run, tracker.workspace)
    return .object([:])
  }

  @Sendable static func deleteTag(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let key = try call.fields.requiredText("key")
    let run = try tracker.activeRun(try tracker.runID(call.fields))
    guard run.answeredTags[key] != nil else {
      throw MLflowError.missing("No tag with name: \(key) in run with id \(run.id.hex)")
    }
    switch key {
    case MLflowTag.note:
      try tracker.workspace.setDescription(run.id.key, nil, durability: .script)
    case MLflowTag.runName: break
    default:
      let tag = EntryKey(unchecked: key)
      try tracker.workspace.setTag(run.id.key, tag, nil, durability: .script)
    }
    return .object([:])
  }

  @Sendable static func logInputs(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let found = try tracker.activeRun(try tracker.runID(call.fields))
    let run = found.id
    // The first to say how a dataset was used is right, as in MLflow.
    var known = Set(found.datasets.map { [$0.name, $0.digest] })
    let datasets = try call.fields.list("datasets").map { input in try Dataset(input) }
      .filter { known.insert([$0.name, $0.digest]).inserted }
    if !datasets.isEmpty {
      try tracker.workspace.addDatasets(run, datasets, durability: .script)
    }
    let models = try call.fields.list("models").map { input in
      try tracker.loggedModel(try input.requiredText("model_id")).id
    }
    if !models.isEmpty {
      try tracker.workspace.addModelInputs(run, models, durability: .script)
    }
    return .object([:])
  }

  @Sendable static func logOutputs(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let run = try tracker.activeRun(try tracker.runID(call.fields))
    guard call.fields["models"] != nil else { throw Fields.missing("models") }
    let outputs = try call.fields.list("models").map { output in
      ModelOutput(
        model: try tracker.loggedModel(try output.requiredText("model_id")).id,
        step: try output.integer("step") ?? 0)
    }
    // The step that was said first stays.
    let news = outputs.filter { output in
      !run.modelOutputs.contains { $0.model == output.model }
    }
    if !news.isEmpty {
      try tracker.workspace.addModelOutputs(run.id, news, durability: .script)
    }
    return .object([:])
  }

  /// Older clients describe a model that they logged; kept as they keep it, in a tag.
  @Sendable static func logModel(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let id = try tracker.runID(call.fields)
    let text = try call.fields.requiredText("model_json")
    let model: JSON
    do {
      model = try JSONParser.parse(Array(text.utf8))
    } catch {
      throw MLflowError.invalid("Malformed model info. \n \(text) \n is not a valid JSON.")
    }
    for name in ["artifact_path", "flavors", "utc_time_created", "run_id"]
    where model[name] == nil {
      throw MLflowError.invalid("Model json is missing mandatory fields: {'\(name)'}")
    }
    let run = try tracker.activeRun(id)
    let key = EntryKey(unchecked: MLflowTag.modelHistory)
    var history =
      run.tags[key.text].flatMap { try? JSONParser.parse(Array($0.utf8)) }?.items ?? []
    history.append(model)
    // The newest that fit: a cut list would not be JSON.
    while history.count > 1, JSON.array(history).utf8.count > Limits.tagValueCharacters {
      history.removeFirst()
    }
    let value = String(decoding: JSON.array(history).utf8, as: UTF8.self)
    if value.utf8.count <= Limits.tagValueCharacters {
      try tracker.workspace.setTag(id.key, key, value, durability: .script)
    }
    return .object([:])
  }

  /// A metric may also be one of a logged model, perhaps on a dataset.
  private static func linkToModels(
    _ metrics: [MetricEntry], run: RunID, _ tracker: Tracker
  ) throws {
    let linked = Dictionary(grouping: metrics.filter { $0.model != nil }) { $0.model ?? "" }
    for (model, metrics) in linked {
      try tracker.workspace.addLoggedModelMetrics(
        try tracker.loggedModel(model).id,
        metrics.map { metric in
          LoggedModelMetric(
            key: metric.key, point: metric.point, run: run, datasetName: metric.datasetName,
            datasetDigest: metric.datasetDigest)
        }, durability: .script)
    }
  }
}
