import FieldbookModel
import Foundation

/// A tracking server, asked through its REST API. Deleted logged models are not listed there, and stay.
package final class TrackingServer: Source {
  package let title: String
  private let client: TrackingClient
  private let only: Set<String>?
  /// By their ids there.
  private var experiments: [(id: String, name: String)] = []
  private var runs: [String] = []
  private var knownLinks: [String: [String]]?

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
    for (id, name) in experiments {
      try ServedTraces(client: client).read(
        experiment: id, name, links: { try self.traceLinks() }, sink)
    }
  }

  private func traceLinks() throws -> [String: [String]] {
    if let knownLinks { return knownLinks }
    let found = try ServedTraces(client: client).links(of: experiments.map(\.id), to: runs)
    knownLinks = found
    return found
  }

  private func readExperiments(_ sink: RecordSink) throws {
    try client.pages { token in
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
    try client.pages { token in
      let answer = try client.post(
        Self.api + "runs/search",
        .object([
          "experiment_ids": .array([.string(experiment)]), "run_view_type": .string("ALL"),
          "max_results": .integer(100), "page_token": .text(token),
        ]))
      for found in answer["runs"]?.items ?? [] {
        guard let (id, run) = ServedRecords.run(found, name, client), seen.insert(id).inserted
        else { continue }
        runs.append(id)
        try sink(.run(run))
        for key in ServedRecords.metricKeys(found) {
          try ServedRecords.history(of: id, key, client) { points in
            try sink(.points(MetricSeries(key: key, points: points)))
          }
        }
        try sink(.endOfRun)
      }
      return answer
    }
  }

  private func readLoggedModels(
    of experiment: String, _ name: String, _ sink: RecordSink
  ) throws {
    do {
      try client.pages { token in
        let answer = try client.post(
          Self.api + "logged-models/search",
          .object([
            "experiment_ids": .array([.string(experiment)]), "max_results": .integer(50),
            "page_token": .text(token),
          ]))
        for found in answer["models"]?.items ?? [] {
          guard let (_, model) = ServedRecords.loggedModel(found, name, client) else { continue }
          try sink(.loggedModel(model))
        }
        return answer
      }
    } catch MovingFailure.refused(_, 404, _) {
      // Those of before 3.0 have none.
    }
  }

  private func readModels(_ sink: RecordSink) throws {
    var versions: [String: [ForeignVersion]] = [:]
    var count = 0
    try client.pages { token in
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
    try client.pages { token in
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
        model.settle()
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
