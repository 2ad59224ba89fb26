import FieldbookModel

/// The spans of one trace that came together, as one value of its field `spans`.
///
/// Format 1: the byte 1, then a zstd frame of: a count, and so many resources; a count, and so many scopes; a count, and
/// for each span the number of its resource plus one (0: none), that of its scope plus one, and the span. Numbers are
/// varints; resources, scopes and spans have their length before them and are OpenTelemetry's own messages
/// (`Resource`, `InstrumentationScope`, `Span`), kept byte for byte, fields that are not known here included.
package struct SpanChunk: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    /// Its place in `resources`.
    package var resource: Int?
    package var scope: Int?
    /// OpenTelemetry's `Span`.
    package var span: [UInt8]

    package init(resource: Int?, scope: Int?, span: [UInt8]) {
      self.resource = resource
      self.scope = scope
      self.span = span
    }
  }

  package var resources: [[UInt8]] = []
  package var scopes: [[UInt8]] = []
  package var entries: [Entry] = []

  package init() {}

  static let format: UInt8 = 1
  /// Unpacked.
  package static let rawBytes = 32 * 1024 * 1024
  package static let spans = 10_000

  /// True for the bytes of a format that this version reads.
  package static func isKnown(_ bytes: [UInt8]) -> Bool { bytes.first == format }

  package var encoded: [UInt8] {
    var out = ByteWriter()
    for messages in [resources, scopes] {
      out.varint(UInt64(messages.count))
      for message in messages { out.lengthPrefixed(message) }
    }
    out.varint(UInt64(entries.count))
    for entry in entries {
      out.varint(UInt64((entry.resource ?? -1) + 1))
      out.varint(UInt64((entry.scope ?? -1) + 1))
      out.lengthPrefixed(entry.span)
    }
    return [SpanChunk.format] + Zstd.compress(out.bytes)
  }

  package init(encoded bytes: [UInt8]) throws(DecodingFailure) {
    self = try SpanChunk(unpacked: SpanChunk.unpack(bytes))
  }

  /// What `init(unpacked:)` reads: the texts of all spans are in it as they are.
  package static func unpack(_ bytes: [UInt8]) throws(DecodingFailure) -> [UInt8] {
    guard isKnown(bytes) else { throw .malformed("spans of an unknown format") }
    return try Zstd.decompress(Array(bytes.dropFirst()), limit: rawBytes)
  }

  package init(unpacked bytes: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(bytes)
    resources = try SpanChunk.messages(&reader)
    scopes = try SpanChunk.messages(&reader)
    for _ in 0..<(try SpanChunk.count(&reader)) {
      let resource = try SpanChunk.place(&reader, in: resources)
      let scope = try SpanChunk.place(&reader, in: scopes)
      let span = try reader.lengthPrefixed(limit: SpanChunk.rawBytes)
      entries.append(Entry(resource: resource, scope: scope, span: Array(span)))
    }
    guard reader.isAtEnd else { throw .malformed("spans") }
  }

  private static func count(_ reader: inout ByteReader) throws(DecodingFailure) -> Int {
    let count = try reader.varint()
    // Each takes at least a byte.
    guard count <= UInt64(spans), count <= UInt64(reader.remaining) else {
      throw .tooLarge("\(count) spans")
    }
    return Int(count)
  }

  private static func messages(_ reader: inout ByteReader) throws(DecodingFailure) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for _ in 0..<(try count(&reader)) {
      found.append(Array(try reader.lengthPrefixed(limit: rawBytes)))
    }
    return found
  }

  private static func place(
    _ reader: inout ByteReader, in messages: [[UInt8]]
  ) throws(DecodingFailure) -> Int? {
    let number = try reader.varint()
    guard number <= UInt64(messages.count) else { throw .malformed("spans") }
    return number == 0 ? nil : Int(number) - 1
  }
}

extension SpanChunk {
  /// Those of its spans that read, with their places. What does not read was never taken in by one of ours.
  package var decoded: [(place: Int, span: TraceSpan)] {
    entries.enumerated().compactMap { place, entry in
      (try? TraceSpan(protobuf: entry.span[...])).map { (place, $0) }
    }
  }
}

extension SpanChunk {
  /// Every text in its spans and in what they are of; keys aside.
  package func eachText(_ body: (String) throws -> Void) rethrows {
    for (_, span) in decoded { try span.eachText(body) }
    for resource in resources {
      for attribute in (try? SpanBatch.attributes(resource[...])) ?? [] {
        try attribute.value.eachText(body)
      }
    }
  }
}

/// Spans that came together, such as with one request of a trace's exporter.
package struct SpanBatch: Sendable {
  package var resources: [[UInt8]] = []
  package var scopes: [[UInt8]] = []
  package var entries: [(trace: TraceID, entry: SpanChunk.Entry)] = []
  package private(set) var decoded: [TraceSpan] = []

  /// Of nothing that is known.
  package init(_ spans: [TraceSpan]) {
    decoded = spans
    entries = spans.map {
      ($0.trace, SpanChunk.Entry(resource: nil, scope: nil, span: $0.protobuf))
    }
  }

  /// Reads OpenTelemetry's `ExportTraceServiceRequest`.
  ///
  /// - Throws: `ProtobufFailure` if any of it does not read: all of it counts, or nothing.
  package init(protobuf bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard field.number == 1 else { continue }
      guard let inner = field.value.bytes else { throw ProtobufFailure.malformed }
      try readResourceSpans(inner)
    }
  }

  private mutating func readResourceSpans(_ bytes: ArraySlice<UInt8>) throws {
    var resource: Int?
    var groups: [ArraySlice<UInt8>] = []
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard let inner = field.value.bytes else { continue }
      switch field.number {
      case 1:
        // Read once, so that what is kept reads.
        _ = try SpanBatch.attributes(inner)
        resource = SpanBatch.place(of: Array(inner), in: &resources)
      case 2: groups.append(inner)
      default: break
      }
    }
    for group in groups { try readScopeSpans(group, resource) }
  }

  private mutating func readScopeSpans(_ bytes: ArraySlice<UInt8>, _ resource: Int?) throws {
    var scope: Int?
    var spans: [ArraySlice<UInt8>] = []
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard let inner = field.value.bytes else { continue }
      switch field.number {
      case 1: scope = SpanBatch.place(of: Array(inner), in: &scopes)
      case 2: spans.append(inner)
      default: break
      }
    }
    for span in spans {
      let read = try TraceSpan(protobuf: span)
      decoded.append(read)
      entries.append(
        (read.trace, SpanChunk.Entry(resource: resource, scope: scope, span: Array(span))))
    }
  }

  private static func place(of message: [UInt8], in messages: inout [[UInt8]]) -> Int? {
    guard !message.isEmpty else { return nil }
    if let known = messages.lastIndex(of: message) { return known }
    messages.append(message)
    return messages.count - 1
  }

  /// Of a `Resource`: its attributes.
  package static func attributes(_ resource: ArraySlice<UInt8>) throws
    -> [(key: String, value: SpanValue)]
  {
    var found: [(key: String, value: SpanValue)] = []
    var reader = ProtobufReader(resource)
    while let field = try reader.next() {
      guard field.number == 1, let inner = field.value.bytes else { continue }
      found.append(try SpanValue.member(protobuf: inner))
    }
    return found
  }

  /// The spans of one trace, in chunks of at most so many bytes when packed. A span that is larger alone is a chunk of
  /// its own.
  package func chunks(of trace: TraceID, atMost limit: Int) -> [[UInt8]] {
    var parts = [entries.filter { $0.trace == trace }.map(\.entry)[...]]
    var out: [[UInt8]] = []
    while let part = parts.popLast() {
      let packed = pack(part)
      if part.count > 1, packed.count > limit || part.count > SpanChunk.spans {
        let middle = part.startIndex + part.count / 2
        parts += [part[middle...], part[..<middle]]
      } else {
        out.append(packed)
      }
    }
    return out
  }

  private func pack(_ part: ArraySlice<SpanChunk.Entry>) -> [UInt8] {
    var chunk = SpanChunk()
    var places: [Int: Int] = [:]
    var scopePlaces: [Int: Int] = [:]
    for entry in part {
      var entry = entry
      entry.resource = entry.resource.map { old in
        if let known = places[old] { return known }
        chunk.resources.append(resources[old])
        places[old] = chunk.resources.count - 1
        return chunk.resources.count - 1
      }
      entry.scope = entry.scope.map { old in
        if let known = scopePlaces[old] { return known }
        chunk.scopes.append(scopes[old])
        scopePlaces[old] = chunk.scopes.count - 1
        return chunk.scopes.count - 1
      }
      chunk.entries.append(entry)
    }
    return chunk.encoded
  }
}
