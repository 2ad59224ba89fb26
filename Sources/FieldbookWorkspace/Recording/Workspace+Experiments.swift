import FieldbookModel
import FieldbookReplication

extension Workspace {
  package func createExperiment(
    named name: String, tags: [EntryKey: String] = [:], durability: Durability
  ) throws -> ExperimentID {
    try Check.entityName(name, what: "experiment")
    for (key, value) in tags { try Check.tagValue(value, key: key, ofRun: false) }
    return try write(durability) { transaction in
      try makeExperiment(transaction, name, tags, reuse: false)
    }
  }

  /// The active experiment of this name, made if there is none.
  package func ensureExperiment(named name: String, durability: Durability) throws -> ExperimentID {
    try Check.entityName(name, what: "experiment")
    if let known = try store.inspect({ try $0.entity(named: name, kind: .experiment) }),
      let experiment = try store.inspect({ try $0.experiment(ExperimentID(known)) }),
      experiment.lifecycle == .active
    {
      return experiment.id
    }
    return try write(durability) { try makeExperiment($0, name, [:], reuse: true) }
  }

  private func makeExperiment(
    _ transaction: WriteTransaction, _ name: String, _ tags: [EntryKey: String], reuse: Bool
  ) throws -> ExperimentID {
    if let known = try transaction.entity(named: name, kind: .experiment),
      let experiment = try transaction.experiment(ExperimentID(known))
    {
      guard experiment.lifecycle == .active else {
        throw WorkspaceFailure.deleted(what: "experiment", name: name)
      }
      if reuse { return experiment.id }
      throw WorkspaceFailure.alreadyExists(what: "experiment", name: name)
    }
    let (key, _) = try transaction.keyForName(name, kind: .experiment)
    // No time: when it was made is when the earliest op says so, and two laptops that make it agree.
    var fields: [(FieldName, FieldValue)] = [(.name, .text(name))]
    fields += tags.sorted { $0.key < $1.key }.map { (.tag($0.key), .text($0.value)) }
    try transaction.create(.createExperiment, key, fields)
    return ExperimentID(key)
  }

  package func experiment(_ id: ExperimentID, countingRuns: Bool = true) throws -> Experiment {
    guard
      let found = try store.inspect({ try $0.experiment(id, countingRuns: countingRuns) })
    else {
      throw WorkspaceFailure.notFound(what: "experiment", reference: id.decimal)
    }
    return found
  }

  /// By the decimal id that MLflow clients use. Its runs are not counted.
  package func experiment(decimal: String) throws -> Experiment {
    guard let id = try store.inspect({ try $0.experiment(decimal: decimal) }) else {
      throw WorkspaceFailure.notFound(what: "experiment", reference: decimal)
    }
    return try experiment(id, countingRuns: false)
  }

  /// Deleted ones too; active ones first.
  package func experiment(named name: String) throws -> Experiment {
    guard let key = try store.inspect({ try $0.entity(named: name, kind: .experiment) }) else {
      throw WorkspaceFailure.notFound(what: "experiment", reference: name)
    }
    return try experiment(ExperimentID(key))
  }
}
