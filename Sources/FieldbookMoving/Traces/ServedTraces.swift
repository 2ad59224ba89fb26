import FieldbookModel

/// Traces of a tracking server: infos by search, spans one trace after the other.
///
/// Since MLflow 3 below `/api/3.0`, before that below `/api/2.0`. A server that has neither has no traces. Spans: `traces/get`
/// since 3.5, for what is in the database; else the file, which the server's page asks for.
struct ServedTraces {
  let client: TrackingClient

  private static let old = "/api/2.0/mlflow/"
  private static let new = "/api/3.0/mlflow/"

  /// - Parameter links: runs by the traces that are linked to them; asked for once there are traces.
  func read(
    experiment id: String, _ name: String, links: () throws -> [String: [String]] = { [:] },
    _ sink: RecordSink
  ) throws {
    var found: [ForeignTrace] = []
    do {
      try pages([id], filter: nil) { info in
        guard var trace = ForeignTrace(info: info, experiment: name) else { return }
        trace.isCut = true
        found.append(trace)
        try BoundedEntries.check(found.count, owner: name)
      }
    } catch MovingFailure.refused(_, 404, _) {
      return try readOld(experiment: id, name, sink)
    }
    guard !found.isEmpty else { return }
    let links = try links()
    for var trace in found {
      for run in links[trace.name] ?? [] { trace.links.insert("run/" + ForeignKey.run(run).hex) }
      try finish(&trace, sink)
    }
  }

  private func pages(
    _ experiments: [String], filter: String?, _ body: (JSON) throws -> Void
  ) throws {
    let locations = experiments.map { id in
      JSON.object([
        "type": .string("MLFLOW_EXPERIMENT"),
        "mlflow_experiment": .object(["experiment_id": .string(id)]),
      ])
    }
    var seen: Set<String> = []
    try client.pages { token in
      let answer = try client.post(
        ServedTraces.new + "traces/search",
        .object([
          "locations": .array(locations), "filter": .text(filter),
          "max_results": .integer(100), "page_token": .text(token),
        ]))
      for info in answer["traces"]?.items ?? [] {
        // Whoever records meanwhile moves what is on the next page.
        guard let name = info["trace_id"]?.string, seen.insert(name).inserted else { continue }
        try body(info)
      }
      return answer
    }
  }

  /// Runs by the traces that are linked to them: nothing else tells of it than a search for each run.
  func links(of experiments: [String], to runs: [String]) throws -> [String: [String]] {
    var links: [String: [String]] = [:]
    for run in runs where run.utf8.allSatisfy({ $0 != UInt8(ascii: "'") }) {
      do {
        try pages(experiments, filter: "attributes.run_id = '\(run)'") { info in
          guard let name = info["trace_id"]?.string,
            info["trace_metadata"]?[TraceKey.sourceRun]?.string != run
          else { return }
          links[name, default: []].append(run)
        }
      } catch MovingFailure.refused(_, 400, _) {
        // Those of before 3.2 have no links, and no such attribute.
        return [:]
      }
    }
    return links
  }

  private func finish(_ trace: inout ForeignTrace, _ sink: RecordSink) throws {
    do {
      try readSpans(of: &trace)
    } catch is StoredSpan.Malformed {
      try sink(.left(Left(.spans, trace.name, reason: "they cannot be read")))
    }
    if let place = trace.filesPlace, trace.hasAttachments || trace.isKeptInFiles {
      trace.files = OtherFiles(
        files: ServedFiles(client: client, root: place, owner: .trace(trace.name)),
        hidden: trace.isKeptInFiles && trace.spans.isEmpty ? "" : TraceFile.name)
    }
    trace.settle()
    try sink(.trace(trace))
  }

  private func readSpans(of trace: inout ForeignTrace) throws {
    if trace.isInStore, try readStored(&trace) { return }
    do {
      let answer = try client.get(
        "/ajax-api/2.0/mlflow/get-trace-artifact", ["request_id": trace.name])
      for span in answer["spans"]?.items ?? [] { try trace.add(StoredSpan(span)) }
      return
    } catch MovingFailure.refused {
      // A server that has it among the files alone, or nothing yet.
    }
    guard let place = trace.filesPlace, place.hasPrefix("mlflow-artifacts:") else { return }
    let path = ArtifactPlaces.path(place).drop { $0 == "/" } + "/" + TraceFile.name
    do {
      let file = try client.get(
        "/api/2.0/mlflow-artifacts/artifacts/"
          + TrackingClient.escaped(String(path), keeping: "/"))
      for span in file["spans"]?.items ?? [] { try trace.add(StoredSpan(span)) }
    } catch MovingFailure.refused {
      // Nothing yet.
    }
  }

  /// - Returns: false where the server has no such call.
  private func readStored(_ trace: inout ForeignTrace) throws -> Bool {
    do {
      let answer = try client.get(
        ServedTraces.new + "traces/get", ["trace_id": trace.name, "allow_partial": "true"])
      for span in answer["trace"]?["spans"]?.items ?? [] { try trace.add(StoredSpan(span)) }
      return true
    } catch MovingFailure.refused(_, 404, _) {
      return false
    }
  }

  private func readOld(experiment id: String, _ name: String, _ sink: RecordSink) throws {
    var seen: Set<String> = []
    do {
      try client.pages { token in
        let answer = try client.get(
          ServedTraces.old + "traces",
          ["experiment_ids": id, "max_results": "100", "page_token": token])
        for info in answer["traces"]?.items ?? [] {
          guard var trace = ForeignTrace(info: info, experiment: name),
            seen.insert(trace.name).inserted
          else { continue }
          trace.isCut = true
          try finish(&trace, sink)
        }
        return answer
      }
    } catch MovingFailure.refused(_, 404, _) {
      // Those of before 2.14 have none.
    }
  }
}

extension ForeignTrace {
  /// Its spans are not in its server's database.
  fileprivate var isKeptInFiles: Bool { !isInStore && archive == nil }
}
