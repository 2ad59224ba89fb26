import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

// Traces: what is told of the whole as MLflow 3 starts one, spans as OpenTelemetry sends them.
extension ServerExport {
  private static let new = "/api/3.0/mlflow/"
  /// Spans of one request.
  private static let spans = 500

  mutating func write(_ trace: ForeignTrace, _ place: ServerExperiment) throws {
    let files = try out.workspace.artifacts(of: trace.id.key).filter {
      trace.spans.isEmpty || $0.path != TraceFile.name
    }
    report.there.count(trace)
    count(files, of: trace.name)
    guard !place.isDeleted else { return }
    let home = experimentIDs[trace.experiment]
    let held = home.flatMap { known[$0]?.traces[trace.name] }
    var root: String?
    if held == nil {
      do { root = try start(trace, place) } catch MovingFailure.refused(_, let status, let message)
        where status == 404 || status == 400
      {
        for kind in [
          MovedKind.traces, .spans, .traceMetadata, .tags, .assessments, .traceLinks,
        ] { report.there[kind] -= Census(of: trace)[kind] }
        report.there[.files] -= files.count(where: \.isHere)
        let reason =
          status == 404
          ? "the server is older than MLflow 3" : "the server refuses it: \(message.prefix(120))"
        return report.leave(Left(.traces, trace.name, reason: reason))
      }
    } else {
      try update(trace, held)
    }
    let there = Set((held?.spans ?? []).map(StoredSpan.print))
    let missing = trace.spans.filter { !there.contains(StoredSpan.print($0)) }
    if !missing.isEmpty { try send(missing, of: trace, place, root) }
    try sendLinks(trace, held)
    guard !files.isEmpty else { return }
    try upload(
      files, of: trace.id.key, name: trace.name,
      try missingFiles(files, held?.files, [:]), place: try root ?? filesPlace(trace.name))
  }

  func sent(_ trace: ForeignTrace) -> [String: String] {
    var tags = trace.tags
    tags[MovingTag.links] = trace.linksText
    tags[MovingTag.run] = trace.metadata[TraceKey.sourceRun]
    return tags
  }

  /// - Returns: where its files go.
  private func start(_ trace: ForeignTrace, _ place: ServerExperiment) throws -> String? {
    var metadata = trace.metadata
    if let run = metadata[TraceKey.sourceRun].flatMap({ RunID(hex: $0) }) {
      metadata[TraceKey.sourceRun] = runs[run.key] ?? run.hex
    }
    let info = JSON.object([
      "trace_id": .string(trace.name), "client_request_id": .text(trace.clientRequest),
      "trace_location": .object([
        "type": .string("MLFLOW_EXPERIMENT"),
        "mlflow_experiment": .object(["experiment_id": .string(place.id)]),
      ]),
      "request_preview": .text(trace.requestPreview),
      "response_preview": .text(trace.responsePreview),
      "request_time": trace.requestTime.map {
        .string(ProtobufTime.text(Timestamp(milliseconds: $0)))
      },
      "execution_duration": trace.duration.map { .string(ProtobufTime.duration($0)) },
      "state": .text(trace.state?.rawValue),
      "trace_metadata": metadata.isEmpty ? nil : .object(texts: metadata),
      "tags": sent(trace).isEmpty ? nil : .object(texts: sent(trace)),
      "assessments": .list(trace.assessments.map { $0.answer(trace: trace.name) }),
    ])
    let made = try client.post(
      ServerExport.new + "traces", .object(["trace": .object(["trace_info": info])]))
    return made["trace"]?["trace_info"]?["tags"]?[TraceKey.artifactLocation]?.string
  }

  private mutating func update(_ trace: ForeignTrace, _ held: ForeignTrace?) throws {
    let path = ServerExport.new + "traces/" + TrackingClient.escaped(trace.name, keeping: "")
    for (key, value) in trace.tags.sorted(by: { $0.key < $1.key }) where held?.tags[key] != value {
      try sending(.tags, "\(trace.name): \(key)") { client in
        _ = try client.patch(
          path + "/tags",
          .object([
            "trace_id": .string(trace.name), "key": .string(key), "value": .string(value),
          ]))
      }
    }
    for assessment in trace.assessments
    where held?.assessments.contains(where: { $0.isLike(assessment) }) != true {
      try sending(.assessments, "\(trace.name): \(assessment.name)") { client in
        _ = try client.post(
          path + "/assessments",
          .object(["assessment": assessment.answer(trace: trace.name)]), isRepeatable: false)
      }
    }
  }

  private mutating func send(
    _ spans: [TraceSpan], of trace: ForeignTrace, _ place: ServerExperiment, _ root: String?
  ) throws {
    if trace.name == trace.id.traceText, trace.metadata[MovingTag.otelTrace] == nil {
      do {
        for part in spans.sliced(ServerExport.spans) {
          var request = ProtobufWriter()
          request.message(1) { resource in
            resource.message(2) { scope in
              for span in part { scope.bytes(2, span.protobuf) }
            }
          }
          try client.post(
            "/v1/traces", request.bytes, type: "application/x-protobuf",
            headers: ["x-mlflow-experiment-id": place.id])
        }
        return
      } catch MovingFailure.refused(_, let status, _) where [400, 404, 413, 501].contains(status) {
        // A server without a database, or a span that it finds too large: as a file, then.
      }
    }
    let folder = try root ?? filesPlace(trace.name)
    guard folder.hasPrefix("mlflow-artifacts:") else {
      return refuse(.spans, trace.name, "it keeps no files itself")
    }
    let bytes = TraceFile(trace).bytes
    let path = String(ArtifactPlaces.path(folder).drop { $0 == "/" }) + "/" + TraceFile.name
    try client.upload(
      "/api/2.0/mlflow-artifacts/artifacts/" + TrackingClient.escaped(path, keeping: "/"),
      byteCount: Int64(bytes.count)
    ) { PiecewiseBody.reader(of: bytes) }
  }

  private func filesPlace(_ name: String) throws -> String {
    let path = ServerExport.new + "traces/" + TrackingClient.escaped(name, keeping: "")
    return try client.get(path)["trace"]?["trace_info"]?["tags"]?[TraceKey.artifactLocation]?
      .string ?? ""
  }

  private func sendLinks(_ trace: ForeignTrace, _ held: ForeignTrace?) throws {
    for link in trace.links.subtracting(held?.links ?? []).sorted() {
      let parts = link.split(separator: "/", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      do {
        if parts[0] == "run", let run = RunID(hex: parts[1]), let id = runs[run.key] {
          try client.call(
            "traces/link-to-run",
            ["trace_ids": .array([.string(trace.name)]), "run_id": .string(id)])
        } else if parts[0] == "prompt", let slash = parts[1].lastIndex(of: "/") {
          let version = parts[1][parts[1].index(after: slash)...]
          try client.call(
            "traces/link-prompts",
            [
              "trace_id": .string(trace.name),
              "prompt_versions": .array([
                .object([
                  "name": .string(String(parts[1][..<slash])),
                  "version": .string(String(version)),
                ])
              ]),
            ])
        }
      } catch MovingFailure.refused(_, let status, _) where status == 404 || status == 400 {
        // The tag has all of them, for servers that know no links and for what is not there.
      }
    }
  }
}

extension Assessment {
  /// A server may have given it another id, and times.
  func isLike(_ other: Assessment) -> Bool {
    id == other.id
      || (name, value, sourceType) == (other.name, other.value, other.sourceType)
        && (sourceID, rationale, span) == (other.sourceID, other.rationale, other.span)
  }
}

extension Census {
  init(of trace: ForeignTrace) {
    self.init()
    count(trace)
  }
}
