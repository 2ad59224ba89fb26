import FieldbookModel

/// MLflow's database store, as far as it has the tables: those of 1.x lack most of what 3.x has.
///
/// Schema: MLflow's `mlflow/store/db_migrations` and `mlflow/store/tracking/dbmodels/models.py`.
package final class TrackingDatabase: Source {
  package let title: String
  private let tables: any Tables
  private let places: ArtifactPlaces
  private let only: Set<String>?
  private var experiments: [String: String] = [:]

  /// - Parameter only: names of experiments; nil for all.
  init(
    title: String, tables: any Tables, places: ArtifactPlaces, only: Set<String>? = nil
  ) throws {
    self.title = title
    self.tables = tables
    self.places = places
    self.only = only
    for table in ["experiments", "runs", "metrics", "params", "tags"]
    where try !tables.has(table) {
      throw MovingFailure.notA(
        what: "MLflow database", path: title, reason: "it has no table '\(table)'")
    }
    try readNames()
  }

  /// - Parameter artifacts: a folder in which a server keeps files, or that was moved; nil to guess.
  package convenience init(
    path: String, artifacts: String? = nil, only: Set<String>? = nil
  ) throws {
    let base = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    let guesses = [ArtifactPlaces.serverFolder, "mlruns", "artifacts"].map { base + "/" + $0 }
    try self.init(
      title: path, tables: try SQLiteTables(path: path),
      places: ArtifactPlaces(
        base: base, roots: artifacts.map { [$0] } ?? guesses, isGiven: artifacts != nil),
      only: only)
  }

  /// - Parameter postgres: the URL of a PostgreSQL database.
  package convenience init(
    postgres: String, artifacts: String? = nil, only: Set<String>? = nil
  ) throws {
    try self.init(
      title: PostgresTables.title(postgres), tables: try PostgresTables(url: postgres),
      places: ArtifactPlaces(
        base: "/", roots: artifacts.map { [$0] } ?? [], isGiven: artifacts != nil), only: only)
  }

  private func readNames() throws {
    let rows = try tables.select(["experiment_id", "name", "workspace"], from: "experiments")
    while let row = try rows.next() {
      guard let id = row[0].text, let name = row[1].text else { continue }
      let full = TrackingWords.name(name, workspace: row[2].text)
      if only?.contains(full) ?? true { experiments[id] = full }
    }
    for name in only ?? [] where !experiments.values.contains(name) {
      throw MovingFailure.noSuchExperiment(name)
    }
  }

  // MARK: Counting

  /// Of the runs that are asked for.
  private var ownRuns: String {
    guard only != nil else { return "" }
    return "WHERE t.run_uuid IN (SELECT run_uuid FROM runs WHERE experiment_id IN (\(ids)))"
  }

  /// Numbers, as the database has them: no text of anyone's gets into a statement.
  private var ids: String {
    experiments.keys.compactMap { Int64($0) }.sorted().map(String.init).joined(separator: ", ")
  }

  private func among(_ column: String) -> String {
    only == nil ? "" : "WHERE t.\(column) IN (\(ids))"
  }

  package func census() throws -> Census {
    var census = Census()
    census[.experiments] = experiments.count
    census[.runs] = try tables.count("SELECT count(*) FROM runs t \(among("experiment_id"))")
    census[.params] = try tables.count("SELECT count(*) FROM params t \(ownRuns)")
    census[.points] = try tables.count("SELECT count(*) FROM metrics t \(ownRuns)")
    if try tables.has("logged_models") {
      census[.loggedModels] = try tables.count(
        "SELECT count(*) FROM logged_models t \(among("experiment_id"))")
      census[.params] += try tables.count(
        "SELECT count(*) FROM logged_model_params t \(among("experiment_id"))")
      census[.modelMetrics] = try tables.count(
        "SELECT count(*) FROM logged_model_metrics t \(among("experiment_id"))")
    }
    if only == nil, try tables.has("registered_models") {
      census[.models] = try tables.count("SELECT count(*) FROM registered_models")
      census[.versions] = try tables.count(
        "SELECT count(*) FROM model_versions t \(TrackingDatabase.liveVersions)")
      if try tables.has("registered_model_aliases") {
        census[.aliases] = try tables.count("SELECT count(*) FROM registered_model_aliases")
      }
    }
    try traces.census(&census)
    return census
  }

  // MARK: Reading

  package func read(_ sink: RecordSink) throws {
    try readExperiments(sink)
    try readRuns(sink)
    try readLoggedModels(sink)
    // Models belong to no experiment: whoever asks for some experiments asks for no models.
    if only == nil { try readModels(sink) }
    try traces.read(sink)
  }

  private func readExperiments(_ sink: RecordSink) throws {
    var tags: [String: [String: String]] = [:]
    if try tables.has("experiment_tags") {
      let rows = try tables.select(["experiment_id", "key", "value"], from: "experiment_tags")
      while let row = try rows.next() {
        guard let id = row[0].text, let key = row[1].text else { continue }
        tags[id, default: [:]][key] = row[2].text ?? ""
      }
    }
    let rows = try tables.select(
      ["experiment_id", "creation_time", "lifecycle_stage"], from: "experiments",
      "ORDER BY t.experiment_id")
    while let row = try rows.next() {
      guard let id = row[0].text, let name = experiments[id] else { continue }
      var experiment = ForeignExperiment(name: name)
      experiment.createdTime = row[1].integer
      experiment.isDeleted = row[2].text == "deleted"
      TrackingWords.take(tags[id] ?? [:], into: &experiment)
      try sink(.experiment(experiment))
    }
  }

  private static let runColumns = [
    "run_uuid", "experiment_id", "name", "user_id", "status", "start_time", "end_time",
    "lifecycle_stage", "artifact_uri",
  ]

  private func readRuns(_ sink: RecordSink) throws {
    let byRun = "ORDER BY \(tables.byBytes("t.run_uuid"))"
    func owned(_ table: String, _ columns: [String], _ order: String = "") throws -> OwnedRows {
      try OwnedRows(
        tables.select(["run_uuid"] + columns, from: table, "\(ownRuns) \(byRun)\(order)"))
    }
    let parameters = try owned("params", ["key", "value"])
    let tags = try owned("tags", ["key", "value"])
    let metrics = try owned(
      "metrics", ["key", "value", "timestamp", "step", "is_nan"], ", t.key, t.step, t.timestamp")
    let inputs = try RunInputs(tables)
    let runs = try tables.select(
      TrackingDatabase.runColumns, from: "runs", "\(among("experiment_id")) \(byRun)")
    while let row = try runs.next() {
      guard let id = row[0].text else { continue }
      guard let experiment = row[1].text.flatMap({ experiments[$0] }) else {
        try sink(.left(Left(.runs, id, reason: "its experiment is not there")))
        continue
      }
      var run = ForeignRun(key: ForeignKey.run(id), id: id, experiment: experiment)
      run.name = row[2].text
      run.user = row[3].text
      run.startTime = row[5].integer
      run.state = TrackingWords.status(row[4].text).map {
        RunState(status: $0, endTime: row[6].integer.map(Timestamp.init))
      }
      run.isDeleted = row[7].text == "deleted"
      var entries = BoundedEntries(owner: id)
      try parameters.each(of: id) { row in try entries.add(row) }
      run.parameters = entries.values
      entries = BoundedEntries(owner: id)
      try tags.each(of: id) { row in try entries.add(row) }
      TrackingWords.take(entries.values, into: &run)
      try inputs.take(id, into: &run, sink)
      run.files = places.files(at: row[8].text, owner: id)
      try sink(.run(run))
      try readPoints(of: id, metrics, sink)
      try sink(.endOfRun)
    }
    for (rows, kind) in [(parameters, MovedKind.params), (tags, .tags), (metrics, .points)] {
      try rows.finish()
      if rows.orphans > 0 {
        try sink(
          .left(
            Left(
              kind, kind.words, reason: "they belong to no run that is there", count: rows.orphans))
        )
      }
    }
  }

  private func readPoints(of run: String, _ metrics: OwnedRows, _ sink: RecordSink) throws {
    var series = MetricSeries(key: "", points: [])
    try metrics.each(of: run) { row in
      let row = Array(row)
      guard let key = row[0].text, let timestamp = row[2].integer else { return }
      if key != series.key || series.points.count >= TrackingDatabase.slicePoints {
        if !series.points.isEmpty { try sink(.points(series)) }
        series = MetricSeries(key: key, points: [])
      }
      // NaN stands as 0 beside a flag.
      let value = row[4].flag ? Double.nan : row[1].real ?? .nan
      series.points.append(
        MetricPoint(step: row[3].integer ?? 0, timestamp: timestamp, value: value))
    }
    if !series.points.isEmpty { try sink(.points(series)) }
  }

  private static let slicePoints = 50_000

  // MARK: Models

  private func readLoggedModels(_ sink: RecordSink) throws {
    guard try tables.has("logged_models") else { return }
    let byModel = "\(among("experiment_id")) ORDER BY \(tables.byBytes("t.model_id"))"
    let parameters = try OwnedRows(
      tables.select(["model_id", "param_key", "param_value"], from: "logged_model_params", byModel))
    let tags = try OwnedRows(
      tables.select(["model_id", "tag_key", "tag_value"], from: "logged_model_tags", byModel))
    let metrics = try OwnedRows(
      tables.select(
        [
          "model_id", "metric_name", "metric_value", "metric_timestamp_ms", "metric_step", "run_id",
          "dataset_name", "dataset_digest",
        ], from: "logged_model_metrics", byModel))
    let rows = try tables.select(
      [
        "model_id", "experiment_id", "name", "creation_timestamp_ms", "status", "lifecycle_stage",
        "model_type", "source_run_id", "artifact_location",
      ], from: "logged_models", byModel)
    while let row = try rows.next() {
      guard let id = row[0].text else { continue }
      guard let experiment = row[1].text.flatMap({ experiments[$0] }) else {
        try sink(.left(Left(.loggedModels, id, reason: "its experiment is not there")))
        continue
      }
      var model = ForeignLoggedModel(
        id: ForeignKey.loggedModel(id), experiment: experiment, name: row[2].text ?? "",
        status: TrackingWords.loggedModelStatus(row[4].text))
      model.createdTime = row[3].integer
      model.isDeleted = row[5].text == "deleted"
      model.modelType = row[6].text.flatMap { $0.isEmpty ? nil : $0 }
      model.sourceRun = row[7].text.flatMap { $0.isEmpty ? nil : ForeignKey.run($0) }
      var entries = BoundedEntries(owner: id)
      try parameters.each(of: id) { row in try entries.add(row) }
      model.parameters = entries.values
      entries = BoundedEntries(owner: id)
      try tags.each(of: id) { row in try entries.add(row) }
      var own = entries.values
      try metrics.each(of: id) { row in
        let row = Array(row)
        model.metrics.append(
          LoggedModelMetric(
            key: row[0].text ?? "",
            point: MetricPoint(
              step: row[3].integer ?? 0, timestamp: row[2].integer ?? 0,
              value: row[1].real ?? .nan), run: RunID(ForeignKey.run(row[4].text ?? "")),
            datasetName: row[5].text, datasetDigest: row[6].text))
        try BoundedEntries.check(model.metrics.count, owner: id)
      }
      ReturningTags.take(&own, into: &model)
      model.files = places.files(at: row[8].text, owner: id)
      try sink(.loggedModel(model))
    }
  }

  private func readModels(_ sink: RecordSink) throws {
    guard try tables.has("registered_models") else { return }
    var models: [ModelName: ForeignModel] = [:]
    var rows = try tables.select(
      ["name", "workspace", "description", "creation_time"], from: "registered_models")
    while let row = try rows.next() {
      guard let name = ModelName(row[0], row[1]) else { continue }
      var model = ForeignModel(name: TrackingWords.name(name.name, workspace: name.workspace))
      model.description = row[2].text
      model.createdTime = row[3].integer
      models[name] = model
      try BoundedEntries.check(models.count, owner: "registered models")
    }
    if try tables.has("registered_model_tags") {
      rows = try tables.select(
        ["name", "workspace", "key", "value"], from: "registered_model_tags")
      while let row = try rows.next() {
        guard let name = ModelName(row[0], row[1]), let key = row[2].text else { continue }
        models[name]?.tags[key] = row[3].text ?? ""
      }
    }
    if try tables.has("registered_model_aliases") {
      rows = try tables.select(
        ["name", "workspace", "alias", "version"], from: "registered_model_aliases")
      while let row = try rows.next() {
        guard let name = ModelName(row[0], row[1]), let alias = row[2].text else { continue }
        models[name]?.aliases[alias] = row[3].integer
      }
    }
    let versions = try readVersions()
    for (name, var model) in models.sorted(by: { $0.value.name < $1.value.name }) {
      model.versions = (versions[name] ?? []).sorted { $0.number < $1.number }
      model.settle()
      try sink(.model(model))
    }
  }

  /// Of a version that was deleted the row is left, emptied.
  private static let liveVersions =
    "WHERE coalesce(t.current_stage, '') <> '\(TrackingWords.deletedVersion)'"

  private func readVersions() throws -> [ModelName: [ForeignVersion]] {
    var tags: [ModelName: [Int64: [String: String]]] = [:]
    if try tables.has("model_version_tags") {
      let rows = try tables.select(
        ["name", "workspace", "version", "key", "value"], from: "model_version_tags")
      while let row = try rows.next() {
        guard let name = ModelName(row[0], row[1]), let number = row[2].integer,
          let key = row[3].text
        else { continue }
        tags[name, default: [:]][number, default: [:]][key] = row[4].text ?? ""
      }
    }
    var versions: [ModelName: [ForeignVersion]] = [:]
    let rows = try tables.select(
      [
        "name", "workspace", "version", "creation_time", "description", "current_stage", "source",
        "run_id", "status",
      ], from: "model_versions", TrackingDatabase.liveVersions)
    var count = 0
    while let row = try rows.next() {
      guard let name = ModelName(row[0], row[1]), let number = row[2].integer else { continue }
      var version = ForeignVersion(number: number, source: row[6].text ?? "")
      version.createdTime = row[3].integer
      version.description = row[4].text
      version.stage = row[5].text
      version.run = row[7].text.flatMap { $0.isEmpty ? nil : ForeignKey.run($0) }
      version.status = row[8].text
      version.tags = tags[name]?[number] ?? [:]
      version.settle()
      versions[name, default: []].append(version)
      count += 1
      try BoundedEntries.check(count, owner: "model versions")
    }
    return versions
  }

  private var traces: TraceTables {
    TraceTables(
      tables: tables, places: places, experiments: experiments, among: among("experiment_id"))
  }
}

private struct ModelName: Hashable {
  var name: String
  var workspace: String?

  init?(_ name: TableValue, _ workspace: TableValue) {
    guard let name = name.text else { return nil }
    self.name = name
    self.workspace = workspace.text
  }
}

/// Keys and values of one thing, as many as fit memory.
struct BoundedEntries {
  static let entries = 1_000_000
  static let bytes = 256 * 1024 * 1024

  let owner: String
  private(set) var values: [String: String] = [:]
  private var size = 0

  init(owner: String) { self.owner = owner }

  mutating func add(_ row: ArraySlice<TableValue>) throws {
    guard let key = row.first?.text else { return }
    try add(key, row.dropFirst().first?.text ?? "")
  }

  mutating func add(_ key: String, _ value: String) throws {
    values[key] = value
    size += key.utf8.count + value.utf8.count
    try BoundedEntries.check(values.count, owner: owner)
    guard size <= BoundedEntries.bytes else {
      throw MovingFailure.tooLarge(what: "what belongs to \(owner)", limit: "256 MiB")
    }
  }

  static func check(_ count: Int, owner: String) throws {
    guard count <= entries else {
      throw MovingFailure.tooLarge(
        what: "the number of things that belong to \(owner)", limit: "\(entries)")
    }
  }
}
