import FieldbookModel

extension Assessment {
  /// Reads MLflow's `Assessment` as Protocol Buffers write it in JSON, and as file stores keep it in YAML.
  ///
  /// - Returns: nil for one without an id or a value.
  package init?(protobuf json: JSON) {
    guard let id = json["assessment_id"]?.string, !id.isEmpty else { return nil }
    let kind: Kind
    let value: JSON
    if let feedback = json["feedback"] {
      (kind, value) = (.feedback, feedback["value"] ?? .null)
    } else if let expectation = json["expectation"] {
      kind = .expectation
      let serialized = expectation["serialized_value"]?["value"]?.string
      value =
        serialized.flatMap { try? JSONParser.parse(Array($0.utf8)) } ?? expectation["value"]
        ?? .null
    } else if let issue = json["issue"] {
      (kind, value) = (.issue, issue)
    } else {
      return nil
    }
    let source = json["source"]
    let created = json["create_time"]?.string.flatMap { ProtobufTime.time($0) }
    let updated = json["last_update_time"]?.string.flatMap { ProtobufTime.time($0) }
    self.init(
      id: id, name: json["assessment_name"]?.string ?? "", kind: kind,
      value: value.pythonText, trouble: json["feedback"]?["error"].map { Trouble(json: $0) },
      sourceType: source?["source_type"]?.string ?? "SOURCE_TYPE_UNSPECIFIED",
      sourceID: source?["source_id"]?.string.flatMap { $0.isEmpty ? nil : $0 },
      createdTime: created ?? updated ?? Timestamp(milliseconds: 0),
      lastUpdateTime: updated ?? created ?? Timestamp(milliseconds: 0),
      span: json["span_id"]?.string.flatMap { $0.isEmpty ? nil : $0 },
      rationale: json["rationale"]?.string.flatMap { $0.isEmpty ? nil : $0 },
      metadata: json["metadata"]?.entries ?? [:],
      overrides: json["overrides"]?.string.flatMap { $0.isEmpty ? nil : $0 })
  }
}

extension Assessment.Trouble {
  init(json: JSON) {
    self.init(
      code: json["error_code"]?.string ?? "", message: json["error_message"]?.string,
      stackTrace: json["stack_trace"]?.string)
  }
}
