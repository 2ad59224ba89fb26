import FieldbookModel

/// Tags that MLflow gives a meaning.
enum MLflowTag {
  /// The name of a run: a field of its own here.
  static let runName = "mlflow.runName"
  /// The description of a run or an experiment: a field of its own here.
  static let note = "mlflow.note.content"
  static let user = "mlflow.user"
  static let parentRun = "mlflow.parentRunId"
  /// On a logged model: the registered versions that were made of it.
  static let modelVersions = "mlflow.modelVersions"
  /// On a run, by older clients: the models that it logged.
  static let modelHistory = "mlflow.log-model.history"
  /// What a dataset was used for, on a run's input.
  static let dataContext = "mlflow.data.context"
  /// On a version: where its run is shown, as whoever made it said. A field of its own to clients.
  static let runLink = "mlflow.runLink"
  /// On an experiment: where a client wished its files to be. A field of its own to clients.
  static let artifactLocation = "mlflow.artifactLocation"
  /// On a version that is a prompt: its text.
  static let promptText = "mlflow.prompt.text"
  /// On a registered model or version that is a prompt.
  static let isPrompt = "mlflow.prompt.is_prompt"

  static func answer(_ tags: [String: String]) -> JSON? {
    .list(
      tags.sorted { $0.key < $1.key }.map { tag in
        .object(["key": .string(tag.key), "value": .string(tag.value)])
      })
  }
}
