import FieldbookModel

// A logged model as MLflow clients see it.
extension LoggedModel {
  var artifactRoot: ArtifactRoot { ArtifactRoot(experiment: experiment, owner: .model(id)) }

  var answer: JSON {
    .object([
      "info": .object([
        "model_id": .string(id.modelText),
        "experiment_id": .string(experiment.decimal),
        "name": .string(name),
        "creation_timestamp_ms": .integer(createdTime.milliseconds),
        "last_updated_timestamp_ms": .integer(lastUpdateTime.milliseconds),
        "artifact_uri": .string(artifactRoot.uri),
        "status": .string(status.answer),
        "model_type": .string(modelType ?? ""),
        "source_run_id": .string(sourceRun?.hex ?? ""),
        "tags": MLflowTag.answer(tags),
      ]),
      "data": .object([
        "params": MLflowTag.answer(parameters),
        "metrics": .list(metrics.map { $0.answer(model: id) }),
      ]),
    ])
  }
}

extension LoggedModelMetric {
  func answer(model: LoggedModelID) -> JSON {
    .object([
      "key": .string(key), "value": .number(point.value), "timestamp": .integer(point.timestamp),
      "step": .integer(point.step), "model_id": .string(model.modelText),
      "run_id": .string(run.hex), "dataset_name": .text(datasetName),
      "dataset_digest": .text(datasetDigest),
    ])
  }
}

extension LoggedModelStatus {
  var answer: String {
    switch self {
    case .pending: "LOGGED_MODEL_PENDING"
    case .ready: "LOGGED_MODEL_READY"
    case .failed: "LOGGED_MODEL_UPLOAD_FAILED"
    }
  }

  /// MLflow's name of a status, or its number.
  init?(answered value: JSON) {
    switch value {
    case .string(let text):
      guard let status = Self.allCases.first(where: { $0.answer == text }) else { return nil }
      self = status
    case .integer(1): self = .pending
    case .integer(2): self = .ready
    case .integer(3): self = .failed
    default: return nil
    }
  }
}
