import FieldbookModel

/// A span as MLflow keeps and gives it.
///
/// Three forms: `Span.to_dict` of MLflow 3, in `traces.json` and in the table `spans`, with ids in base 64 and values of
/// attributes as JSON in texts; the same of MLflow 2, with a `context`; and the JSON of OpenTelemetry's own message, in which
/// attributes are a list. Source: MLflow's `mlflow/entities/span.py`.
package struct StoredSpan {
  /// Of the trace that the stored form says.
  package var span: TraceSpan

  init(_ span: TraceSpan) { self.span = span }

  package init(_ json: JSON) throws {
    guard let context = json["context"] else {
      self.span = try StoredSpan.current(json)
      return
    }
    self.span = try StoredSpan.old(json, context)
  }

  private static func current(_ json: JSON) throws -> TraceSpan {
    let status = json["status"]
    return TraceSpan(
      trace: try trace(json["trace_id"]), id: try id(json["span_id"]),
      parent: try json["parent_span_id"].flatMap { $0 == .string("") ? nil : try id($0) },
      name: json["name"]?.string ?? "", kind: UInt64(clamping: json["kind"]?.wholeNumber ?? 0),
      start: try time(json["start_time_unix_nano"]) ?? 0,
      end: try end(json["end_time_unix_nano"]),
      status: code(status?["code"]), statusMessage: status?["message"]?.string ?? "",
      attributes: attributes(json["attributes"], isDumped: true),
      events: try (json["events"]?.items ?? []).map { event in
        TraceSpan.Event(
          name: event["name"]?.string ?? "", time: try time(event["time_unix_nano"]) ?? 0,
          attributes: attributes(event["attributes"]))
      }, links: try links(json["links"]))
  }

  private static func old(_ json: JSON, _ context: JSON) throws -> TraceSpan {
    TraceSpan(
      trace: try trace(context["trace_id"]), id: try id(context["span_id"]),
      parent: try json["parent_id"].map { try id($0) }, name: json["name"]?.string ?? "", kind: 0,
      start: try time(json["start_time"]) ?? 0, end: try end(json["end_time"]),
      status: code(json["status_code"]), statusMessage: json["status_message"]?.string ?? "",
      attributes: attributes(json["attributes"], isDumped: true),
      events: try (json["events"]?.items ?? []).map { event in
        TraceSpan.Event(
          name: event["name"]?.string ?? "", time: try time(event["timestamp"]) ?? 0,
          attributes: attributes(event["attributes"]))
      }, links: try links(json["links"]))
  }

  private static func links(_ json: JSON?) throws -> [TraceSpan.Link] {
    try (json?.items ?? []).map { link in
      TraceSpan.Link(
        trace: try trace(link["trace_id"]), span: try id(link["span_id"]),
        attributes: attributes(link["attributes"]))
    }
  }

  // MARK: Ids and times

  struct Malformed: Error {}

  /// Bytes in base 64, or digits, with `0x`, `tr-` or nothing before them.
  private static func bytes(_ json: JSON?, count: Int) throws -> [UInt8] {
    guard var text = json?.string?[...] else { throw Malformed() }
    for prefix in ["tr-", "0x"] where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.count)
      if prefix == "0x", text.utf8.count < count * 2 {
        text = String(repeating: "0", count: count * 2 - text.utf8.count) + text
      }
    }
    let found = text.utf8.count == count * 2 ? Hex.decode(text) : Base64.decode(text)
    guard let found, found.count == count, found.contains(where: { $0 != 0 }) else {
      throw Malformed()
    }
    return found
  }

  private static func trace(_ json: JSON?) throws -> TraceID {
    guard let key = EntityKey(bytes: try bytes(json, count: 16)[...]) else { throw Malformed() }
    return TraceID(key)
  }

  private static func id(_ json: JSON?) throws -> UInt64 {
    try bytes(json, count: 8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func time(_ json: JSON?) throws -> UInt64? {
    guard let json else { return nil }
    guard let number = json.wholeNumber else { throw Malformed() }
    return UInt64(clamping: number)
  }

  /// Nil for a span that goes on: OpenTelemetry says so by a zero.
  private static func end(_ json: JSON?) throws -> UInt64? {
    try time(json).flatMap { $0 == 0 ? nil : $0 }
  }

  private static func code(_ json: JSON?) -> TraceSpan.Status {
    switch json {
    case .integer(1): return .ok
    case .integer(2): return .error
    default: break
    }
    let word = json?.string ?? ""
    return TraceSpan.Status(
      rawValue: word.hasPrefix("STATUS_CODE_") ? String(word.dropFirst(12)) : word)
      ?? .unset
  }

  // MARK: Attributes

  /// - Parameter isDumped: values of a table are JSON in texts.
  private static func attributes(
    _ json: JSON?, isDumped: Bool = false
  ) -> [(key: String, value: SpanValue)] {
    switch json {
    case .object(let members):
      members.map { member in
        guard isDumped, let text = member.value.string else {
          return (member.name, SpanValue(member.value))
        }
        let value = try? JSONParser.parse(Array(text.utf8))
        return (member.name, value.map { SpanValue($0) } ?? .text(text))
      }
    case .array(let items):
      items.compactMap { item in
        item["key"]?.string.map { ($0, item["value"].map { any($0) } ?? .null) }
      }
    default: []
    }
  }

  /// OpenTelemetry's `AnyValue`, in JSON.
  private static func any(_ json: JSON) -> SpanValue {
    guard case .object(let members) = json, let first = members.first else { return .null }
    let value = first.value
    switch first.name {
    case "string_value": return .text(value.string ?? "")
    case "bool_value": return .bool(value == .bool(true))
    case "int_value": return .integer(value.wholeNumber ?? 0)
    case "double_value": return .real(value.realNumber ?? 0)
    case "bytes_value": return .bytes(value.string.flatMap { Base64.decode($0) } ?? [])
    case "array_value": return .list((value["values"]?.items ?? []).map { any($0) })
    case "kvlist_value": return .map(attributes(value["values"]))
    default: return .null
    }
  }
}

extension StoredSpan {
  /// Equal for spans that MLflow could not tell apart.
  static func print(_ span: TraceSpan) -> String {
    var plain = span
    plain.attributes = span.attributes.map { ($0.key, $0.value.unpacked) }
    plain.attributes.sort { $0.key < $1.key }
    return plain.stored(trace: span.trace.traceText, hasKind: false).json
  }
}
