extension Assessment {
  /// MLflow's `Assessment`, as Protocol Buffers write it in JSON.
  package func answer(trace: String) -> JSON {
    let json = (try? JSONParser.parse(Array(value.utf8))) ?? .null
    return .object([
      "assessment_id": .string(id),
      "assessment_name": .string(name),
      "trace_id": .string(trace),
      "span_id": .text(span),
      "source": .object([
        "source_type": .string(sourceType), "source_id": .text(sourceID),
      ]),
      "create_time": .string(ProtobufTime.text(createdTime)),
      "last_update_time": .string(ProtobufTime.text(lastUpdateTime)),
      "feedback": kind == .feedback
        ? .object(["value": json.asProtobuf, "error": trouble?.answer]) : nil,
      "expectation": kind == .expectation ? Assessment.expectation(json, value) : nil,
      "issue": kind == .issue ? .object(["issue_name": json["issue_name"] ?? .string("")]) : nil,
      "rationale": .text(rationale),
      "metadata": metadata.isEmpty
        ? nil
        : .object(
          metadata.sorted { $0.key < $1.key }.map {
            JSON.Member(name: $0.key, value: .string($0.value))
          }),
      "overrides": .text(overrides),
      "valid": .bool(isValid),
    ])
  }

  /// Lists and objects go as a text of JSON.
  private static func expectation(_ json: JSON, _ text: String) -> JSON {
    switch json {
    case .array, .object:
      .object([
        "serialized_value": .object([
          "serialization_format": .string("JSON_FORMAT"), "value": .string(text),
        ])
      ])
    default: .object(["value": json.asProtobuf])
    }
  }
}

extension Assessment.Trouble {
  fileprivate var answer: JSON {
    .object([
      "error_code": .string(code), "error_message": .text(message),
      "stack_trace": .text(stackTrace),
    ])
  }
}
