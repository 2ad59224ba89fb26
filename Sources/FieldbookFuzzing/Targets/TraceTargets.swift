import FieldbookMLflow
import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

extension FuzzTarget {
  /// Spans as exporters send them and as they lie in the log, and what people hold of traces.
  static let traces: [FuzzTarget] = [
    FuzzTarget("span-batch", seeds: [Samples.spans]) { bytes in
      let batch = try SpanBatch(protobuf: bytes[...])
      try promise(
        batch.decoded.count == batch.entries.count, "span batch: not every span is kept")
      for trace in Set(batch.entries.map(\.trace)) {
        let chunks = batch.chunks(of: trace, atMost: 1 << 20)
        let spans = try chunks.flatMap { try SpanChunk(encoded: $0).decoded.map(\.span) }
        try promise(
          spans == batch.decoded.filter { $0.trace == trace },
          "span batch: packed and unpacked, the spans are others")
      }
      for span in batch.decoded {
        try promise(
          try TraceSpan(protobuf: span.protobuf[...]) == span, "span: written again it is another")
        _ = (span.searchText, span.usage)
        span.eachText { _ in }
      }
    },
    // Packed here: hardly any change of a compressed chunk would come as far as its spans.
    FuzzTarget("span-chunk", seeds: try [unpacked()]) { bytes in
      let chunk = try SpanChunk(unpacked: bytes)
      try promise(
        try SpanChunk(encoded: chunk.encoded) == chunk, "span chunk: packed again it is another")
      chunk.eachText { _ in }
    },
    faithful(
      "assessment", seeds: try [Array(AssessmentCoding.encode(Samples.assessment).utf8)],
      read: { bytes -> Assessment in
        guard let assessment = AssessmentCoding.decode(bytes.text, id: "a-1") else {
          throw DecodingFailure.malformed("assessment")
        }
        _ = assessment.number
        return assessment
      }, write: { Array(try AssessmentCoding.encode($0).utf8) }),
    FuzzTarget("inflation", seeds: [plainBlock, packed, gzip]) { bytes in
      let limit = 1 << 16
      let unpacked = [
        (try? Inflation.gzip(bytes, limit: limit)) ?? [],
        (try? Inflation.zlib(bytes, limit: limit)) ?? [],
      ]
      try promise(
        unpacked.allSatisfy { $0.count <= limit }, "inflation: more was unpacked than is allowed")
    },
  ]

  @Sendable private static func unpacked() throws -> [UInt8] {
    let batch = try SpanBatch(protobuf: Samples.spans[...])
    let chunk = batch.chunks(of: batch.entries[0].trace, atMost: 1 << 20)[0]
    return try Zstd.decompress(Array(chunk.dropFirst()), limit: SpanChunk.rawBytes)
  }

  /// `abc` as zlib stores it, with fixed codes, and in gzip's frame.
  private static let plainBlock: [UInt8] = [1, 3, 0, 0xfc, 0xff, 0x61, 0x62, 0x63]
  private static let packed: [UInt8] = [0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0, 2, 0x4d, 1, 0x27]
  private static let gzip: [UInt8] = [
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x4c, 0x4a, 6, 0, 0xc2, 0x41, 0x24, 0x35, 3, 0, 0, 0,
  ]
}
