import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookReplication

@Suite struct MetricChunkDamageTests {
  private static let series = MetricCorpus.series(.mixed, .inTurn, steps: 12)

  @Test("a payload with any one byte changed is refused, or holds the same points")
  func flippedPayload() {
    let chunk = MetricChunk.encode(Self.series)
    let whole = MetricChunk.canonical(Self.series)
    for bits: UInt8 in [0x01, 0x80, 0xff] {
      for payload in chunk.payload.alterations(bits) {
        let decoded = try? MetricChunk.decode(payload, expecting: chunk.digest)
        #expect(decoded == nil || decoded == whole)
      }
    }
  }

  @Test("a payload cut off anywhere is refused")
  func truncatedPayload() {
    let chunk = MetricChunk.encode(Self.series)
    for cut in chunk.payload.cuts {
      #expect(throws: MetricChunkFailure.self) {
        try MetricChunk.decode(Array(cut), expecting: nil)
      }
    }
  }

  @Test("damage inside of the compression is refused or read, whatever the points")
  func damagedContent() {
    var numbers = SeededGenerator(seed: 5)
    for _ in 0..<30 {
      let columns = PointColumns(MetricChunk.canonical(GeneratedSeries.series(&numbers)))
      let (packed, _) = ChunkPacking.pack(columns)
      for _ in 0..<100 {
        let payload = Zstd.compress(packed.damaged(&numbers))
        guard let decoded = try? MetricChunk.decode(payload, expecting: nil) else { continue }
        #expect(MetricChunk.canonical(decoded) == decoded)
      }
    }
  }

  @Test("bytes of no kind are refused")
  func noise() {
    var numbers = SeededGenerator(seed: 6)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
      #expect(throws: MetricChunkFailure.self) {
        try MetricChunk.decode(bytes, expecting: nil)
      }
      #expect(throws: MetricChunkFailure.self) {
        try MetricChunk.decode(Zstd.compress([1] + bytes), expecting: nil)
      }
    }
  }

  @Test("a chunk of other points than expected is refused")
  func otherDigest() {
    let chunk = MetricChunk.encode(Self.series)
    let other = MetricChunk.encode([])
    #expect(throws: MetricChunkFailure.altered(expected: other.digest, found: chunk.digest)) {
      try MetricChunk.decode(chunk.payload, expecting: other.digest)
    }
  }

  @Test("a chunk of a later format is refused by name")
  func laterFormat() {
    #expect(throws: MetricChunkFailure.unknownFormat(found: 9)) {
      try MetricChunk.decode(Zstd.compress([9, 1, 2, 3]), expecting: nil)
    }
  }

  @Test("a chunk that claims more points or metrics than a chunk may have is refused")
  func tooLarge() {
    var points = ByteWriter()
    points.bytes([1, 0])  // one series, no shared prefix
    points.text("m")
    points.varint(UInt64(MetricChunkLimits.points) + 1)
    var metrics = ByteWriter()
    metrics.varint(UInt64(MetricChunkLimits.keys) + 1)
    for head in [points, metrics] {
      var packed = ByteWriter()
      packed.bytes([ChunkFormat.version])
      packed.lengthPrefixed(head.bytes)
      #expect {
        try MetricChunk.decode(Zstd.compress(packed.bytes), expecting: nil)
      } throws: { failure in
        if case .damaged(.tooLarge) = failure as? MetricChunkFailure { true } else { false }
      }
    }
  }

  @Test("points out of order are refused, so that a set has one form only")
  func disorder() {
    let early = MetricPoint(step: 1, timestamp: 0, value: 0)
    let late = MetricPoint(step: 2, timestamp: 0, value: 0)
    for points in [[late, early], [early, early]] {
      let (packed, _) = ChunkPacking.pack(PointColumns([MetricSeries(key: "m", points: points)]))
      #expect(throws: MetricChunkFailure.damaged(.malformed("order of metric points"))) {
        try MetricChunk.decode(Zstd.compress(packed), expecting: nil)
      }
    }
  }
}

extension [UInt8] {
  /// One to three bytes changed, put in or left out, or the end cut off.
  fileprivate func damaged(_ numbers: inout SeededGenerator) -> [UInt8] {
    var bytes = self
    for _ in 0..<numbers.integer(1...3) {
      guard let index = bytes.indices.randomElement(using: &numbers) else { break }
      let byte = UInt8(truncatingIfNeeded: numbers.next())
      switch numbers.integer(0...4) {
      case 0: bytes.insert(byte, at: index)
      case 1: bytes.remove(at: index)
      case 2: bytes.removeSubrange(index...)
      case 3: bytes[index] = 0xff
      default: bytes[index] = byte
      }
    }
    return bytes
  }
}
