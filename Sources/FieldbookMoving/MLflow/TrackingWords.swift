import FieldbookModel

/// MLflow's words for what are fields of their own here.
enum TrackingWords {
  static let runName = "mlflow.runName"
  static let note = "mlflow.note.content"
  static let user = "mlflow.user"
  static let parentRun = "mlflow.parentRunId"
  static let dataContext = "mlflow.data.context"
  /// The stage of a version that was deleted.
  static let deletedVersion = "Deleted_Internal"

  /// Tags of a run that are no tags here.
  static let runFields = [runName, note]

  static func take(_ tags: [String: String], into run: inout ForeignRun) {
    var tags = tags
    if let name = tags.removeValue(forKey: runName), run.name?.isEmpty != false { run.name = name }
    if run.name?.isEmpty == true { run.name = nil }
    run.description = tags.removeValue(forKey: note) ?? run.description
    run.parent = tags[parentRun].map { ForeignKey.run($0) }
    if run.user?.isEmpty != false { run.user = tags[user] }
    ReturningTags.take(&tags, into: &run)
    run.tags = tags
  }

  static func take(_ tags: [String: String], into experiment: inout ForeignExperiment) {
    var tags = tags
    experiment.description = tags.removeValue(forKey: note)
    experiment.createdTime = ReturningTags.created(&tags) ?? experiment.createdTime
    experiment.tags = tags
  }

  /// The number of a status in a file store, or its word.
  static func status(_ text: String?) -> RunStatus? {
    switch text {
    case "1": .running
    case "2": .scheduled
    case "3": .finished
    case "4": .failed
    case "5": .killed
    default: text.flatMap { RunStatus(rawValue: $0.uppercased()) }
    }
  }

  static func loggedModelStatus(_ text: String?) -> LoggedModelStatus {
    switch text {
    case "2", "READY", "LOGGED_MODEL_READY": .ready
    case "3", "FAILED", "LOGGED_MODEL_UPLOAD_FAILED": .failed
    default: .pending
    }
  }

  /// A name in a workspace of the server's other than its default one.
  static func name(_ name: String, workspace: String?) -> String {
    guard let workspace, !workspace.isEmpty, workspace != "default" else { return name }
    return workspace + "/" + name
  }
}
