import FieldbookModel

extension Experiment {
  package var json: JSON {
    [
      "experiment_id": .string(id.decimal), "name": .string(name),
      "lifecycle_stage": .string(lifecycle.rawValue), "run_count": .count(runCount),
      "creation_time": .time(createdTime), "last_update_time": .time(lastUpdateTime),
      "description": .optional(description), "tags": .map(tags),
    ]
  }
}
