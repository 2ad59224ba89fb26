import FieldbookModel

extension Run {
  /// The RUN of the JSON contract.
  package func json(isVanished: Bool) -> JSON {
    [
      "run_id": .string(id.hex),
      "name": .string(name),
      "experiment": ["id": .string(experiment.decimal), "name": .string(experimentName)],
      "status": .string(state.status.rawValue),
      "vanished": .bool(isVanished),
      "start_time": .time(startTime),
      "end_time": .time(state.endTime),
      "params": .map(parameters),
      "metrics": .map(metrics) { $0.json },
      "tags": .map(tags),
      "labels": .strings(labels),
      "comments": .array(comments.map(\.json)),
      "description": .optional(description),
      "parent_run_id": .optional(parent?.hex),
      "user": .optional(user),
      "device": .string(device),
      "lifecycle": .string(lifecycle.rawValue),
      "source": RunSource(environment).json,
      "environment": .map(environment),
      "datasets": .array(datasets.map(\.json)),
      "artifacts": .array(artifacts.map(\.json)),
      "models": .array(modelOutputs.map { .string($0.model.modelText) }),
      "conflicts": .strings(conflicts),
    ]
  }
}

extension MetricSummary {
  package var json: JSON {
    [
      "last": .number(last.value), "min": .number(minimum), "max": .number(maximum),
      "step": .integer(last.step), "count": .count(count),
    ]
  }
}

extension Comment {
  package var json: JSON {
    ["text": .string(text), "author": .string(author), "time": .time(time)]
  }
}

extension Dataset {
  package var json: JSON {
    [
      "name": .string(name), "digest": .string(digest), "source_type": .string(sourceType),
      "source": .string(source), "schema": .optional(schema), "profile": .optional(profile),
      "context": .optional(context), "tags": .map(tags),
    ]
  }
}

extension Artifact {
  package var json: JSON {
    [
      "path": .string(path), "sha256": .string(digest.hex), "bytes": .integer(byteCount),
      "here": .bool(isHere),
    ]
  }
}
