/// One step of a trace: a call of a function, of a model, of a tool.
package struct TraceSpan: Equatable, Sendable {
  package enum Status: String, Sendable {
    case unset = "UNSET"
    case ok = "OK"
    case error = "ERROR"
  }

  package struct Event: Equatable, Sendable {
    package var name: String
    /// Nanoseconds since 1970.
    package var time: UInt64
    package var attributes: [(key: String, value: SpanValue)]

    package init(name: String, time: UInt64, attributes: [(key: String, value: SpanValue)]) {
      self.name = name
      self.time = time
      self.attributes = attributes
    }

    package static func == (left: Event, right: Event) -> Bool {
      left.name == right.name && left.time == right.time
        && SpanValue.map(left.attributes) == SpanValue.map(right.attributes)
    }
  }

  package struct Link: Equatable, Sendable {
    package var trace: TraceID
    package var span: UInt64
    package var attributes: [(key: String, value: SpanValue)]

    package init(trace: TraceID, span: UInt64, attributes: [(key: String, value: SpanValue)]) {
      self.trace = trace
      self.span = span
      self.attributes = attributes
    }

    package static func == (left: Link, right: Link) -> Bool {
      left.trace == right.trace && left.span == right.span
        && SpanValue.map(left.attributes) == SpanValue.map(right.attributes)
    }
  }

  package var trace: TraceID
  /// Eight bytes, as a big-endian number.
  package var id: UInt64
  /// Nil for a root.
  package var parent: UInt64?
  package var name: String
  /// OpenTelemetry's `SpanKind`; 0 where none was told.
  package var kind: UInt64
  /// Nanoseconds since 1970.
  package var start: UInt64
  /// Nil while it goes on.
  package var end: UInt64?
  package var status: Status
  package var statusMessage: String
  package var attributes: [(key: String, value: SpanValue)]
  package var events: [Event]
  package var links: [Link]

  package init(
    trace: TraceID, id: UInt64, parent: UInt64?, name: String, kind: UInt64, start: UInt64,
    end: UInt64?, status: Status, statusMessage: String,
    attributes: [(key: String, value: SpanValue)], events: [Event], links: [Link]
  ) {
    self.trace = trace
    self.id = id
    self.parent = parent
    self.name = name
    self.kind = kind
    self.start = start
    self.end = end
    self.status = status
    self.statusMessage = statusMessage
    self.attributes = attributes
    self.events = events
    self.links = links
  }

  package static func == (left: TraceSpan, right: TraceSpan) -> Bool {
    (left.trace, left.id, left.parent, left.name, left.kind)
      == (right.trace, right.id, right.parent, right.name, right.kind)
      && (left.start, left.end, left.status, left.statusMessage)
        == (right.start, right.end, right.status, right.statusMessage)
      && SpanValue.map(left.attributes) == SpanValue.map(right.attributes)
      && left.events == right.events && left.links == right.links
  }

  /// Of two with one key the later counts.
  package subscript(attribute: String) -> SpanValue? {
    attributes.last { $0.key == attribute }?.value
  }

  /// The same, with what JSON in a text says.
  package func unpacked(_ attribute: String) -> SpanValue? { self[attribute]?.unpacked }

  /// MLflow's word for what it does: `LLM`, `TOOL`, `CHAIN`, …
  package var type: String { self[TraceKey.spanType]?.text ?? "UNKNOWN" }
}

extension TraceSpan {
  /// Reads OpenTelemetry's `Span`. Source: opentelemetry/proto/trace/v1/trace.proto.
  ///
  /// - Throws: `ProtobufFailure`, also for ids of other lengths than 16 and 8 bytes or of zeros alone.
  package init(protobuf bytes: ArraySlice<UInt8>) throws {
    (trace, id) = (TraceID(EntityKey(high: 0, low: 0)), 0)
    (parent, name, kind, start, end) = (nil, "", 0, 0, nil)
    (status, statusMessage, attributes, events, links) = (.unset, "", [], [], [])
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      let inner = field.value.bytes
      switch field.number {
      case 1:
        guard let key = inner.flatMap({ EntityKey(bytes: $0) }) else {
          throw ProtobufFailure.malformed
        }
        trace = TraceID(key)
      case 2: id = try inner.map(TraceSpan.id) ?? 0
      case 4:
        let found = try inner.map { $0.isEmpty ? 0 : try TraceSpan.id($0) } ?? 0
        parent = found == 0 ? nil : found
      case 5: name = try field.value.validText
      case 6: kind = field.value.unsigned ?? 0
      case 7: start = field.value.unsigned ?? 0
      case 8: end = field.value.unsigned.flatMap { $0 == 0 ? nil : $0 }
      case 9: if let inner { attributes.append(try SpanValue.member(protobuf: inner)) }
      case 11: if let inner { events.append(try Event(protobuf: inner)) }
      case 13: if let inner { links.append(try Link(protobuf: inner)) }
      case 15: if let inner { try readStatus(inner) }
      default: break
      }
    }
    guard trace.key.high != 0 || trace.key.low != 0, id != 0 else {
      throw ProtobufFailure.malformed
    }
  }

  fileprivate static func id(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) -> UInt64 {
    guard bytes.count == 8 else { throw .malformed }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func readStatus(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch (field.number, field.value.unsigned) {
      case (2, _): statusMessage = try field.value.validText
      case (3, 1): status = .ok
      case (3, 2): status = .error
      case (3, _): status = .unset
      default: break
      }
    }
  }

  /// Writes OpenTelemetry's `Span`.
  package var protobuf: [UInt8] {
    var out = ProtobufWriter()
    out.bytes(1, trace.key.bytes)
    out.bytes(2, TraceSpan.bytes(id))
    if let parent { out.bytes(4, TraceSpan.bytes(parent)) }
    out.text(5, name)
    if kind != 0 { out.varint(6, kind) }
    out.fixed64(7, start)
    if let end { out.fixed64(8, end) }
    TraceSpan.write(attributes, 9, to: &out)
    for event in events {
      out.message(11) { inner in
        inner.fixed64(1, event.time)
        inner.text(2, event.name)
        TraceSpan.write(event.attributes, 3, to: &inner)
      }
    }
    for link in links {
      out.message(13) { inner in
        inner.bytes(1, link.trace.key.bytes)
        inner.bytes(2, TraceSpan.bytes(link.span))
        TraceSpan.write(link.attributes, 4, to: &inner)
      }
    }
    out.message(15) { inner in
      if !statusMessage.isEmpty { inner.text(2, statusMessage) }
      if status != .unset { inner.varint(3, status == .ok ? 1 : 2) }
    }
    return out.bytes
  }

  private static func write(
    _ attributes: [(key: String, value: SpanValue)], _ number: Int, to out: inout ProtobufWriter
  ) {
    for attribute in attributes {
      out.message(number) { pair in
        pair.text(1, attribute.key)
        pair.message(2) { attribute.value.write(to: &$0) }
      }
    }
  }

  /// Eight bytes, big-endian.
  package static func bytes(_ id: UInt64) -> [UInt8] {
    withUnsafeBytes(of: id.bigEndian) { Array($0) }
  }
}

extension TraceSpan.Event {
  fileprivate init(protobuf bytes: ArraySlice<UInt8>) throws {
    (name, time, attributes) = ("", 0, [])
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field.number {
      case 1: time = field.value.unsigned ?? 0
      case 2: name = try field.value.validText
      case 3:
        if let inner = field.value.bytes {
          attributes.append(try SpanValue.member(protobuf: inner))
        }
      default: break
      }
    }
  }
}

extension TraceSpan.Link {
  fileprivate init(protobuf bytes: ArraySlice<UInt8>) throws {
    var trace: EntityKey?
    (span, attributes) = (0, [])
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      let inner = field.value.bytes
      switch field.number {
      case 1: trace = inner.flatMap { EntityKey(bytes: $0) }
      case 2: span = try inner.map(TraceSpan.id) ?? 0
      case 4: if let inner { attributes.append(try SpanValue.member(protobuf: inner)) }
      default: break
      }
    }
    guard let trace else { throw ProtobufFailure.malformed }
    self.trace = TraceID(trace)
  }
}

// What the span says, as whoever looks for words in it reads it.
extension TraceSpan {
  /// The JSON that MLflow keeps of a span, in which its filters look for words: values of attributes are JSON within
  /// texts. Times and ids are left out.
  package var searchText: String {
    var out = Array("{\"name\": ".utf8)
    SpanValue.write(name, to: &out)
    out += ", \"events\": [".utf8
    for (index, event) in events.enumerated() {
      if index > 0 { out += ", ".utf8 }
      SpanValue.map([("name", .text(event.name)), ("attributes", .map(event.attributes))])
        .write(to: &out)
    }
    out += "], \"status\": {\"code\": \"STATUS_CODE_\(status.rawValue)\", \"message\": ".utf8
    SpanValue.write(statusMessage, to: &out)
    out += "}, \"attributes\": ".utf8
    SpanValue.map(attributes.map { ($0.key, .text($0.value.jsonPackedOnce)) }).write(to: &out)
    out.append(UInt8(ascii: "}"))
    return String(decoding: out, as: UTF8.self)
  }

  /// Every text that somebody may have meant to keep to themselves.
  package func eachText(_ body: (String) throws -> Void) rethrows {
    try body(name)
    if !statusMessage.isEmpty { try body(statusMessage) }
    for attribute in attributes { try attribute.value.eachText(body) }
    for event in events {
      try body(event.name)
      for attribute in event.attributes { try attribute.value.eachText(body) }
    }
    for link in links { for attribute in link.attributes { try attribute.value.eachText(body) } }
  }

  /// Tokens and cost, as MLflow's clients write them, or as OpenTelemetry's conventions for generative models and
  /// OpenInference do.
  package var usage: TraceUsage {
    var usage = TraceUsage()
    if let told = self[TraceKey.spanUsage] { usage.readTokens(told.text ?? told.json) }
    if let told = self[TraceKey.spanCost] { usage.readCost(told.text ?? told.json) }
    guard !usage.hasTokens else { return usage }
    for (input, output, total) in TraceSpan.usageKeys {
      (usage.inputTokens, usage.outputTokens) = (integer(input), integer(output))
      guard usage.inputTokens != nil || usage.outputTokens != nil else { continue }
      let sum = (usage.inputTokens ?? 0).addingReportingOverflow(usage.outputTokens ?? 0)
      usage.totalTokens = total.flatMap(integer) ?? (sum.overflow ? nil : sum.partialValue)
      break
    }
    return usage
  }

  private static let usageKeys: [(String, String, String?)] = [
    ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", nil),
    ("gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens", nil),
    ("llm.token_count.prompt", "llm.token_count.completion", "llm.token_count.total"),
  ]

  private func integer(_ key: String) -> Int64? {
    switch self[key] {
    case .integer(let number): number
    case .text(let text): Int64(text)
    case .real(let number): Int64(exactly: number)
    default: nil
    }
  }
}
