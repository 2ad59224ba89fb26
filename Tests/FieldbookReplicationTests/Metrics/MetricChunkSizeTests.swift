import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookReplication

/// Bytes a point on the committed corpus. The targets are those of docs/performance.md.
@Suite struct MetricChunkSizeTests {
  @Test(
    "float32, count and constant series of 1,000 steps take at most 3.5 bytes a point",
    arguments: MetricCorpus.Clock.allCases)
  func mixed(clock: MetricCorpus.Clock) {
    #expect(bytesPerPoint(MetricCorpus.series(.mixed, clock)) <= 3.5)
  }

  @Test(
    "series whose every bit is noise take at most 8 bytes a point",
    arguments: MetricCorpus.Clock.allCases)
  func noise(clock: MetricCorpus.Clock) {
    #expect(bytesPerPoint(MetricCorpus.series(.float64Noise, clock)) <= 8)
  }

  @Test(
    "ten series logged live, 20 steps a chunk, take at most 12 bytes a point with their manifest",
    arguments: MetricCorpus.Clock.allCases)
  func live(clock: MetricCorpus.Clock) {
    let whole = MetricCorpus.series(.mixed, clock)
    var bytes = 0
    for start in stride(from: 0, to: 1000, by: 20) {
      let chunk = MetricChunk.encode(
        whole.map { MetricSeries(key: $0.key, points: Array($0.points[start..<start + 20])) })
      bytes += chunk.payload.count + chunk.manifest.encoded.count
    }
    #expect(Double(bytes) / 10_000 <= 12)
  }

  @Test("steps and timestamps that series share cost next to nothing again")
  func shared() {
    let points = MetricCorpus.series(.mixed, .together)[0].points
    let one = MetricChunk.encode([MetricSeries(key: "a", points: points)])
    let constant = points.map {
      MetricPoint(step: $0.step, timestamp: $0.timestamp, value: 0.001)
    }
    let two = MetricChunk.encode([
      MetricSeries(key: "a", points: points), MetricSeries(key: "b", points: constant),
    ])
    #expect(two.payload.count - one.payload.count <= 32)
  }

  @Test("decimals and shares of a whole are told as whole numbers")
  func quotients() {
    var numbers = SeededGenerator(seed: 3)
    for divisor in [1.0, 360, 1000, 1e6, 1e9] {
      let points = (0..<1000).map { step in
        MetricPoint(
          step: Int64(step), timestamp: 0, value: Double(numbers.integer(0...250)) / divisor)
      }
      // Eight bits of chance in each value.
      #expect(bytesPerPoint([MetricSeries(key: "m", points: points)]) <= 1.15)
    }
  }

  private func bytesPerPoint(_ series: [MetricSeries]) -> Double {
    let count = series.reduce(0) { $0 + $1.points.count }
    return Double(MetricChunk.encode(series).payload.count) / Double(count)
  }
}
