import FieldbookModel
import Foundation

/// A tracking server, asked through its REST API. Deleted logged models are not listed there, and stay.
package final class TrackingServer: Source {
  package let title: String
  private let client: TrackingClient
  private let only: Set<String>?
  /// By their ids there.
  private var experiments: [(id: String, name: String)] = []

  private static let api = "/api/2.0/mlflow/"

  package init(_ client: TrackingClient, only: Set<String>? = nil) {
    self.client = client
    self.only = only
    title = client.base
  }

  /// It counts nothing apart from what it gives.
  package func census() throws -> Census { Census() }

  package func read(_ sink: RecordSink) throws {
    try readExperiments(sink)
    for (id, name) in experiments { try readRuns(of: id, name, sink) }
    for (id, name) in experiments { try readLoggedModels(of: id, name, sink) }
    if only == nil { try readModels(sink) }
  }

  /// All pages of a list.
  ///
  /// - Parameter page: the answer to a page token.
  private func pages(_ page: (String?) throws -> JSON) throws {
    var token: String?
    var seen: Set<String> = []
    repeat {
      let answer = try page(token)
      token = answer["next_page_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
      // A server that gives the same page again and again would be read for ever.
      if let token, !seen.insert(token).inserted {
        throw MovingFailure.refused(
          url: client.base, status: 200, message: "the same page of a list again")
      }
    } while token != nil
  }

  private func readExperiments(_ sink: RecordSink) throws {
    try pages { token in
      let answer = try client.post(
        Self.api + "experiments/search",
        .object([
          "max_results": .integer(1000), "view_type": .string("ALL"), "page_token": .text(token),
        ]))
      for found in answer["experiments"]?.items ?? [] {
        guard let id = found["experiment_id"]?.string, let name = found["name"]?.string,
          only?.contains(name) ?? true, !experiments.contains(where: { $0.id == id })
        else { continue }
        var experiment = ForeignExperiment(name: name)
        experiment.createdTime = found["creation_time"]?.wholeNumber
        experiment.isDeleted = found["lifecycle_stage"]?.string == "deleted"
        TrackingWords.take(found["tags"]?.pairs ?? [:], into: &experiment)
        experiments.append((id, name))
        try sink(.experiment(experiment))
      }
      return answer
    }
    for name in only ?? [] where !experiments.contains(where: { $0.name == name }) {
      throw MovingFailure.noSuchExperiment(name)
    }
  }

  private func readRuns(of experiment: String, _ name: String, _ sink: RecordSink) throws {
    // Whoever records meanwhile moves what is on the next page.
    var seen: Set<String> = []
    try pages { token in
      let answer = try client.post(
        Self.api + "runs/search",
        .object([
          "experiment_ids": .array([.string(experiment)]), "run_view_type": .string("ALL"),
          "max_results": .integer(100), "page_token": .text(token),
        ]))
      for found in answer["runs"]?.items ?? [] {
        guard let id = found["info"]?["run_id"]?.string ?? found["info"]?["run_uuid"]?.string,
          seen.insert(id).inserted
        else { continue }
        try read(run: found, id, name, sink)
      }
      return answer
    }
  }

  private func read(run found: JSON, _ id: String, _ experiment: String, _ sink: RecordSink) throws
  {
    let info = found["info"]
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
    TrackingWords.take(found["data"]?["tags"]?.pairs ?? [:], into: &run)
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
    try sink(.run(run))
    for metric in found["data"]?["metrics"]?.items ?? [] {
      guard let key = metric["key"]?.string else { continue }
      try readHistory(of: id, key, sink)
    }
    try sink(.endOfRun)
  }

  private func readHistory(of run: String, _ key: String, _ sink: RecordSink) throws {
    try pages { token in
      let answer = try client.get(
        Self.api + "metrics/get-history",
        [
          "run_id": run, "metric_key": key, "max_results": "25000", "page_token": token,
        ])
      let points = (answer["metrics"]?.items ?? []).compactMap { metric -> MetricPoint? in
        guard let timestamp = metric["timestamp"]?.wholeNumber else { return nil }
        return MetricPoint(
          step: metric["step"]?.wholeNumber ?? 0, timestamp: timestamp,
          value: metric["value"]?.realNumber ?? 0)
      }
      try sink(.points(MetricSeries(key: key, points: points)))
      return answer
    }
  }

  private func readLoggedModels(
    of experiment: String, _ name: String, _ sink: RecordSink
  ) throws {
    do {
      try pages { token in
        let answer = try client.post(
          Self.api + "logged-models/search",
          .object([
            "experiment_ids": .array([.string(experiment)]), "max_results": .integer(50),
            "page_token": .text(token),
          ]))
        for found in answer["models"]?.items ?? [] { try read(loggedModel: found, name, sink) }
        return answer
      }
    } catch MovingFailure.refused(_, 404, _) {
      // Those of before 3.0 have none.
    }
  }

  private func read(loggedModel found: JSON, _ experiment: String, _ sink: RecordSink) throws {
    guard let info = found["info"], let id = info["model_id"]?.string else { return }
    var model = ForeignLoggedModel(
      id: ForeignKey.loggedModel(id), experiment: experiment, name: info["name"]?.string ?? "",
      status: TrackingWords.loggedModelStatus(
        info["status"]?.string ?? info["status"]?.wholeNumber.map(String.init)))
    model.createdTime = info["creation_timestamp_ms"]?.wholeNumber
    model.modelType = info["model_type"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    model.sourceRun = info["source_run_id"]?.string.flatMap {
      $0.isEmpty ? nil : ForeignKey.run($0)
    }
    model.tags = info["tags"]?.pairs ?? [:]
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
    model.files = ServedFiles(
      client: client, root: info["artifact_uri"]?.string ?? "", owner: .model(id))
    try sink(.loggedModel(model))
  }

  private func readModels(_ sink: RecordSink) throws {
    var versions: [String: [ForeignVersion]] = [:]
    var count = 0
    try pages { token in
      let answer = try client.get(
        Self.api + "model-versions/search", ["max_results": "1000", "page_token": token])
      for found in answer["model_versions"]?.items ?? [] {
        guard let name = found["name"]?.string, let number = found["version"]?.wholeNumber,
          versions[name]?.contains(where: { $0.number == number }) != true
        else { continue }
        var version = ForeignVersion(number: number, source: found["source"]?.string ?? "")
        version.createdTime = found["creation_timestamp"]?.wholeNumber
        version.description = found["description"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        version.stage = found["current_stage"]?.string
        version.run = found["run_id"]?.string.flatMap { $0.isEmpty ? nil : ForeignKey.run($0) }
        version.status = found["status"]?.string
        version.tags = found["tags"]?.pairs ?? [:]
        version.settle()
        versions[name, default: []].append(version)
        count += 1
        try BoundedEntries.check(count, owner: "model versions")
      }
      return answer
    }
    var seen: Set<String> = []
    try pages { token in
      let answer = try client.get(
        Self.api + "registered-models/search", ["max_results": "100", "page_token": token])
      for found in answer["registered_models"]?.items ?? [] {
        guard let name = found["name"]?.string, seen.insert(name).inserted else { continue }
        var model = ForeignModel(name: name)
        model.description = found["description"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        model.createdTime = found["creation_timestamp"]?.wholeNumber
        model.tags = found["tags"]?.pairs ?? [:]
        for alias in found["aliases"]?.items ?? [] {
          guard let word = alias["alias"]?.string else { continue }
          model.aliases[word] = alias["version"]?.wholeNumber
        }
        model.versions = (versions[name] ?? []).sorted { $0.number < $1.number }
        try sink(.model(model))
      }
      return answer
    }
  }
}

extension JSON {
  /// 64-bit integers are numbers or texts, as protobuf's JSON has them.
  var wholeNumber: Int64? {
    switch self {
    case .integer(let number): number
    case .string(let text): Int64(text)
    case .number(let number): Int64(exactly: number)
    default: nil
    }
  }

  var realNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    case .string(let text): Double(text)
    default: nil
    }
  }

  /// `[{key, value}, …]`.
  var pairs: [String: String] {
    var out: [String: String] = [:]
    for item in items ?? [] {
      guard let key = item["key"]?.string else { continue }
      out[key] = item["value"]?.string ?? ""
    }
    return out
  }
}
