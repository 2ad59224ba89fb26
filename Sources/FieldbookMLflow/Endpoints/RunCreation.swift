import FieldbookModel
import FieldbookWorkspace

/// `runs/create`: takes over the run that waits to be adopted, or makes a new one.
struct RunCreation {
  var experiment: Experiment
  var name: String?
  var user: String?
  var startTime: Timestamp?
  var description: String?
  var tags: [EntryKey: String] = [:]
  /// As the client named it.
  var parent: RunID?
  var namesParent = false

  @Sendable static func create(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let creation = try RunCreation(call.fields, tracker: tracker)
    let adopted = try tracker.adoption.adopt { run in
      try creation.takeOver(run, in: tracker.workspace)
      return run
    }
    let run = try adopted ?? creation.draftedRun(in: tracker)
    return .object(["run": try tracker.run(run).answerWhenMade])
  }

  private init(_ fields: Fields, tracker: Tracker) throws {
    experiment = try tracker.activeExperiment(try fields.text("experiment_id") ?? "0")
    user = try fields.text("user_id")
    startTime = try fields.integer("start_time").map(Timestamp.init(milliseconds:))
    name = try fields.text("run_name").flatMap { $0.isEmpty ? nil : $0 }
    for (index, tag) in try fields.pairs("tags").enumerated() {
      switch tag.key {
      case MLflowTag.runName:
        guard name == nil || name == tag.value else {
          throw MLflowError.invalid(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different"
              + " values (run_name='\(name ?? "")', mlflow.runName='\(tag.value)').")
        }
        if !tag.value.isEmpty { name = tag.value }
      case MLflowTag.note: description = tag.value
      default:
        let (key, value) = try EntryRules.runTag(tag.key, tag.value, path: "tags[\(index)].")
        tags[key] = value
        if tag.key == MLflowTag.parentRun {
          namesParent = true
          parent = RunID(hex: tag.value)
        }
      }
    }
  }

  /// The script's wishes come before what `fieldbook run` was told, but for the experiment
  /// `Default`: that is what a client says when nobody chose one.
  private func takeOver(_ run: RunID, in workspace: Workspace) throws {
    if experiment.id != Experiment.defaultID, try workspace.run(run).experiment != experiment.id {
      try workspace.moveRun(run, to: experiment.id, durability: .script)
    }
    if let name { try workspace.rename(run.key, to: name, durability: .script) }
    if let description {
      try workspace.setDescription(run.key, description, durability: .script)
    }
    guard !tags.isEmpty else { return }
    try workspace.logBatch(
      run, parameters: [], metrics: [], tags: tags.map { ($0.key, $0.value) },
      durability: .script)
  }

  /// A run beside the adopted one is its child, unless the script says whose child it is.
  private func draftedRun(in tracker: Tracker) throws -> RunID {
    var tags = self.tags
    var parent = self.parent
    if !namesParent, let adopted = tracker.adoption.parent {
      parent = adopted
      tags[EntryKey(unchecked: MLflowTag.parentRun)] = adopted.hex
    }
    return try tracker.workspace.createRun(
      RunDraft(
        experiment: experiment.id, name: name, startTime: startTime, user: user, parent: parent,
        parameters: [:], tags: tags, environment: [:], description: description),
      durability: .script)
  }
}
