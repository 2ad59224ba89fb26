/// Spans as MLflow keeps them: one by one in its database, together in a file. Source: MLflow 3.17, `Span.to_dict`.
package enum StoredSpans {
  /// MLflow's `TRACE_DATA_FILE_NAME`.
  package static let fileName = "traces.json"

  /// What an attribute becomes: JSON in a text.
  package enum Packing: Sendable {
    case exact
    /// One that came as JSON in a text is not packed twice, as clients are told it.
    case once
  }

  /// - Parameters: as of `TraceSpan.stored`.
  package static func file(
    of spans: [TraceSpan], trace name: String, other: TraceID? = nil, hasKind: Bool = true,
    packing: Packing = .exact
  ) -> [UInt8] {
    let forms = spans.map {
      $0.stored(trace: name, other: other, hasKind: hasKind, packing: packing)
    }
    return Array((SpanValue.map([("spans", .list(forms))]).json + "\n").utf8)
  }
}

extension TraceSpan {
  /// - Parameters:
  ///   - name: how clients call its trace.
  ///   - other: the id that the spans' own program knows the trace by, if it is another.
  ///   - hasKind: with OpenTelemetry's kind besides, which MLflow does not keep.
  package func stored(
    trace name: String, other: TraceID? = nil, hasKind: Bool = true,
    packing: StoredSpans.Packing = .exact
  ) -> SpanValue {
    var told = attributes.filter { $0.key != TraceKey.spanRequest }
    told.append((TraceKey.spanRequest, .text(name)))
    let state = [
      (key: "code", value: SpanValue.text("STATUS_CODE_" + status.rawValue)),
      (key: "message", value: .text(statusMessage)),
    ]
    var members: [(key: String, value: SpanValue)] = [
      ("trace_id", .text(Base64.encode((other ?? trace).key.bytes))),
      ("span_id", .text(Base64.encode(TraceSpan.bytes(id)))),
      ("parent_span_id", parent.map { .text(Base64.encode(TraceSpan.bytes($0))) } ?? .null),
      ("name", .text(self.name)), ("start_time_unix_nano", TraceSpan.moment(start)),
      ("end_time_unix_nano", end.map(TraceSpan.moment) ?? .null),
      (
        "events",
        .list(
          events.map { event in
            .map([
              ("name", .text(event.name)), ("time_unix_nano", TraceSpan.moment(event.time)),
              ("attributes", .map(event.attributes)),
            ])
          })
      ),
      ("status", .map(state)),
      ("attributes", .map(told.map { ($0.key, .text($0.value.packed(packing))) })),
      (
        "links",
        .list(
          links.map { link in
            .map([
              ("trace_id", .text(link.trace.traceText)),
              ("span_id", .text(Hex.encode(TraceSpan.bytes(link.span)))),
              ("attributes", .map(link.attributes)),
            ])
          })
      ),
    ]
    if hasKind, kind != 0 { members.append(("kind", .integer(Int64(clamping: kind)))) }
    return .map(members)
  }

  private static func moment(_ time: UInt64) -> SpanValue { .integer(Int64(clamping: time)) }
}

extension SpanValue {
  fileprivate func packed(_ packing: StoredSpans.Packing) -> String {
    packing == .once ? jsonPackedOnce : json
  }
}
