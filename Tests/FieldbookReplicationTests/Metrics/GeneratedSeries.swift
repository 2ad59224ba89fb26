import FieldbookModel
import FieldbookTestSupport

/// Series of every sort, from a seed: unlikely ones are as likely as the others.
enum GeneratedSeries {
  static func series(_ numbers: inout SeededGenerator) -> [MetricSeries] {
    let count = Int(numbers.integer(0...6))
    var series: [MetricSeries] = []
    for index in 0..<count {
      let key = ["loss", "loss/val", "", "é", "e\u{301}", "läuft gut", "m\(index)"].randomElement(
        using: &numbers)!
      if let earlier = series.last, numbers.integer(0...2) == 0 {
        series.append(MetricSeries(key: key, points: revalued(earlier.points, &numbers)))
      } else {
        series.append(MetricSeries(key: key, points: points(&numbers)))
      }
    }
    return series
  }

  private static func points(_ numbers: inout SeededGenerator) -> [MetricPoint] {
    let count = Int([0, 1, 2, 3, 20, 100, 700].randomElement(using: &numbers)!)
    let steps = column(count, &numbers)
    let timestamps = column(count, &numbers)
    let values = values(count, &numbers)
    var points = (0..<count).map {
      MetricPoint(step: steps[$0], timestamp: timestamps[$0], value: values[$0])
    }
    if numbers.integer(0...3) == 0 { points += points.prefix(5) }
    if numbers.integer(0...3) == 0 { points.shuffle(using: &numbers) }
    return points
  }

  /// The same steps, and timestamps that are the same or near.
  private static func revalued(
    _ points: [MetricPoint], _ numbers: inout SeededGenerator
  ) -> [MetricPoint] {
    let delay = numbers.integer(0...3)
    let values = values(points.count, &numbers)
    return points.indices.map { index in
      MetricPoint(
        step: points[index].step,
        timestamp: points[index].timestamp &+ (delay == 0 ? 0 : numbers.integer(0...delay)),
        value: values[index])
    }
  }

  private static func column(_ count: Int, _ numbers: inout SeededGenerator) -> [Int64] {
    let kind = numbers.integer(0...5)
    let start = numbers.integer(-1000...1000)
    var sum = start
    return (0..<count).map { index in
      switch kind {
      case 0: return start
      case 1: return start &+ Int64(index) &* 50
      case 2:
        sum &+= numbers.integer(0...400)
        return sum
      case 3: return Int64(bitPattern: numbers.next())
      case 4: return [Int64.min, .max, 0, -1, 1].randomElement(using: &numbers)!
      default: return numbers.integer(0...9) == 0 ? Int64(bitPattern: numbers.next()) : start
      }
    }
  }

  private static func values(_ count: Int, _ numbers: inout SeededGenerator) -> [Double] {
    let kind = numbers.integer(0...9)
    let constant = strange.randomElement(using: &numbers)!
    return (0..<count).map { index in
      switch kind {
      case 0: return constant
      case 1: return Double(numbers.integer(-300...300))
      case 2: return Double(numbers.integer(0...100_000)) / 1000
      case 3: return Double(numbers.integer(0...360)) / 360
      case 4: return Double(Float(numbers.normal()))
      case 5: return numbers.normal()
      case 6: return strange.randomElement(using: &numbers)!
      case 7: return Double(bitPattern: numbers.next())
      case 8: return Double(numbers.integer(-9_007_199_254_740_992...9_007_199_254_740_992))
      default: return numbers.integer(0...20) == 0 ? -0.0 : Double(index)
      }
    }
  }

  static let strange: [Double] = [
    0, -0.0, 1, -1, .infinity, -.infinity, .nan, -.nan, .signalingNaN,
    Double(bitPattern: 0x7ff0_0000_0000_0001), Double(bitPattern: 0xffff_ffff_ffff_ffff),
    Double(bitPattern: 0x7ff8_dead_beef_0000), .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .ulpOfOne, 0.1,
    1.0 / 3, 1e-9, 9_007_199_254_740_994, Double(Float.leastNonzeroMagnitude),
    Double(Float.greatestFiniteMagnitude), 1_763_697_600.123456,
  ]
}
