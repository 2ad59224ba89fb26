import FieldbookModel

// A span as the JSON of OpenTelemetry's `Span`, in which bytes are base 64.
extension TraceSpan {
  /// - Parameter trace: how clients call its trace.
  func answer(trace name: String) -> JSON {
    var told = attributes.filter { $0.key != TraceKey.spanRequest }.map {
      ($0.key, $0.value.unpacked)
    }
    told.append((TraceKey.spanRequest, .text(name)))
    return .object([
      "trace_id": .base64(trace.key.bytes),
      "span_id": .base64(TraceSpan.bytes(id)),
      "parent_span_id": parent.map { .base64(TraceSpan.bytes($0)) },
      "name": .string(self.name),
      "start_time_unix_nano": JSON.nanoseconds(start),
      "end_time_unix_nano": end.map { JSON.nanoseconds($0) },
      "attributes": .attributes(told),
      "events": .list(
        events.map { event in
          .object([
            "time_unix_nano": JSON.nanoseconds(event.time), "name": .string(event.name),
            "attributes": .attributes(event.attributes),
          ])
        }),
      "links": .list(
        links.map { link in
          .object([
            "trace_id": .base64(link.trace.key.bytes),
            "span_id": .base64(TraceSpan.bytes(link.span)),
            "attributes": .attributes(link.attributes),
          ])
        }),
      "status": .object([
        "message": statusMessage.isEmpty ? nil : .string(statusMessage),
        "code": .string("STATUS_CODE_" + status.rawValue),
      ]),
    ])
  }
}

extension JSON {
  fileprivate static func base64(_ bytes: [UInt8]) -> JSON { .string(Base64.encode(bytes)) }

  /// Times beyond 2262 are clamped.
  fileprivate static func nanoseconds(_ time: UInt64) -> JSON { .integer(Int64(clamping: time)) }

  fileprivate static func attributes(_ attributes: [(key: String, value: SpanValue)]) -> JSON? {
    .list(
      attributes.map { .object(["key": .string($0.key), "value": JSON.any($0.value)]) })
  }

  private static func any(_ value: SpanValue) -> JSON {
    switch value {
    case .null: .object([:])
    case .text(let text): .object(["string_value": .string(text)])
    case .bool(let flag): .object(["bool_value": .bool(flag)])
    case .integer(let number): .object(["int_value": .integer(number)])
    case .real(let number): .object(["double_value": .number(number)])
    case .bytes(let bytes): .object(["bytes_value": .base64(bytes)])
    case .list(let items):
      .object(["array_value": .object(["values": .list(items.map { any($0) })])])
    case .map(let members):
      .object(["kvlist_value": .object(["values": attributes(members)])])
    }
  }
}
