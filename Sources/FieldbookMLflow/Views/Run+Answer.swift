import FieldbookModel

// A run as MLflow clients see it.
extension Run {
  var artifactRoot: ArtifactRoot { ArtifactRoot(experiment: experiment, owner: .run(id)) }

  var infoAnswer: JSON {
    .object([
      "run_uuid": .string(id.hex),
      "run_id": .string(id.hex),
      "experiment_id": .string(experiment.decimal),
      "run_name": .string(name),
      "user_id": .string(user ?? tags[MLflowTag.user] ?? ""),
      "status": .string(state.status.rawValue),
      "start_time": .integer(startTime.milliseconds),
      "end_time": state.endTime.map { .integer($0.milliseconds) },
      "artifact_uri": .string(artifactRoot.uri),
      "lifecycle_stage": .string(lifecycle.rawValue),
    ])
  }

  var answer: JSON { answer(outputs: .object(["model_outputs": outputsAnswer])) }

  /// A run that was just made has no outputs, and MLflow names none.
  var answerWhenMade: JSON { answer(outputs: nil) }

  private func answer(outputs: JSON?) -> JSON {
    .object([
      "info": infoAnswer,
      "data": .object([
        "metrics": .list(
          metrics.sorted { $0.key < $1.key }.map { $0.value.last.answer(key: $0.key) }),
        "params": MLflowTag.answer(parameters),
        "tags": MLflowTag.answer(answeredTags),
      ]),
      "inputs": .object([
        "dataset_inputs": .list(datasets.map(\.answer)),
        "model_inputs": .list(
          modelInputs.map { .object(["model_id": .string($0.modelText)]) }),
      ]),
      "outputs": outputs,
    ])
  }

  private var outputsAnswer: JSON? {
    .list(
      modelOutputs.map { output in
        .object(["model_id": .string(output.model.modelText), "step": .integer(output.step)])
      })
  }

  /// With those that are fields here.
  var answeredTags: [String: String] {
    var tags = self.tags
    tags[MLflowTag.runName] = name
    if let description { tags[MLflowTag.note] = description }
    if let parent, tags[MLflowTag.parentRun] == nil { tags[MLflowTag.parentRun] = parent.hex }
    return tags
  }
}

extension MetricPoint {
  func answer(key: String, run: RunID? = nil) -> JSON {
    .object([
      "key": .string(key), "value": .number(value), "timestamp": .integer(timestamp),
      "step": .integer(step), "run_id": run.map { .string($0.hex) },
    ])
  }
}

extension Dataset {
  var answer: JSON {
    .object([
      "dataset": .object([
        "name": .string(name), "digest": .string(digest), "source_type": .string(sourceType),
        "source": .string(source), "schema": .text(schema), "profile": .text(profile),
      ]),
      "tags": MLflowTag.answer(answeredTags),
    ])
  }

  private var answeredTags: [String: String] {
    var tags = self.tags
    tags[MLflowTag.dataContext] = context
    return tags
  }
}
