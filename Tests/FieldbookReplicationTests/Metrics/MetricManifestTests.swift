import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookReplication

@Suite struct MetricManifestTests {
  @Test("a manifest tells of the points what their summary does")
  func summaries() {
    var numbers = SeededGenerator(seed: 21)
    for _ in 0..<200 {
      let series = MetricChunk.canonical(GeneratedSeries.series(&numbers))
      let manifest = MetricManifest(of: series)
      let expected = series.map { one in
        MetricManifest.Series(
          key: one.key, firstStep: one.points[0].step, summary: MetricSummary(of: one.points)!)
      }
      #expect(manifest.series == expected)
      #expect(manifest.count == series.reduce(0) { $0 + $1.points.count })
    }
  }

  @Test("the last point is the latest by step, timestamp and value, and NaN ranks lowest")
  func last() {
    let points = [
      MetricPoint(step: 2, timestamp: 9, value: .nan),
      MetricPoint(step: 2, timestamp: 9, value: -4),
      MetricPoint(step: 2, timestamp: 9, value: -5), MetricPoint(step: 1, timestamp: 10, value: 7),
    ]
    let series = MetricManifest(of: [MetricSeries(key: "m", points: points)]).series[0]
    #expect(series.last == MetricPoint(step: 2, timestamp: 9, value: -4))
    #expect((series.firstStep, series.lastStep, series.count) == (1, 2, 4))
    #expect((series.summary.minimum, series.summary.maximum) == (-5, 7))
  }

  @Test("the manifest of decoded points is the one that the encoder gave")
  func verifiable() throws {
    let chunk = MetricChunk.encode(MetricCorpus.series(.mixed, .apart, steps: 50))
    let decoded = try MetricChunk.decode(chunk.payload, expecting: chunk.digest)
    #expect(MetricManifest(of: decoded) == chunk.manifest)
  }

  @Test("any manifest comes back from its bytes, and has no other bytes")
  func roundTrip() throws {
    var numbers = SeededGenerator(seed: 22)
    for _ in 0..<200 {
      let manifest = MetricManifest(of: GeneratedSeries.series(&numbers))
      let encoded = manifest.encoded
      let decoded = try MetricManifest(encoded: encoded)
      #expect(decoded == manifest)
      for index in encoded.indices.dropFirst(32) {
        var damaged = encoded
        damaged[index] ^= 1 << UInt8(index % 8)
        guard let other = try? MetricManifest(encoded: damaged) else { continue }
        #expect(other != manifest)
        #expect(other.encoded == damaged)
      }
      for count in encoded.indices {
        #expect(throws: DecodingFailure.self) {
          try MetricManifest(encoded: Array(encoded.prefix(count)))
        }
      }
    }
  }

  @Test("a manifest of a live chunk is small: 10 metrics, 200 points")
  func size() {
    let chunk = MetricChunk.encode(MetricCorpus.series(.mixed, .together, steps: 20))
    #expect(chunk.manifest.encoded.count <= 340)
  }

  @Test("the greatest manifest fits into one value of a field")
  func greatest() {
    let series = (0..<MetricChunkLimits.keys).map { index in
      let key = String(index) + "/" + String(repeating: "m", count: MetricChunkLimits.keyBytes - 4)
      let values = [0.1, -0.1].map { MetricPoint(step: .max, timestamp: .min, value: $0) }
      let first = MetricPoint(step: .min, timestamp: 0, value: 0.3)
      return MetricSeries(key: key, points: index.isMultiple(of: 2) ? values : [first] + values)
    }
    let encoded = MetricManifest(of: series).encoded
    #expect(encoded.count <= Limits.valueBytes)
  }
}
