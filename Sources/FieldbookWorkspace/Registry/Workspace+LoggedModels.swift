import FieldbookModel
import FieldbookReplication
import FieldbookStore

/// Models as training scripts log them, before they get a name in the registry.
extension Workspace {
  package func createLoggedModel(
    experiment: ExperimentID, name: String?, sourceRun: RunID?, modelType: String?,
    parameters: [(EntryKey, String)], tags: [(EntryKey, String)], durability: Durability
  ) throws -> LoggedModelID {
    for (key, value) in parameters { try Check.parameterValue(value, key: key) }
    for (key, value) in tags { try Check.tagValue(value, key: key, ofRun: false) }
    let key = EntityKey.fresh(environment.random)
    var fields: [(FieldName, FieldValue)] = [
      (.name, .text(name ?? RunNames.generate(environment.random))),
      (.experiment, .reference(experiment.key)),
      (.modelStatus, .text(LoggedModelStatus.pending.rawValue)),
    ]
    if let sourceRun { fields.append((.run, .reference(sourceRun.key))) }
    if let modelType { fields.append((.modelType, .text(modelType))) }
    fields += parameters.map { (.parameter($0.0), .text($0.1)) }
    fields += tags.map { (.tag($0.0), .text($0.1)) }
    try write(durability) { transaction in
      _ = try require(experiment.key, transaction)
      try transaction.create(.createLoggedModel, key, fields)
    }
    return LoggedModelID(key)
  }

  package func loggedModel(_ id: LoggedModelID) throws -> LoggedModel {
    guard let found = try store.inspect({ try $0.loggedModel(id) }) else {
      throw WorkspaceFailure.notFound(what: "logged model", reference: id.modelText)
    }
    return found
  }

  /// Newest first; nil experiments and a nil name match all.
  package func searchLoggedModels(experiments: [ExperimentID]?, name: String?) throws
    -> [LoggedModel]
  {
    try store.inspect { transaction in
      try transaction.loggedModels().compactMap { try transaction.loggedModel($0) }
    }.filter { model in
      (experiments?.contains(model.experiment) ?? true) && (name.map { $0 == model.name } ?? true)
    }
  }

  package func setLoggedModelStatus(
    _ id: LoggedModelID, _ status: LoggedModelStatus, durability: Durability
  ) throws {
    try change(id.key, durability, [(.modelStatus, .text(status.rawValue))])
  }

  /// Written once: the same value again is fine.
  package func addLoggedModelParameters(
    _ id: LoggedModelID, _ parameters: [(EntryKey, String)], durability: Durability
  ) throws {
    for (key, value) in parameters { try Check.parameterValue(value, key: key) }
    try write(durability) { transaction in
      _ = try require(id.key, transaction)
      var fresh: [(FieldName, FieldValue?)] = []
      for (key, value) in parameters {
        if let known = try transaction.text(id.key, .parameter(key)) {
          guard known == value else {
            throw WorkspaceFailure.parameterExists(key: key.text, old: known, new: value)
          }
        } else {
          fresh.append((.parameter(key), .text(value)))
        }
      }
      if !fresh.isEmpty { try transaction.set(id.key, fresh) }
    }
  }

  package func addLoggedModelMetrics(
    _ id: LoggedModelID, _ metrics: [LoggedModelMetric], durability: Durability
  ) throws {
    guard !metrics.isEmpty else { return }
    let cells = metrics.map {
      (FieldName.modelMetrics, FieldValue?.some(.bytes(LoggedModelMetricCoding.encode($0))))
    }
    try write(durability) { transaction in
      _ = try require(id.key, transaction)
      // One op a metric: members of a set are told apart by the op that added them.
      for cell in cells { try transaction.set(id.key, [cell]) }
    }
  }

  package func addModelInputs(_ run: RunID, _ models: [LoggedModelID], durability: Durability)
    throws
  {
    try change(run.key, durability, models.map { (.modelInput($0), .text("")) })
  }

  package func addModelOutputs(_ run: RunID, _ outputs: [ModelOutput], durability: Durability)
    throws
  {
    try change(run.key, durability, outputs.map { (.modelOutput($0.model), .integer($0.step)) })
  }
}
