import GRDB

/// SQL's `percentile_of(value, percent)`: between two values it is interpolated, as `numpy.quantile` does by default
/// (Hyndman and Fan's seventh way). Keeps eight bytes a value.
struct Percentile: DatabaseAggregate {
  private var values: [Double] = []
  private var percent = 50.0

  static let function = DatabaseFunction(
    "percentile_of", argumentCount: 2, pure: true, aggregate: Percentile.self)

  init() {}

  mutating func step(_ arguments: [DatabaseValue]) {
    guard let value = Double.fromDatabaseValue(arguments[0]) else { return }
    values.append(value)
    percent = Double.fromDatabaseValue(arguments[1]) ?? percent
  }

  func finalize() -> (any DatabaseValueConvertible)? { Percentile.value(of: values, at: percent) }

  /// - Parameter percent: 0 to 100.
  static func value(of values: [Double], at percent: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let place = percent / 100 * Double(sorted.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
  }
}
