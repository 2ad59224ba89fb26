import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Writes a workspace into an `mlruns` folder, as `FileStore` reads it. Again, it writes what has changed.
package struct FileStoreExport {
  private let out: Outgoing
  private let writer: StoreWriter
  private var report: MoveReport
  /// Experiments that the folder has already under another id, by name.
  private var known: [String: String] = [:]
  private let tell: (Census) -> Void
  private let only: Set<String>?

  /// - Parameter only: names of experiments; nil for all.
  package static func run(
    _ workspace: Workspace, to folder: String, only: Set<String>? = nil,
    tell: @escaping (Census) -> Void = { _ in }
  ) throws -> MoveReport {
    var export = try FileStoreExport(workspace, folder, only, tell)
    try export.write()
    return try export.verified(folder)
  }

  private init(
    _ workspace: Workspace, _ folder: String, _ only: Set<String>?,
    _ tell: @escaping (Census) -> Void
  ) throws {
    var isFolder: ObjCBool = true
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
      throw MovingFailure.cannotWrite(path: folder, reason: "it is a file, and no folder")
    }
    out = try Outgoing(workspace)
    writer = StoreWriter(root: folder)
    report = MoveReport(source: folder)
    self.tell = tell
    self.only = only
    for id in StoreFiles.folders(folder) where id != "models" && !id.hasPrefix(".") {
      guard let name = try StoreMeta.read(folder + "/" + id)?["name"] else { continue }
      known[name] = id
    }
  }

  private mutating func write() throws {
    let experiments = try out.experiments().filter { only?.contains($0.name) ?? true }
    for name in only ?? [] where !experiments.contains(where: { $0.name == name }) {
      throw WorkspaceFailure.notFound(what: "experiment", reference: name)
    }
    var folders: [ExperimentID: String] = [:]
    for experiment in experiments { folders[experiment.id] = try write(experiment) }
    for experiment in experiments {
      let folder = folders[experiment.id] ?? ""
      var runs: [Run] = []
      try out.eachRun(of: experiment.id) { runs.append($0) }
      for run in runs { try write(run, folder) }
      for model in try out.workspace.searchLoggedModels(experiments: [experiment.id], name: nil) {
        try write(model, folder)
      }
      try out.eachTrace(of: experiment) { try write($0, folder) }
      report.leaveDeletedTraces(try out.deletedTraces(of: experiment.id))
    }
    guard only == nil else { return }
    for model in try out.models() { try write(model) }
  }

  private mutating func leave(_ kind: MovedKind, _ keys: [String], of owner: String) {
    for key in keys {
      report.leave(
        Left(
          kind, "\(owner): \(key.prefix(60))",
          reason: "no file can have the key as its name, or another has it"))
      // Counted with its thing.
      report.there[kind] -= 1
    }
  }

  // MARK: Experiments

  private mutating func write(_ experiment: Experiment) throws -> String {
    let id = known[experiment.name] ?? experiment.id.decimal
    let folder = (experiment.lifecycle == .deleted ? ".trash/" : "") + id
    let tags = out.tags(of: experiment)
    report.there[.experiments] += 1
    report.there[.tags] += tags.count - (experiment.description == nil ? 0 : 1)
    report.there[.descriptions] += experiment.description == nil ? 0 : 1
    report.there[.deletions] += experiment.lifecycle == .deleted ? 1 : 0
    try writer.write(
      YAMLText.table([
        ("artifact_location", .text(place(id))),
        ("creation_time", .integer(experiment.createdTime.milliseconds)),
        ("experiment_id", .text(id)),
        ("last_update_time", .integer(experiment.lastUpdateTime.milliseconds)),
        ("lifecycle_stage", .text(experiment.lifecycle.rawValue)),
        ("name", .text(experiment.name)),
      ]), to: folder + "/meta.yaml")
    leave(.tags, try writer.write(tags, below: folder + "/tags"), of: experiment.name)
    return folder
  }

  /// Where MLflow is told that files are.
  private func place(_ path: String) -> String {
    URL(fileURLWithPath: writer.root + "/" + path).absoluteString
  }

  // MARK: Runs

  private mutating func write(_ run: Run, _ experiment: String) throws {
    let isInTrash = experiment.hasPrefix(".trash/")
    let folder = experiment + "/" + run.id.hex
    let tags = out.tags(of: run)
    report.there[.runs] += 1
    report.there[.params] += run.parameters.count
    report.there[.labels] += run.labels.count
    report.there[.environment] += run.environment.count
    report.there[.datasets] += run.datasets.count
    report.there[.links] += run.modelInputs.count + run.modelOutputs.count
    report.there[.descriptions] += run.description == nil ? 0 : 1
    report.there[.deletions] += isInTrash || run.lifecycle == .deleted ? 1 : 0
    report.there[.tags] += tags.keys.count { !TrackingWords.runFields.contains($0) }
    report.there[.tags] -= (run.labels.isEmpty ? 0 : 1) + (run.environment.isEmpty ? 0 : 1)
    leave(.params, try writer.write(run.parameters, below: folder + "/params"), of: run.id.hex)
    leave(.tags, try writer.write(tags, below: folder + "/tags"), of: run.id.hex)
    for key in run.metrics.keys.sorted() { try write(metric: key, of: run, folder) }
    for dataset in run.datasets { try write(dataset, of: run, experiment) }
    for model in run.modelInputs {
      try writer.write(
        link("MODEL", model.modelText, "RUN", model.modelText, step: nil),
        to: folder + "/inputs/\(model.modelText)/meta.yaml")
    }
    for output in run.modelOutputs {
      try writer.write(
        link("RUN_OUTPUT", output.model.modelText, "MODEL_OUTPUT", run.id.hex, step: output.step),
        to: folder + "/outputs/\(output.model.modelText)/meta.yaml")
    }
    try write(run.artifacts, of: run.id.key, name: run.id.hex, folder)
    // MLflow takes a folder without these for no run.
    for part in ["metrics", "params", "tags", "artifacts"] {
      try writer.makeFolder(folder + "/" + part)
    }
    // Last: a folder without it is no run yet.
    try writer.write(
      YAMLText.table([
        ("artifact_uri", .text(place(folder) + "/artifacts")),
        ("end_time", .optional(run.state.endTime?.milliseconds)), ("entry_point_name", .text("")),
        ("experiment_id", .text((experiment as NSString).lastPathComponent)),
        ("lifecycle_stage", .text(run.lifecycle.rawValue)), ("run_id", .text(run.id.hex)),
        ("run_name", .text(run.name)), ("run_uuid", .text(run.id.hex)), ("source_name", .text("")),
        ("source_type", .integer(4)), ("source_version", .text("")),
        ("start_time", .integer(run.startTime.milliseconds)),
        ("status", .integer(run.state.status.storeNumber)),
        ("user_id", .text(run.user ?? "")),
      ]), to: folder + "/meta.yaml")
    tell(report.there)
  }

  private mutating func write(metric key: String, of run: Run, _ folder: String) throws {
    let points = try out.workspace.metricHistory(run.id, key: key)
    report.there[.metrics] += 1
    report.there[.points] += points.count
    let text = points.map { point -> String in
      "\(point.timestamp) \(point.value) \(point.step)\n"
    }.joined()
    if try !StoreWriter.canName(key) || !writer.write(text, to: folder + "/metrics/" + key) {
      leave(.metrics, [key], of: run.id.hex)
    }
  }

  private mutating func write(_ dataset: Dataset, of run: Run, _ experiment: String) throws {
    let id = ForeignKey.hashed(
      "dataset",
      [
        dataset.name, dataset.digest, dataset.sourceType, dataset.source, dataset.schema ?? "-",
        dataset.profile ?? "-",
      ]
    ).hex
    try writer.write(
      YAMLText.table([
        ("digest", .text(dataset.digest)), ("name", .text(dataset.name)),
        ("profile", .optional(dataset.profile)), ("schema", .optional(dataset.schema)),
        ("source", .text(dataset.source)), ("source_type", .text(dataset.sourceType)),
      ]), to: "\(experiment)/datasets/\(id)/meta.yaml")
    let tags =
      (dataset.context.map { [(TrackingWords.dataContext, $0)] } ?? [])
      + dataset.tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    try writer.write(
      YAMLText.table([
        ("destination_id", .text(run.id.hex)), ("destination_type", .text("RUN")),
        ("source_id", .text(id)), ("source_type", .text("DATASET")), ("tags", .table(tags)),
      ]), to: "\(experiment)/\(run.id.hex)/inputs/\(id)/meta.yaml")
  }

  private func link(
    _ sourceType: String, _ source: String, _ destinationType: String, _ destination: String,
    step: Int64?
  ) -> String {
    YAMLText.table(
      [
        ("destination_id", .text(destination)), ("destination_type", .text(destinationType)),
        ("source_id", .text(source)), ("source_type", .text(sourceType)), ("tags", .table([])),
      ] + (step.map { [("step", .integer($0))] } ?? []))
  }

  private mutating func write(
    _ artifacts: [Artifact], of entity: EntityKey, name: String, _ folder: String
  ) throws {
    report.there[.files] += artifacts.count
    let folders = Artifact.foldersToo(artifacts)
    for artifact in artifacts {
      guard !folders.contains(artifact.path) else {
        report.leave(
          Left(.files, "\(name): \(artifact.path)", reason: "it is a folder of other files, too"))
        report.there[.files] -= 1
        continue
      }
      guard artifact.isHere, StoreWriter.canName(artifact.path) else {
        report.leave(
          Left(.files, "\(name): \(artifact.path)", reason: "its content is not on this replica"))
        report.there[.files] -= 1
        continue
      }
      let isWritten = try writer.fill(folder + "/artifacts/" + artifact.path) { write in
        try out.workspace.readVerified(artifact, write)
      }
      if !isWritten {
        report.leave(
          Left(
            .files, "\(name): \(artifact.path)",
            reason: "it has the name of another file, as the file system sees it"))
        report.there[.files] -= 1
      }
    }
  }

  // MARK: Models

  private mutating func write(_ model: LoggedModel, _ experiment: String) throws {
    let id = model.id.modelText
    let folder = "\(experiment)/models/\(id)"
    report.there[.loggedModels] += 1
    report.there[.params] += model.parameters.count
    report.there[.tags] += model.tags.count
    report.there[.modelMetrics] += model.metrics.count
    report.there[.deletions] += model.lifecycle == .deleted ? 1 : 0
    leave(.params, try writer.write(model.parameters, below: folder + "/params"), of: id)
    leave(.tags, try writer.write(model.tags, below: folder + "/tags"), of: id)
    for (key, metrics) in Dictionary(grouping: model.metrics, by: \.key) {
      let text = metrics.map { metric -> String in
        let data = metric.datasetName.map { " \($0) \(metric.datasetDigest ?? "")" } ?? ""
        return
          "\(metric.point.timestamp) \(metric.point.value) \(metric.point.step) \(metric.run.hex)\(data)\n"
      }.joined()
      if try !StoreWriter.canName(key) || !writer.write(text, to: folder + "/metrics/" + key) {
        leave(.modelMetrics, [key], of: id)
      }
    }
    try write(
      try out.workspace.artifacts(of: model.id.key), of: model.id.key, name: id, folder)
    try writer.write(
      YAMLText.table([
        ("artifact_location", .text(place(folder) + "/artifacts")),
        ("creation_timestamp", .integer(model.createdTime.milliseconds)),
        ("experiment_id", .text((experiment as NSString).lastPathComponent)),
        ("last_updated_timestamp", .integer(model.lastUpdateTime.milliseconds)),
        ("lifecycle_stage", .text(model.lifecycle.rawValue)), ("model_id", .text(id)),
        ("model_type", .optional(model.modelType)), ("name", .text(model.name)),
        ("source_run_id", .optional(model.sourceRun?.hex)),
        ("status", .integer(model.status.storeNumber)), ("status_message", .null),
      ]), to: folder + "/meta.yaml")
  }

  // MARK: Traces

  private mutating func write(_ trace: ForeignTrace, _ experiment: String) throws {
    guard StoreWriter.canName(trace.name), !trace.name.contains("/") else {
      return report.leave(Left(.traces, trace.name, reason: "no folder can have the name"))
    }
    let folder = "\(experiment)/traces/\(trace.name)"
    report.there.count(trace)
    var tags = trace.tags
    tags[TraceKey.artifactLocation] = place(folder) + "/artifacts"
    tags[MovingTag.links] = trace.linksText
    leave(.tags, try writer.write(tags, below: folder + "/tags"), of: trace.name)
    leave(
      .traceMetadata, try writer.write(trace.metadata, below: folder + "/request_metadata"),
      of: trace.name)
    for assessment in trace.assessments {
      let path = "\(folder)/assessments/\(assessment.id).yaml"
      let text = YAMLText.flow(assessment.answer(trace: trace.name)) + "\n"
      if try !StoreWriter.canName(assessment.id) || !writer.write(text, to: path) {
        leave(.assessments, [assessment.id], of: trace.name)
      }
    }
    if !trace.spans.isEmpty {
      let bytes = TraceFile(trace).bytes
      try writer.write(
        String(decoding: bytes, as: UTF8.self), to: "\(folder)/artifacts/\(TraceFile.name)")
    }
    let files = try out.workspace.artifacts(of: trace.id.key)
    try write(
      files.filter { trace.spans.isEmpty || $0.path != TraceFile.name }, of: trace.id.key,
      name: trace.name, folder)
    for part in ["tags", "request_metadata"] { try writer.makeFolder(folder + "/" + part) }
    // Last: a folder without it is no trace yet.
    let home = (experiment as NSString).lastPathComponent
    try writer.write(
      YAMLText.table([
        ("client_request_id", .optional(trace.clientRequest)),
        ("execution_duration_ms", .optional(trace.duration)),
        ("request_preview", .optional(trace.requestPreview)),
        (
          "request_time",
          .optional(
            trace.requestTime.map { ProtobufTime.text(Timestamp(milliseconds: $0)) })
        ),
        ("response_preview", .optional(trace.responsePreview)),
        ("state", .optional(trace.state?.rawValue)), ("trace_id", .text(trace.name)),
        (
          "trace_location",
          .json([
            "type": .string("MLFLOW_EXPERIMENT"),
            "mlflow_experiment": .object(["experiment_id": .string(home)]),
          ])
        ),
      ]), to: folder + "/trace_info.yaml")
    tell(report.there)
  }

  private mutating func write(_ model: RegisteredModel) throws {
    let folder = "models/" + model.name
    report.there[.models] += 1
    guard StoreWriter.canName(model.name), !model.name.contains("/") else {
      report.leave(Left(.models, model.name, reason: "no folder can have the name"))
      report.there[.models] -= 1
      return
    }
    let tags = model.tags.merging(out.conflictTags(of: model.id.key)) { first, _ in first }
    report.there[.tags] += tags.count
    report.there[.descriptions] += model.description == nil ? 0 : 1
    leave(.tags, try writer.write(tags, below: folder + "/tags"), of: model.name)
    for version in model.versions { try write(version, folder) }
    var aliases: [String: String] = [:]
    for (alias, state) in model.aliases {
      guard let version = model.versions.first(where: { $0.id == state.version }) else { continue }
      aliases[alias] = String(version.clientNumber)
    }
    report.there[.aliases] += aliases.count
    leave(.aliases, try writer.write(aliases, below: folder + "/aliases"), of: model.name)
    try writer.write(
      YAMLText.table([
        ("aliases", .table(aliases.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
        ("creation_timestamp", .integer(model.createdTime.milliseconds)),
        ("description", .optional(model.description)),
        ("last_updated_timestamp", .integer(model.lastUpdateTime.milliseconds)),
        ("name", .text(model.name)),
      ]), to: folder + "/meta.yaml")
  }

  private mutating func write(_ version: ModelVersion, _ model: String) throws {
    let folder = "\(model)/version-\(version.clientNumber)"
    let tags = out.tags(of: version)
    report.there[.versions] += 1
    // The tag of its key is no tag there.
    report.there[.tags] += tags.count - 1 - (version.tags[MovingTag.source] == nil ? 0 : 1)
    report.there[.descriptions] += version.description == nil ? 0 : 1
    report.there[.stages] += ["", "None"].contains(version.stage) ? 0 : 1
    leave(.tags, try writer.write(tags, below: folder + "/tags"), of: version.modelName)
    try writer.write(
      YAMLText.table([
        ("creation_timestamp", .integer(version.createdTime.milliseconds)),
        ("current_stage", .text(version.stage.isEmpty ? "None" : version.stage)),
        ("description", .optional(version.description)),
        ("last_updated_timestamp", .integer(version.lastUpdateTime.milliseconds)),
        ("name", .text(version.modelName)), ("run_id", .optional(version.run?.hex)),
        ("run_link", .null), ("source", .text(version.source)),
        ("status", .text(version.status.isEmpty ? "READY" : version.status)),
        ("status_message", .null), ("storage_location", .text(version.source)),
        ("user_id", .text(version.author)), ("version", .integer(version.clientNumber)),
      ]), to: folder + "/meta.yaml")
  }

  // MARK: Counting again

  /// The folder is read as any import would read it.
  private mutating func verified(_ folder: String) throws -> MoveReport {
    var runs: Set<EntityKey> = []
    var traces: Set<TraceID> = []
    for experiment in try out.experiments() where only?.contains(experiment.name) ?? true {
      try out.eachRun(of: experiment.id) { runs.insert($0.id.key) }
      try out.eachTrace(of: experiment) { traces.insert($0.id) }
    }
    let names = try only ?? Set(out.experiments().map(\.name))
    let models = only == nil ? Set(try out.models().map(\.name)) : []
    let tally = try Tally.of(try FileStore(path: folder)) { record in
      switch record {
      case .experiment(let one): names.contains(one.name)
      case .run(let run): runs.contains(run.key)
      case .loggedModel(let model): names.contains(model.experiment)
      case .model(let model): models.contains(model.name)
      case .trace(let trace): traces.contains(trace.id)
      case .points, .endOfRun, .left: true
      }
    }
    report.arrived = tally.there
    return report
  }
}

extension RunStatus {
  /// As a file store has it.
  fileprivate var storeNumber: Int64 {
    switch self {
    case .running: 1
    case .scheduled: 2
    case .finished: 3
    case .failed: 4
    case .killed: 5
    }
  }
}

extension LoggedModelStatus {
  fileprivate var storeNumber: Int64 {
    switch self {
    case .pending: 1
    case .ready: 2
    case .failed: 3
    }
  }
}
