import FieldbookModel

// An experiment as MLflow clients see it.
extension Experiment {
  var answer: JSON {
    .object([
      "experiment_id": .string(id.decimal),
      "name": .string(name),
      "artifact_location": .string(
        tags[MLflowTag.artifactLocation] ?? ArtifactRoot.scheme + id.decimal),
      "lifecycle_stage": .string(lifecycle.rawValue),
      "last_update_time": .integer(lastUpdateTime.milliseconds),
      "creation_time": .integer(createdTime.milliseconds),
      "tags": MLflowTag.answer(answeredTags),
      // MLflow's own workspaces divide one server; a replica is of one.
      "workspace": .string("default"),
    ])
  }

  var answeredTags: [String: String] {
    var tags = self.tags
    tags[MLflowTag.artifactLocation] = nil
    if let description { tags[MLflowTag.note] = description }
    return tags
  }
}
