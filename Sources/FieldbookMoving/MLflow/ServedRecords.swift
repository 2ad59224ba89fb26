import FieldbookModel

/// Runs, logged models and points as a tracking server's REST API tells of them.
enum ServedRecords {
  /// Nil for one without an id.
  static func run(
    _ found: JSON, _ experiment: String, _ client: TrackingClient
  ) -> (id: String, run: ForeignRun)? {
    let info = found["info"]
    guard let id = info?["run_id"]?.string ?? info?["run_uuid"]?.string else { return nil }
    var run = ForeignRun(key: ForeignKey.run(id), id: id, experiment: experiment)
    run.name = info?["run_name"]?.string
    run.user = info?["user_id"]?.string
    run.startTime = info?["start_time"]?.wholeNumber
    run.state = TrackingWords.status(info?["status"]?.string).map { status in
      let end = info?["end_time"]?.wholeNumber
      return RunState(status: status, endTime: end.map(Timestamp.init(milliseconds:)))
    }
    run.isDeleted = info?["lifecycle_stage"]?.string == "deleted"
    run.parameters = found["data"]?["params"]?.pairs ?? [:]
    for input in found["inputs"]?["dataset_inputs"]?.items ?? [] {
      guard let dataset = input["dataset"], let name = dataset["name"]?.string,
        let digest = dataset["digest"]?.string
      else { continue }
      var tags = input["tags"]?.pairs ?? [:]
      let context = tags.removeValue(forKey: TrackingWords.dataContext)
      run.datasets.append(
        Dataset(
          name: name, digest: digest, sourceType: dataset["source_type"]?.string ?? "",
          source: dataset["source"]?.string ?? "", schema: dataset["schema"]?.string,
          profile: dataset["profile"]?.string, context: context,
          tags: tags))
    }
    run.modelInputs = (found["inputs"]?["model_inputs"]?.items ?? []).compactMap {
      $0["model_id"]?.string.map { ForeignKey.loggedModel($0) }
    }
    run.modelOutputs = (found["outputs"]?["model_outputs"]?.items ?? []).compactMap { output in
      output["model_id"]?.string.map {
        ModelOutput(model: ForeignKey.loggedModel($0), step: output["step"]?.wholeNumber ?? 0)
      }
    }
    run.files = ServedFiles(
      client: client, root: info?["artifact_uri"]?.string ?? "", owner: .run(id))
    TrackingWords.take(found["data"]?["tags"]?.pairs ?? [:], into: &run)
    return (id, run)
  }

  static func metricKeys(_ found: JSON) -> [String] {
    (found["data"]?["metrics"]?.items ?? []).compactMap { $0["key"]?.string }
  }

  static func history(
    of run: String, _ key: String, _ client: TrackingClient, _ body: ([MetricPoint]) throws -> Void
  ) throws {
    try client.pages { token in
      let answer = try client.get(
        "/api/2.0/mlflow/metrics/get-history",
        [
          "run_id": run, "metric_key": key, "max_results": "25000", "page_token": token,
        ])
      try body(
        (answer["metrics"]?.items ?? []).compactMap { metric -> MetricPoint? in
          guard let timestamp = metric["timestamp"]?.wholeNumber else { return nil }
          return MetricPoint(
            step: metric["step"]?.wholeNumber ?? 0, timestamp: timestamp,
            value: metric["value"]?.realNumber ?? 0)
        })
      return answer
    }
  }

  /// Nil for one without an id.
  static func loggedModel(
    _ found: JSON, _ experiment: String, _ client: TrackingClient
  ) -> (id: String, model: ForeignLoggedModel)? {
    guard let info = found["info"], let id = info["model_id"]?.string else { return nil }
    var model = ForeignLoggedModel(
      id: ForeignKey.loggedModel(id), experiment: experiment, name: info["name"]?.string ?? "",
      status: TrackingWords.loggedModelStatus(
        info["status"]?.string ?? info["status"]?.wholeNumber.map(String.init)))
    model.createdTime = info["creation_timestamp_ms"]?.wholeNumber
    model.modelType = info["model_type"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    model.sourceRun = info["source_run_id"]?.string.flatMap {
      $0.isEmpty ? nil : ForeignKey.run($0)
    }
    model.parameters = found["data"]?["params"]?.pairs ?? [:]
    model.metrics = (found["data"]?["metrics"]?.items ?? []).compactMap { metric in
      guard let key = metric["key"]?.string, let run = metric["run_id"]?.string else { return nil }
      return LoggedModelMetric(
        key: key,
        point: MetricPoint(
          step: metric["step"]?.wholeNumber ?? 0, timestamp: metric["timestamp"]?.wholeNumber ?? 0,
          value: metric["value"]?.realNumber ?? 0), run: RunID(ForeignKey.run(run)),
        datasetName: metric["dataset_name"]?.string, datasetDigest: metric["dataset_digest"]?.string
      )
    }
    var tags = info["tags"]?.pairs ?? [:]
    ReturningTags.take(&tags, into: &model)
    model.files = ServedFiles(
      client: client, root: info["artifact_uri"]?.string ?? "", owner: .model(id))
    return (id, model)
  }
}
