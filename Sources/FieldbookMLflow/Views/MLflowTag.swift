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
  /// On a registered model or version that is a prompt.
  static let isPrompt = "mlflow.prompt.is_prompt"

  static func answer(_ tags: [String: String]) -> JSON? {
    .list(
      tags.sorted { $0.key < $1.key }.map { tag in
        .object(["key": .string(tag.key), "value": .string(tag.value)])
      })
  }
}
