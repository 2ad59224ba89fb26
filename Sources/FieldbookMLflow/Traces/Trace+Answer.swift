import FieldbookModel

// A trace as MLflow clients see it.
extension Trace {
  private static let metadataCharacters = 250
  private static let tagKeyCharacters = 250
  private static let tagValueCharacters = 4096

  var artifactRoot: ArtifactRoot { ArtifactRoot(experiment: experiment, owner: .trace(id)) }

  /// By its name, where that can stand in an address.
  private var artifactURI: String {
    let owner = name.contains("/") ? id.traceText : name
    return "mlflow-artifacts:/\(experiment.decimal)/traces/\(owner)/artifacts"
  }

  /// MLflow's `TraceInfoV3`.
  var info: JSON {
    .object([
      "trace_id": .string(name),
      "client_request_id": .text(clientRequestID),
      "trace_location": .object([
        "type": .string("MLFLOW_EXPERIMENT"),
        "mlflow_experiment": .object(["experiment_id": .string(experiment.decimal)]),
      ]),
      "request_preview": .text(requestPreview),
      "response_preview": .text(responsePreview),
      "request_time": .string(ProtobufTime.text(requestTime)),
      "execution_duration": .text(duration.map(ProtobufTime.duration)),
      "state": .string(state.rawValue),
      "trace_metadata": Trace.map(shownMetadata),
      "assessments": .list(assessments.map { $0.answer(trace: name) }),
      "tags": Trace.map(shownTags),
    ])
  }

  /// MLflow's `TraceInfo` of before its version 3.
  var oldInfo: JSON {
    .object([
      "request_id": .string(name),
      "experiment_id": .string(experiment.decimal),
      "timestamp_ms": .integer(requestTime.milliseconds),
      "execution_time_ms": duration.map(JSON.integer),
      "status": .string(state == .unspecified ? "TRACE_STATUS_UNSPECIFIED" : state.rawValue),
      "request_metadata": Trace.pairs(shownMetadata),
      "tags": Trace.pairs(shownTags),
    ])
  }

  private var shownMetadata: [String: String] {
    Dictionary(
      metadata.map {
        ($0.key.cut(Trace.metadataCharacters), $0.value.cut(Trace.metadataCharacters))
      }
    ) { first, _ in first }
  }

  /// With those that say where files and spans are.
  private var shownTags: [String: String] {
    var tags = tags
    tags[TraceKey.artifactLocation] = artifactURI
    if spanCount > 0 { tags[TraceKey.spansLocation] = "TRACKING_STORE" }
    return Dictionary(
      tags.map { ($0.key.cut(Trace.tagKeyCharacters), $0.value.cut(Trace.tagValueCharacters)) }
    ) { first, _ in first }
  }

  private static func map(_ entries: [String: String]) -> JSON? {
    guard !entries.isEmpty else { return nil }
    return .object(
      entries.sorted { $0.key < $1.key }.map {
        JSON.Member(name: $0.key, value: .string($0.value))
      })
  }

  private static func pairs(_ entries: [String: String]) -> JSON? {
    .list(
      entries.sorted { $0.key < $1.key }.map {
        .object(["key": .string($0.key), "value": .string($0.value)])
      })
  }

  /// How many spans the client says there are; nil if it does not.
  var announcedSpans: Int64? {
    guard let text = metadata[TraceKey.sizeStatistics],
      let told = try? JSONParser.parse(Array(text.utf8))
    else { return nil }
    return told["num_spans"].flatMap(Fields.integer)
  }

  /// True when all spans that the client told of are here.
  var isWhole: Bool { spanCount > 0 && Int64(spanCount) >= announcedSpans ?? 0 }
}

extension String {
  fileprivate func cut(_ characters: Int) -> String {
    guard utf8.count > characters, unicodeScalars.count > characters else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(characters)))
  }
}
