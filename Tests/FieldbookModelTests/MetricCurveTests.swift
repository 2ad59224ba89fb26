import FieldbookModel
import FieldbookTestSupport
import Testing

@Suite("Points of a metric, united and drawn") struct MetricCurveTests {
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

  @Test("no point is lost or counted twice in columns, and none lies outside its own")
  func columns() {
    var generator = SeededGenerator(seed: 12)
    for round in 0..<400 {
      let steps: ClosedRange<Int64> =
        [.min ... .max, 0...100, (.max - 7) ... .max, 5...5][round % 4]
      let axis: MetricCurve.Axis = round % 8 < 4 ? .step : .time
      let all = MetricPoint.union([
        points(&generator, Int.random(in: 1...60, using: &generator), steps: steps)
      ]).map {
        axis == .step
          ? $0 : MetricPoint(step: $0.timestamp, timestamp: $0.step, value: $0.value)
      }.shuffled(using: &generator)
      let places = all.map { $0.place(on: axis) }.sorted()
      let whole = places.first!...places.last!
      let part = places.randomElement(using: &generator)!...whole.upperBound
      for (window, count) in [(whole, 1), (whole, 7), (part, 1000), (whole, .max)] {
        check(all, axis, window, count)
      }
    }
  }

  private func check(
    _ all: [MetricPoint], _ axis: MetricCurve.Axis, _ window: ClosedRange<Int64>, _ count: Int
  ) {
    var builder = CurveBuilder(axis: axis, window: window, columns: count)
    builder.add(all.prefix(5))
    let rest = Array(all.dropFirst(5))
    rest.map(\.step).withUnsafeBufferPointer { steps in
      rest.map(\.timestamp).withUnsafeBufferPointer { timestamps in
        rest.map { Int64(bitPattern: $0.value.bitPattern) }.withUnsafeBufferPointer {
          builder.add(steps: steps, timestamps: timestamps, values: $0)
        }
      }
    }
    let curve = builder.curve()
    let columns = curve.columns
    let inside = all.filter { window.contains($0.place(on: axis)) }
    #expect(columns.count <= count && columns.isEmpty == inside.isEmpty)
    #expect(columns.reduce(0) { $0 + $1.count } == inside.count)
    #expect(
      zip(columns, columns.dropFirst()).allSatisfy { $0.range.upperBound < $1.range.lowerBound })
    for column in columns {
      let own = inside.filter { column.range.contains($0.place(on: axis)) }
      let finite = own.map(\.value).filter(\.isFinite)
      let last = own.max {
        ($0.place(on: axis), 0) == ($1.place(on: axis), 0)
          ? MetricPoint.precedes($0, $1) : $0.place(on: axis) < $1.place(on: axis)
      }
      #expect(column.last == last)
      #expect(column.count == own.count && column.nan == own.count { $0.value.isNaN })
      #expect(column.positiveInfinite == own.count { $0.value == .infinity })
      #expect(column.negativeInfinite == own.count { $0.value == -.infinity })
      guard let least = finite.min(), let greatest = finite.max() else {
        #expect(column.minimum.isNaN && column.maximum.isNaN && column.mean.isNaN)
        continue
      }
      #expect(column.minimum == least && column.maximum == greatest)
      #expect(column.mean >= least && column.mean <= greatest)
    }
  }

  @Test("columns are equally wide, and the last can be narrower") func widths() {
    let all = (0..<10).map { MetricPoint(step: $0, timestamp: 0, value: Double($0)) }
    var builder = CurveBuilder(axis: .step, window: 0...9, columns: 4)
    builder.add(all)
    #expect(builder.curve().columns.map(\.range) == [0...2, 3...5, 6...8, 9...9])
    #expect(builder.curve().columns.map(\.mean) == [1, 4, 7, 9])
    #expect(builder.curve().columns.map(\.last.step) == [2, 5, 8, 9])
    var fine = CurveBuilder(axis: .step, window: 0...9, columns: 10)
    fine.add(all)
    #expect(fine.curve().columns.map(\.count) == Array(repeating: 1, count: 10))
  }

  @Test("the mean of numbers whose sum is none") func greatNumbers() {
    var builder = CurveBuilder(axis: .step, window: 0...3, columns: 1)
    let great = Double.greatestFiniteMagnitude
    builder.add((0..<4).map { MetricPoint(step: $0, timestamp: 0, value: great) })
    #expect(builder.curve().columns.map(\.mean) == [great])
  }

  @Test("as small bars a spike is seen, and what is no number") func bars() {
    func bars(_ values: [Double]) -> String {
      var builder = CurveBuilder(axis: .step, window: 0...Int64(values.count - 1), columns: 4)
      builder.add(
        values.enumerated().map {
          MetricPoint(step: Int64($0.offset), timestamp: 0, value: $0.element)
        })
      return Sparkline.render(builder.curve().columns)
    }
    #expect(bars([0, 1, 0, 8, .nan, .nan, 4, 4]) == "▁█·▅")
    #expect(bars([3, 3, 3, 3]) == "▄▄▄▄")
    #expect(bars([.infinity, .nan]) == "··")
    let great = Double.greatestFiniteMagnitude
    #expect(bars([-great, great]) == "▁█")
  }
}
