import FieldbookModel
import FieldbookReplication
import Foundation

/// An experiment as a tracking server has it.
struct ServerExperiment {
  var id: String
  var name: String
  var isDeleted = false
  var tags: [String: String] = [:]

  /// Deleted ones too, by their names.
  static func all(_ client: TrackingClient) throws -> [String: ServerExperiment] {
    var found: [String: ServerExperiment] = [:]
    try client.pages { token in
      let answer = try client.post(
        ServerExport.api + "experiments/search",
        .object([
          "max_results": .integer(1000), "view_type": .string("ALL"), "page_token": .text(token),
        ]))
      for one in answer["experiments"]?.items ?? [] {
        guard let id = one["experiment_id"]?.string, let name = one["name"]?.string else {
          continue
        }
        found[name] = ServerExperiment(
          id: id, name: name, isDeleted: one["lifecycle_stage"]?.string == "deleted",
          tags: one["tags"]?.pairs ?? [:])
        try BoundedEntries.check(found.count, owner: client.base)
      }
      return answer
    }
    return found
  }
}

/// What a server has of one experiment, by the keys that things have here.
struct ServerHolding {
  struct Held {
    var id: String
    var run: ForeignRun
    /// As the server has them, those under which ours travel included.
    var tags: [String: String]
    var metricKeys: Set<String>
    var artifacts: String
  }

  var runs: [EntityKey: Held] = [:]
  var models: [LoggedModelID: (id: String, model: ForeignLoggedModel, tags: [String: String])] = [:]
  var traces: [String: ForeignTrace] = [:]

  static func read(_ place: ServerExperiment, _ client: TrackingClient) throws -> ServerHolding {
    var holding = ServerHolding()
    try client.pages { token in
      let answer = try client.post(
        ServerExport.api + "runs/search",
        .object([
          "experiment_ids": .array([.string(place.id)]), "run_view_type": .string("ALL"),
          "max_results": .integer(100), "page_token": .text(token),
        ]))
      for found in answer["runs"]?.items ?? [] {
        guard let (id, run) = ServedRecords.run(found, place.name, client) else { continue }
        holding.runs[run.key] = Held(
          id: id, run: run, tags: found["data"]?["tags"]?.pairs ?? [:],
          metricKeys: Set(ServedRecords.metricKeys(found)),
          artifacts: found["info"]?["artifact_uri"]?.string ?? "")
      }
      return answer
    }
    do {
      try client.pages { token in
        let answer = try client.post(
          ServerExport.api + "logged-models/search",
          .object([
            "experiment_ids": .array([.string(place.id)]), "max_results": .integer(50),
            "page_token": .text(token),
          ]))
        for found in answer["models"]?.items ?? [] {
          guard let (id, model) = ServedRecords.loggedModel(found, place.name, client) else {
            continue
          }
          holding.models[model.id] = (id, model, found["info"]?["tags"]?.pairs ?? [:])
        }
        return answer
      }
    } catch MovingFailure.refused(_, 404, _) {
      // Those of before 3.0 have none.
    }
    try ServedTraces(client: client).read(experiment: place.id, place.name) { record in
      if case .trace(let trace) = record { holding.traces[trace.name] = trace }
    }
    return holding
  }

  /// All points of one metric.
  static func history(_ run: String, _ key: String, _ client: TrackingClient) throws
    -> Set<MetricPoint>
  {
    var found: Set<MetricPoint> = []
    try ServedRecords.history(of: run, key, client) { found.formUnion($0) }
    return found
  }
}
