import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookReplication

@Suite struct MetricChunkTests {
  @Test("any points come back bit for bit, in canonical order", arguments: 0..<40 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var numbers = SeededGenerator(seed: seed)
    for _ in 0..<25 {
      let series = GeneratedSeries.series(&numbers)
      let chunk = MetricChunk.encode(series)
      let decoded = try MetricChunk.decode(chunk.payload, expecting: chunk.digest)
      #expect(decoded == expectation(of: series))
    }
  }

  @Test("every strange value survives alone and in company")
  func strangeValues() throws {
    for value in GeneratedSeries.strange {
      let points = [MetricPoint(step: .min, timestamp: .max, value: value)]
      #expect(try decoded([MetricSeries(key: "m", points: points)]) == [points])
    }
    let together = GeneratedSeries.strange.enumerated().map {
      MetricPoint(step: Int64($0), timestamp: Int64(-$0), value: $1)
    }
    #expect(try decoded([MetricSeries(key: "m", points: together)]) == [together])
  }

  @Test("whole numbers with a negative zero among them keep it")
  func negativeZeroAmongIntegers() throws {
    let points = [3.0, -0.0, 0.0, 5.0].enumerated().map {
      MetricPoint(step: Int64($0), timestamp: 0, value: $1)
    }
    #expect(try decoded([MetricSeries(key: "m", points: points)]) == [points])
  }

  @Test("several values at one step and timestamp are several points, repeated ones are one")
  func sets() throws {
    let low = MetricPoint(step: 1, timestamp: 5, value: 0.25)
    let high = MetricPoint(step: 1, timestamp: 5, value: 0.5)
    let decoded = try decoded([
      MetricSeries(key: "m", points: [high, low, high]), MetricSeries(key: "m", points: [low]),
    ])
    #expect(decoded == [[low, high]])
  }

  @Test("neither order nor repetition nor division into series has an effect on the digest")
  func canonical() {
    var numbers = SeededGenerator(seed: 11)
    for _ in 0..<40 {
      let series = GeneratedSeries.series(&numbers)
      var scrambled = series.flatMap { one in
        one.points.indices.map { MetricSeries(key: one.key, points: [one.points[$0]]) }
      }
      scrambled += scrambled.prefix(3)
      scrambled.shuffle(using: &numbers)
      let (first, second) = (MetricChunk.encode(series), MetricChunk.encode(scrambled))
      #expect(first == second)
    }
  }

  @Test("the parts of a joined chunk make the same chunk as the whole")
  func join() throws {
    let whole = MetricCorpus.series(.mixed, .inTurn, steps: 60)
    let parts = try stride(from: 0, to: 60, by: 20).map { start in
      let part = MetricChunk.encode(
        whole.map { MetricSeries(key: $0.key, points: Array($0.points[start..<start + 20])) })
      return try MetricChunk.decode(part.payload, expecting: part.digest)
    }
    #expect(MetricChunk.encode(parts.reversed().flatMap { $0 }) == MetricChunk.encode(whole))
  }

  @Test("no points at all make a chunk too")
  func empty() throws {
    let chunk = MetricChunk.encode([MetricSeries(key: "m", points: [])])
    #expect(try MetricChunk.decode(chunk.payload, expecting: chunk.digest).isEmpty)
  }

  @Test("one point more or less is another digest")
  func digests() {
    let point = MetricPoint(step: 1, timestamp: 2, value: 3)
    let variants: [[MetricSeries]] = [
      [], [MetricSeries(key: "m", points: [point])], [MetricSeries(key: "n", points: [point])],
      [MetricSeries(key: "m", points: [MetricPoint(step: 2, timestamp: 2, value: 3)])],
      [MetricSeries(key: "m", points: [MetricPoint(step: 1, timestamp: 1, value: 3)])],
      [MetricSeries(key: "m", points: [MetricPoint(step: 1, timestamp: 2, value: -3)])],
      [MetricSeries(key: "m", points: [point]), MetricSeries(key: "n", points: [point])],
    ]
    #expect(Set(variants.map { MetricChunk.encode($0).digest }).count == variants.count)
  }

  @Test("points beyond the limits of a chunk are cut into parts that hold the same set")
  func parts() throws {
    let count = MetricChunkLimits.points / 2 + 1000
    let points = (0..<count).map { MetricPoint(step: Int64($0), timestamp: 7, value: 1) }
    let series = ["b", "a", "c"].map { MetricSeries(key: $0, points: points) }
    let parts = MetricChunk.parts(of: series)
    #expect(parts.count == 2)
    for part in parts {
      #expect(part.reduce(0) { $0 + $1.points.count } <= MetricChunkLimits.points)
      let chunk = MetricChunk.encode(part)
      #expect(try MetricChunk.decode(chunk.payload, expecting: chunk.digest) == part)
    }
    #expect(MetricChunk.canonical(parts.flatMap { $0 }) == MetricChunk.canonical(series))
  }

  @Test("more keys than a chunk may have are cut into parts")
  func manyKeys() {
    let point = MetricPoint(step: 0, timestamp: 0, value: 0)
    let series = (0..<MetricChunkLimits.keys * 2 + 1).map {
      MetricSeries(key: "m\($0)", points: [point])
    }
    let parts = MetricChunk.parts(of: series)
    #expect(parts.map(\.count) == [MetricChunkLimits.keys, MetricChunkLimits.keys, 1])
  }

  /// Points by series, after a trip through a chunk.
  private func decoded(_ series: [MetricSeries]) throws -> [[MetricPoint]] {
    let chunk = MetricChunk.encode(series)
    return try MetricChunk.decode(chunk.payload, expecting: chunk.digest).map(\.points)
  }

  /// The canonical order, found in the plainest way.
  private func expectation(of series: [MetricSeries]) -> [MetricSeries] {
    var sets: [[UInt8]: Set<MetricPoint>] = [:]
    for one in series { sets[Array(one.key.utf8), default: []].formUnion(one.points) }
    return sets.filter { !$0.value.isEmpty }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { key, points in
        MetricSeries(
          key: String(decoding: key, as: UTF8.self),
          points: points.sorted {
            ($0.step, $0.timestamp, $0.value.bitPattern)
              < ($1.step, $1.timestamp, $1.value.bitPattern)
          })
      }
  }
}
