import FieldbookModel
import Foundation

/// An `mlruns` folder: MLflow's store in files, of 1.x to 3.x.
///
/// Layout: a folder an experiment, in it a folder a run with `meta.yaml` and a file for each param, tag and metric, whose
/// name is the key; deleted experiments below `.trash`; registered models below `models`.
/// Source: MLflow's `mlflow/store/tracking/file_store.py` and `mlflow/store/model_registry/file_store.py`.
package final class FileStore: Source {
  package let title: String
  private let root: String
  private let only: Set<String>?
  private let places: ArtifactPlaces
  /// In the order of their ids: folder, name, whether it is in the trash.
  private let experiments: [(folder: String, meta: StoreMeta, isDeleted: Bool)]

  package init(path: String, artifacts: String? = nil, only: Set<String>? = nil) throws {
    root = path
    title = path
    self.only = only
    let above = PathText.folder(of: path)
    places = ArtifactPlaces(base: above, roots: (artifacts.map { [$0] } ?? []) + [path, above])
    var found: [(folder: String, meta: StoreMeta, isDeleted: Bool)] = []
    for (folder, isTrash) in [(path, false), (path + "/.trash", true)] {
      for id in StoreFiles.folders(folder) where !["models", ".trash"].contains(id) {
        guard let meta = try StoreMeta.read(folder + "/" + id), let name = meta["name"] else {
          continue
        }
        if let only, !only.contains(name) { continue }
        let isDeleted = isTrash || meta["lifecycle_stage"] == "deleted"
        found.append((folder + "/" + id, meta, isDeleted))
      }
    }
    experiments = found
    for name in only ?? [] where !found.contains(where: { $0.meta["name"] == name }) {
      throw MovingFailure.noSuchExperiment(name)
    }
    guard !found.isEmpty || FileManager.default.fileExists(atPath: path + "/models") else {
      throw MovingFailure.notA(
        what: "mlruns folder", path: path, reason: "no folder in it has a meta.yaml")
    }
  }

  // MARK: Counting

  package func census() throws -> Census {
    var census = Census()
    census[.experiments] = experiments.count
    for (folder, _, _) in experiments {
      for run in FileStore.runs(of: folder) {
        census[.runs] += 1
        census[.params] += try StoreFiles.names(run + "/params").count
        census[.metrics] += try StoreFiles.names(run + "/metrics").count
      }
      census[.loggedModels] += StoreFiles.folders(folder + "/models").count
      census[.traces] += StoreFiles.folders(folder + "/traces").count
    }
    if only == nil {
      let models = StoreFiles.folders(root + "/models")
      census[.models] = models.count
      for model in models {
        census[.versions] += try StoreFiles.folders(root + "/models/" + model).count { name in
          try name.hasPrefix("version-")
            && StoreMeta.read(root + "/models/" + model + "/" + name)?["current_stage"]
              != TrackingWords.deletedVersion
        }
      }
    }
    return census
  }

  private static func runs(of experiment: String) -> [String] {
    StoreFiles.folders(experiment)
      .filter { !["datasets", "models", "traces", "tags", "assessments"].contains($0) }
      .map { experiment + "/" + $0 }
      .filter { FileManager.default.fileExists(atPath: $0 + "/meta.yaml") }
  }

  // MARK: Reading

  package func read(_ sink: RecordSink) throws {
    for (folder, meta, isDeleted) in experiments {
      try read(experiment: folder, meta, isDeleted, sink)
    }
    for (folder, meta, isDeleted) in experiments {
      for run in FileStore.runs(of: folder) {
        try read(run: run, experiment: meta["name"] ?? "", folder, isDeleted, sink)
      }
    }
    for (folder, meta, _) in experiments {
      for model in StoreFiles.folders(folder + "/models") {
        try read(loggedModel: folder + "/models/" + model, experiment: meta["name"] ?? "", sink)
      }
      for trace in StoreFiles.folders(folder + "/traces") {
        try read(trace: folder + "/traces/" + trace, experiment: meta["name"] ?? "", sink)
      }
    }
    guard only == nil else { return }
    for model in StoreFiles.folders(root + "/models") {
      try read(model: root + "/models/" + model, sink)
    }
  }

  private func read(
    experiment folder: String, _ meta: StoreMeta, _ isDeleted: Bool, _ sink: RecordSink
  ) throws {
    var experiment = ForeignExperiment(name: meta["name"] ?? "")
    experiment.createdTime =
      try meta["creation_time"].flatMap { Int64($0) }
      // Those of before 1.29 do not say; the first run does.
      ?? FileStore.runs(of: folder).compactMap { run in
        try StoreMeta.read(run)?["start_time"].flatMap { Int64($0) }
      }.min()
    experiment.isDeleted = isDeleted
    TrackingWords.take(try StoreFiles.entries(folder + "/tags", owner: folder), into: &experiment)
    try sink(.experiment(experiment))
  }

  private func read(
    run folder: String, experiment: String, _ home: String, _ isDeleted: Bool,
    _ sink: RecordSink
  ) throws {
    let name = (folder as NSString).lastPathComponent
    guard let meta = try StoreMeta.read(folder) else {
      return try sink(.left(Left(.runs, name, reason: "its meta.yaml cannot be read")))
    }
    let id = meta["run_id"] ?? meta["run_uuid"] ?? name
    var run = ForeignRun(key: ForeignKey.run(id), id: id, experiment: experiment)
    run.name = meta["run_name"] ?? meta["name"]
    run.user = meta["user_id"]
    run.startTime = meta["start_time"].flatMap { Int64($0) }
    run.state = TrackingWords.status(meta["status"]).map { status in
      RunState(
        status: status,
        endTime: meta["end_time"].flatMap { Int64($0) }.map(Timestamp.init(milliseconds:)))
    }
    // With its experiment, as databases say it of each run.
    run.isDeleted = isDeleted || meta["lifecycle_stage"] == "deleted"
    run.parameters = try StoreFiles.entries(folder + "/params", owner: id)
    TrackingWords.take(try StoreFiles.entries(folder + "/tags", owner: id), into: &run)
    try readInputs(of: folder, home, into: &run, sink)
    run.files = files(below: folder, meta["artifact_uri"], owner: name)
    try sink(.run(run))
    for key in try StoreFiles.names(folder + "/metrics") {
      try MetricFile.read(folder + "/metrics/" + key) { points in
        try sink(.points(MetricSeries(key: key, points: points)))
      }
    }
    try sink(.endOfRun)
  }

  private func files(below folder: String, _ uri: String?, owner: String) -> any ForeignFiles {
    var isFolder: ObjCBool = false
    let own = folder + "/artifacts"
    if FileManager.default.fileExists(atPath: own, isDirectory: &isFolder), isFolder.boolValue {
      return LocalFiles(root: own)
    }
    // A place in this store, where there is nothing.
    let parts = ArtifactPlaces.path(uri ?? "").split(separator: "/")
    let home = folder.split(separator: "/").suffix(2)
    if parts.dropLast().suffix(2).elementsEqual(home) { return LocalFiles.none }
    return places.files(at: uri, owner: owner)
  }

  private func readInputs(
    of folder: String, _ home: String, into run: inout ForeignRun, _ sink: RecordSink
  ) throws {
    for input in StoreFiles.folders(folder + "/inputs") {
      guard let meta = try StoreMeta.read(folder + "/inputs/" + input) else { continue }
      if meta["source_type"] == "MODEL" {
        if let id = meta["source_id"] { run.modelInputs.append(ForeignKey.loggedModel(id)) }
        continue
      }
      guard let id = meta["source_id"], !id.contains("/"), id != "..",
        let dataset = try StoreMeta.read(home + "/datasets/" + id), let name = dataset["name"],
        let digest = dataset["digest"]
      else {
        try sink(.left(Left(.datasets, run.id, reason: "the dataset is not there")))
        continue
      }
      var tags = meta.members("tags")
      let context = tags.removeValue(forKey: TrackingWords.dataContext)
      run.datasets.append(
        Dataset(
          name: name, digest: digest, sourceType: dataset["source_type"] ?? "",
          source: dataset["source"] ?? "", schema: dataset["schema"], profile: dataset["profile"],
          context: context, tags: tags))
    }
    for output in StoreFiles.folders(folder + "/outputs") {
      guard let meta = try StoreMeta.read(folder + "/outputs/" + output) else { continue }
      // The folder is named for the model.
      run.modelOutputs.append(
        ModelOutput(
          model: ForeignKey.loggedModel(output), step: meta["step"].flatMap { Int64($0) } ?? 0))
    }
  }

  private func read(
    loggedModel folder: String, experiment: String, _ sink: RecordSink
  ) throws {
    let name = (folder as NSString).lastPathComponent
    guard let meta = try StoreMeta.read(folder) else {
      return try sink(.left(Left(.loggedModels, name, reason: "its meta.yaml cannot be read")))
    }
    let id = meta["model_id"] ?? name
    var model = ForeignLoggedModel(
      id: ForeignKey.loggedModel(id), experiment: experiment, name: meta["name"] ?? "",
      status: TrackingWords.loggedModelStatus(meta["status"]))
    model.createdTime = meta["creation_timestamp"].flatMap { Int64($0) }
    model.isDeleted = meta["lifecycle_stage"] == "deleted"
    model.modelType = meta["model_type"].flatMap { $0.isEmpty ? nil : $0 }
    model.sourceRun = meta["source_run_id"].flatMap { $0.isEmpty ? nil : ForeignKey.run($0) }
    model.parameters = try StoreFiles.entries(folder + "/params", owner: id)
    model.tags = try StoreFiles.entries(folder + "/tags", owner: id)
    for key in try StoreFiles.names(folder + "/metrics") {
      model.metrics += try MetricFile.modelMetrics(folder + "/metrics/" + key, key: key)
    }
    model.files = files(below: folder, meta["artifact_location"], owner: name)
    try sink(.loggedModel(model))
  }

  private func read(trace folder: String, experiment: String, _ sink: RecordSink) throws {
    let name = (folder as NSString).lastPathComponent
    guard let info = try YAMLTree.read(folder + "/trace_info.yaml"),
      var trace = ForeignTrace(info: info, experiment: experiment)
    else {
      return try sink(.left(Left(.traces, name, reason: "its trace_info.yaml cannot be read")))
    }
    let metadata = try StoreFiles.entries(folder + "/request_metadata", owner: name)
    trace.metadata.merge(metadata) { $1 }
    trace.tags.merge(try StoreFiles.entries(folder + "/tags", owner: name)) { $1 }
    // The information has those of the beginning, the folder all.
    var assessments = Dictionary(trace.assessments.map { ($0.id, $0) }) { $1 }
    for file in try StoreFiles.names(folder + "/assessments") where file.hasSuffix(".yaml") {
      guard let found = try YAMLTree.read(folder + "/assessments/" + file),
        let assessment = Assessment(protobuf: found)
      else {
        try sink(.left(Left(.assessments, "\(name): \(file)", reason: "it cannot be read")))
        continue
      }
      assessments[assessment.id] = assessment
      try BoundedEntries.check(assessments.count, owner: name)
    }
    trace.assessments = assessments.values.sorted { $0.id < $1.id }
    try TraceFiles.read(files(below: folder, trace.filesPlace, owner: name), into: &trace)
    trace.settle()
    try sink(.trace(trace))
  }

  private func read(model folder: String, _ sink: RecordSink) throws {
    let name = (folder as NSString).lastPathComponent
    guard let meta = try StoreMeta.read(folder) else {
      return try sink(.left(Left(.models, name, reason: "its meta.yaml cannot be read")))
    }
    var model = ForeignModel(name: meta["name"] ?? name)
    model.description = meta["description"]
    model.createdTime = meta["creation_timestamp"].flatMap { Int64($0) }
    model.tags = try StoreFiles.entries(folder + "/tags", owner: name)
    for (alias, number) in try StoreFiles.entries(folder + "/aliases", owner: name) {
      model.aliases[alias] = Int64(number.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
    for below in StoreFiles.folders(folder) where below.hasPrefix("version-") {
      let place = folder + "/" + below
      guard let meta = try StoreMeta.read(place),
        let number = Int64(meta["version"] ?? String(below.dropFirst("version-".count)))
      else {
        try sink(.left(Left(.versions, "\(name) \(below)", reason: "its meta.yaml cannot be read")))
        continue
      }
      // A version that was deleted there keeps its folder, and nothing else.
      if meta["current_stage"] == TrackingWords.deletedVersion { continue }
      var version = ForeignVersion(number: number, source: meta["source"] ?? "")
      version.createdTime = meta["creation_timestamp"].flatMap { Int64($0) }
      version.description = meta["description"]
      version.stage = meta["current_stage"]
      version.run = meta["run_id"].flatMap { $0.isEmpty ? nil : ForeignKey.run($0) }
      version.status = meta["status"]
      version.tags = try StoreFiles.entries(place + "/tags", owner: name)
      version.settle()
      model.versions.append(version)
    }
    model.versions.sort { $0.number < $1.number }
    try sink(.model(model))
  }
}
