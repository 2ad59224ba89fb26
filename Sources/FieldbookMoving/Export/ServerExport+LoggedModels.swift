import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Logged models, and which runs made and used them.
extension ServerExport {
  mutating func write(_ model: LoggedModel, _ place: ServerExperiment) throws {
    let tags = sent(model)
    let held = known[model.experiment]?.models[model.id]
    loggedModels[model.id] = held?.id
    guard model.lifecycle == .active || held != nil else {
      // It could never be found again.
      return report.note("deleted logged models stay here: a server lists none")
    }
    for (kind, count) in counts(model) { report.there[kind] += count }
    let artifacts = try out.workspace.artifacts(of: model.id.key)
    count(artifacts, of: model.id.modelText)
    guard !place.isDeleted else { return }
    let id = try held?.id ?? create(model, tags, place)
    loggedModels[model.id] = id
    let changed = tags.filter { held != nil && held?.tags[$0.key] != $0.value }
    if !changed.isEmpty {
      try sending(.tags, id) { client in
        _ = try client.patch(
          ServerExport.api + "logged-models/\(id)/tags",
          .object([
            "model_id": .string(id),
            "tags": .pairs(changed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
          ]))
      }
    }
    let there = Set((held?.model.metrics ?? []).map { "\($0.key) \($0.point)" })
    for metric in model.metrics where !there.contains("\(metric.key) \(metric.point)") {
      try log(metric, id)
    }
    let missing = try missingFiles(artifacts, held?.model.files, held?.tags ?? [:])
    try upload(artifacts, of: model.id.key, name: id, missing, place: try loggedModelPlace(id))
    if !missing.isEmpty {
      let tag = (key: MovingTag.files, value: ServerExport.print(artifacts))
      _ = try client.patch(
        ServerExport.api + "logged-models/\(id)/tags",
        .object(["model_id": .string(id), "tags": .pairs([tag])]))
    }
    guard held?.model.status != model.status, model.status != .pending else { return }
    _ = try client.patch(
      ServerExport.api + "logged-models/\(id)",
      .object([
        "model_id": .string(id),
        "status": .string(
          model.status == .ready ? "LOGGED_MODEL_READY" : "LOGGED_MODEL_UPLOAD_FAILED"),
      ]))
  }

  func sent(_ model: LoggedModel) -> [String: String] {
    var tags = model.tags
    // The server says by itself which versions come from it.
    tags["mlflow.modelVersions"] = nil
    tags[MovingTag.key] = model.id.hex
    tags[MovingTag.created] = String(model.createdTime.milliseconds)
    tags[MovingTag.run] = model.sourceRun?.hex
    var measured: [String: String] = [:]
    for run in Set(model.metrics.map(\.run)) {
      if let id = runs[run.key] { measured[id] = run.hex }
    }
    if !measured.isEmpty { tags[MovingTag.runs] = JSON.object(texts: measured).text }
    return tags
  }

  private func create(
    _ model: LoggedModel, _ tags: [String: String], _ place: ServerExperiment
  ) throws -> String {
    let params = model.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let made = try client.post(
      ServerExport.api + "logged-models",
      .object([
        "experiment_id": .string(place.id), "name": .string(model.name),
        "model_type": .text(model.modelType),
        "source_run_id": model.sourceRun.flatMap { runs[$0.key] }.map(JSON.string),
        "params": .pairs(params.map { (key: $0.0, value: $0.1) }),
        "tags": .pairs(tags.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }),
      ]), isRepeatable: false)
    guard let id = made["model"]?["info"]?["model_id"]?.string else {
      throw client.odd("logged-models")
    }
    return id
  }

  /// A metric of a model is one of the run that measured it.
  private mutating func log(_ metric: LoggedModelMetric, _ model: String) throws {
    guard let run = runs[metric.run.key] else {
      return refuse(
        .modelMetrics, "\(model): \(metric.key)", "the run that measured it is not there")
    }
    guard case .object(var members) = ServerExport.metric(metric.key, metric.point) else { return }
    members.append(.init(name: "model_id", value: .string(model)))
    if let name = metric.datasetName {
      members.append(.init(name: "dataset_name", value: .string(name)))
      members.append(.init(name: "dataset_digest", value: .string(metric.datasetDigest ?? "")))
    }
    try sending(.modelMetrics, "\(model): \(metric.key)") { client in
      try client.call(
        "runs/log-batch", ["run_id": .string(run), "metrics": .array([.object(members)])])
    }
  }

  private func loggedModelPlace(_ id: String) throws -> String {
    try client.get(ServerExport.api + "logged-models/" + id)["model"]?["info"]?["artifact_uri"]?
      .string ?? ""
  }

  /// Models that a run took in and made, once both are there.
  mutating func tie(_ run: Run, _ place: ServerExperiment) throws {
    guard !place.isDeleted, let id = runs[run.id.key] else { return }
    let held = known[run.experiment]?.runs[run.id.key]?.run
    let inputs = run.modelInputs.filter { held?.modelInputs.contains($0) != true }
    let outputs = run.modelOutputs.filter { held?.modelOutputs.contains($0) != true }
    guard !inputs.isEmpty || !outputs.isEmpty else { return }
    var names: [String: String] = [:]
    for model in run.modelInputs + run.modelOutputs.map(\.model) {
      if let there = loggedModels[model] { names[there] = model.hex }
    }
    try client.call(
      "runs/set-tag",
      [
        "run_id": .string(id), "key": .string(MovingTag.models),
        "value": .string(JSON.object(texts: names).text),
      ])
    func name(_ model: LoggedModelID) -> JSON? { loggedModels[model].map(JSON.string) }
    let missing =
      inputs.count { loggedModels[$0] == nil }
      + outputs.count {
        loggedModels[$0.model] == nil
      }
    // Deleted ones, as a rule.
    report.there[.links] -= missing
    let given = inputs.compactMap { name($0).map { JSON.object(["model_id": $0]) } }
    if !given.isEmpty {
      try client.call("runs/log-inputs", ["run_id": .string(id), "models": .array(given)])
    }
    let made = outputs.compactMap { output in
      name(output.model).map { JSON.object(["model_id": $0, "step": .integer(output.step)]) }
    }
    if !made.isEmpty {
      try client.call("runs/outputs", ["run_id": .string(id), "models": .array(made)])
    }
  }
}
