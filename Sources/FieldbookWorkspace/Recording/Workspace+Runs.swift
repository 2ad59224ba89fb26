import FieldbookModel
import FieldbookReplication

extension Workspace {
  package func createRun(_ draft: RunDraft, durability: Durability) throws -> RunID {
    for (key, value) in draft.parameters { try Check.parameterValue(value, key: key) }
    for (key, value) in draft.tags { try Check.tagValue(value, key: key) }
    if let name = draft.name { try Check.entityName(name, what: "run") }
    if let text = draft.description { try Check.longText(text, what: "description") }
    let key = EntityKey.fresh(environment.random)
    var fields: [(FieldName, FieldValue)] = [
      (.experiment, .reference(draft.experiment.key)),
      (.name, .text(draft.name ?? RunNames.generate(environment.random))),
      (.startTime, .integer(draft.startTime?.milliseconds ?? environment.now())),
      (.status, .text(RunState(status: .running, endTime: nil).coded)),
      (.user, .text(draft.user ?? descriptor.owner)),
    ]
    if let parent = draft.parent { fields.append((.parent, .reference(parent.key))) }
    if let text = draft.description { fields.append((.description, .text(text))) }
    fields += draft.parameters.sorted { $0.key < $1.key }.map {
      (.parameter($0.key), .text($0.value))
    }
    fields += draft.tags.sorted { $0.key < $1.key }.map { (.tag($0.key), .text($0.value)) }
    fields += draft.environment.sorted { $0.key < $1.key }.map {
      (.environment($0.key), .text($0.value))
    }
    try write(durability) { transaction in
      switch try transaction.shownLifecycle(of: draft.experiment) {
      case .active: break
      case .deleted:
        let name = try transaction.experiment(draft.experiment)?.name
        throw WorkspaceFailure.deleted(
          what: "experiment", name: name ?? draft.experiment.decimal)
      case nil:
        throw WorkspaceFailure.notFound(what: "experiment", reference: draft.experiment.decimal)
      }
      try transaction.create(.createRun, key, fields)
    }
    return RunID(key)
  }

  package func run(_ id: RunID) throws -> Run {
    guard let run = try store.inspect({ try $0.run(id) }) else {
      throw WorkspaceFailure.notFound(what: "run", reference: id.hex)
    }
    return located(run)
  }

  /// The same run, with which of its files are on this replica.
  package func located(_ run: Run) -> Run {
    var run = run
    for index in run.artifacts.indices {
      run.artifacts[index].isHere = contentStore.contains(run.artifacts[index].digest)
    }
    return run
  }

  /// One transaction: all of it or nothing.
  ///
  /// A param that has the value already is fine; another value is refused.
  package func logBatch(
    _ run: RunID, parameters: [(EntryKey, String)], metrics: [MetricSeries],
    tags: [(EntryKey, String)], durability: Durability
  ) throws {
    for (key, value) in parameters { try Check.parameterValue(value, key: key) }
    for (key, value) in tags { try Check.tagValue(value, key: key) }
    for series in metrics { _ = try EntryKey(series.key) }
    try write(durability) { transaction in
      try requireActive(run, transaction)
      var fields: [(FieldName, FieldValue?)] = []
      var fresh: [EntryKey: String] = [:]
      for (key, value) in parameters {
        let known = try fresh[key] ?? transaction.text(run.key, .parameter(key))
        if let known {
          guard known == value else {
            throw WorkspaceFailure.parameterExists(key: key.text, old: known, new: value)
          }
          continue
        }
        fresh[key] = value
        fields.append((.parameter(key), .text(value)))
      }
      var latest: [EntryKey: String] = [:]
      for (key, value) in tags { latest[key] = value }
      for (key, value) in latest.sorted(by: { $0.key < $1.key }) {
        guard try transaction.text(run.key, .tag(key)) != value else { continue }
        fields.append((.tag(key), .text(value)))
      }
      if !fields.isEmpty { try transaction.set(run.key, fields) }
      try transaction.addPoints(run.key, metrics)
    }
  }

  private func requireActive(_ run: RunID, _ transaction: WriteTransaction) throws {
    guard let lifecycle = try transaction.runLifecycle(run) else {
      throw WorkspaceFailure.notFound(what: "run", reference: run.hex)
    }
    guard lifecycle == .active else {
      throw WorkspaceFailure.deleted(what: "run", name: run.hex)
    }
  }

  package func setState(_ run: RunID, _ state: RunState, durability: Durability) throws {
    try write(durability) { transaction in
      try requireActive(run, transaction)
      guard try transaction.text(run.key, .status) != state.coded else { return }
      try transaction.set(run.key, [(.status, .text(state.coded))])
    }
  }

  /// Takes a run over into another experiment: for a script that names its experiment after the run was opened.
  package func moveRun(_ run: RunID, to experiment: ExperimentID, durability: Durability) throws {
    try write(durability) { transaction in
      try requireActive(run, transaction)
      guard try transaction.reference(experiment.key) != nil else {
        throw WorkspaceFailure.notFound(what: "experiment", reference: experiment.decimal)
      }
      try transaction.set(run.key, [(.experiment, .reference(experiment.key))])
    }
  }

  package func addDatasets(_ run: RunID, _ datasets: [Dataset], durability: Durability) throws {
    let fields = try datasets.map { dataset in
      let text = try DatasetCoding.encode(dataset)
      try Check.longText(text, what: "dataset")
      return (
        FieldName.dataset(digest: dataset.digest, name: dataset.name), FieldValue?.some(.text(text))
      )
    }
    try write(durability) { transaction in
      try requireActive(run, transaction)
      let fresh = try fields.filter { try transaction.text(run.key, $0.0) != $0.1?.text }
      if !fresh.isEmpty { try transaction.set(run.key, fresh) }
    }
  }

  /// By (step, timestamp, value), without duplicates.
  package func metricHistory(_ run: RunID, key: String) throws -> [MetricPoint] {
    try store.inspect { try $0.history(run.key, key: key) }
  }

  /// The same as a chart draws it; nil where no window is asked for and no point of it is here.
  package func curve(_ run: RunID, _ request: CurveRequest) throws -> MetricCurve? {
    try store.inspect { try $0.curve(run.key, request) }
  }

  /// Started by this device, newest first.
  package func latestRuns(count: Int) throws -> [RunID] {
    try store.inspect { try $0.latestRuns(count: count) }
  }
}
