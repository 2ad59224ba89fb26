import FieldbookModel
import FieldbookTestSupport
import Testing

@Suite("Points of a metric, united and thinned out") struct MetricBucketTests {
  private func points(_ generator: inout SeededGenerator, _ count: Int, steps: ClosedRange<Int64>)
    -> [MetricPoint]
  {
    let values = [1.5, -2, 0, -0.0, .nan, .infinity, -.infinity, Double.greatestFiniteMagnitude]
    return (0..<count).map { _ in
      MetricPoint(
        step: Int64.random(in: steps, using: &generator),
        timestamp: Int64.random(in: 0...3, using: &generator),
        value: values.randomElement(using: &generator)!)
    }
  }

  @Test("united, each point stands once, in order, however the parts overlap") func union() {
    var generator = SeededGenerator(seed: 11)
    for round in 0..<300 {
      let steps: ClosedRange<Int64> = round.isMultiple(of: 3) ? .min ... .max : 0...6
      let parts = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        points(&generator, Int.random(in: 0...12, using: &generator), steps: steps)
      }
      let expected = Set(parts.joined()).sorted(by: MetricPoint.precedes)
      #expect(MetricPoint.union(parts) == expected)
      #expect(MetricPoint.union(parts.map { Set($0).sorted(by: MetricPoint.precedes) }) == expected)
      #expect(MetricPoint.union([expected]) == expected)
      let half = expected.count / 2
      #expect(
        MetricPoint.union([Array(expected.dropFirst(half)), Array(expected.prefix(half))])
          == expected)
    }
  }

  @Test("no point is lost or counted twice in buckets, and none lies outside its own")
  func buckets() {
    var generator = SeededGenerator(seed: 12)
    for round in 0..<400 {
      let steps: ClosedRange<Int64> =
        [.min ... .max, 0...100, (.max - 7) ... .max, 5...5][round % 4]
      let all = MetricPoint.union([
        points(&generator, Int.random(in: 0...60, using: &generator), steps: steps)
      ])
      for count in [1, 2, 7, 1000, .max] {
        let buckets = MetricBucket.buckets(of: all, count: count)
        #expect(buckets.count <= count && buckets.isEmpty == all.isEmpty)
        #expect(buckets.reduce(0) { $0 + $1.summary.count } == all.count)
        #expect(
          zip(buckets, buckets.dropFirst()).allSatisfy { $0.steps.upperBound < $1.steps.lowerBound }
        )
        for bucket in buckets {
          let own = all.filter { bucket.steps.contains($0.step) }
          #expect(MetricSummary(of: own).map { "\($0)" } == "\(bucket.summary)")
          let finite = own.map(\.value).filter(\.isFinite)
          #expect(finite.isEmpty == bucket.mean.isNaN)
          guard let least = finite.min(), let greatest = finite.max() else { continue }
          #expect(bucket.mean >= least.nextDown && bucket.mean <= greatest.nextUp)
        }
      }
    }
  }

  @Test("stretches are alike, and the last can be shorter") func widths() {
    let all = (0..<10).map { MetricPoint(step: $0, timestamp: 0, value: Double($0)) }
    let buckets = MetricBucket.buckets(of: all, count: 4)
    #expect(buckets.map(\.steps) == [0...2, 3...5, 6...8, 9...9])
    #expect(buckets.map(\.mean) == [1, 4, 7, 9])
    #expect(MetricBucket.buckets(of: all, count: 10).count == 10)
  }
}
