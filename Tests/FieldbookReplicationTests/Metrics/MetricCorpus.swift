import FieldbookModel
import FieldbookTestSupport

/// Series as training scripts log them, from a seed: what sizes are measured on.
struct MetricCorpus {
  enum Clock: CaseIterable {
    /// All metrics of a step in one call.
    case together
    /// One call after the other, a millisecond or so apart.
    case inTurn
    /// Each metric has steps of its own length.
    case apart
  }

  enum Values {
    /// Five float32 curves, three counts, two constants.
    case mixed
    /// Ten series of which every bit of the mantissa is noise.
    case float64Noise
  }

  static let seriesCount = 10

  static func series(
    _ values: Values, _ clock: Clock, steps: Int = 1000, seed: UInt64 = 7
  ) -> [MetricSeries] {
    var numbers = SeededGenerator(seed: seed)
    let times = timestamps(clock, steps: steps, &numbers)
    return (0..<seriesCount).map { index in
      let (key, column) =
        switch values {
        case .mixed: mixed(index, steps, &numbers)
        case .float64Noise: ("metric/\(index)", noise(index, steps, &numbers))
        }
      let points = (0..<steps).map { step in
        MetricPoint(step: Int64(step), timestamp: times[index][step], value: column[step])
      }
      return MetricSeries(key: key, points: points)
    }
  }

  /// Steps of a quarter of a second with jitter, and a pause for validation after every hundredth.
  private static func timestamps(
    _ clock: Clock, steps: Int, _ numbers: inout SeededGenerator
  ) -> [[Int64]] {
    func ticks(_ numbers: inout SeededGenerator) -> [Int64] {
      var now = 1_763_697_600_000.0
      return (0..<steps).map { step in
        now += 250 + 12 * numbers.normal() + (step % 100 == 99 ? 4000 + 300 * numbers.unit() : 0)
        return Int64(now)
      }
    }
    let common = ticks(&numbers)
    var turn = common
    return (0..<seriesCount).map { _ in
      switch clock {
      case .together: return common
      case .inTurn:
        turn = turn.map { $0 + numbers.integer(0...2) }
        return turn
      case .apart: return ticks(&numbers)
      }
    }
  }

  private static func mixed(
    _ index: Int, _ steps: Int, _ numbers: inout SeededGenerator
  ) -> (String, [Double]) {
    switch index {
    case 0: ("train/loss", decay(from: 2.3, to: 0.08, noise: 0.05, steps, &numbers))
    case 1: ("train/accuracy", rise(to: 0.97, noise: 0.01, steps, &numbers))
    case 2: ("val/loss", decay(from: 2.4, to: 0.21, noise: 0.02, steps, &numbers))
    case 3: ("val/accuracy", rise(to: 0.93, noise: 0.004, steps, &numbers))
    case 4: ("grad_norm", decay(from: 9, to: 1.2, noise: 0.3, steps, &numbers))
    case 5: ("epoch", (0..<steps).map { Double($0 / 100) })
    case 6: ("tokens", counts(of: 4096, spread: 0, steps, &numbers))
    case 7: ("samples/correct", counts(of: 57, spread: 6, steps, &numbers))
    case 8: ("learning_rate", [Double](repeating: 3e-4, count: steps))
    default: ("batch_size", [Double](repeating: 64, count: steps))
    }
  }

  private static func decay(
    from start: Double, to end: Double, noise: Double, _ steps: Int,
    _ numbers: inout SeededGenerator
  ) -> [Double] {
    var level = start - end
    return (0..<steps).map { _ in
      level *= 0.995
      return Double(Float((end + level) * (1 + noise * numbers.normal())))
    }
  }

  private static func rise(
    to end: Double, noise: Double, _ steps: Int, _ numbers: inout SeededGenerator
  ) -> [Double] {
    var missing = end - 0.1
    return (0..<steps).map { _ in
      missing *= 0.995
      return Double(Float(min(end - missing + noise * numbers.normal(), 1)))
    }
  }

  private static func counts(
    of size: Double, spread: Double, _ steps: Int, _ numbers: inout SeededGenerator
  ) -> [Double] {
    var sum = 0.0
    return (0..<steps).map { _ in
      sum += (size + spread * numbers.normal()).rounded()
      return sum
    }
  }

  private static func noise(
    _ index: Int, _ steps: Int, _ numbers: inout SeededGenerator
  ) -> [Double] {
    (0..<steps).map { _ in index < 5 ? numbers.unit() : numbers.normal() }
  }
}
