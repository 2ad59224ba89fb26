import FieldbookModel

/// How far two values of a metric may lie apart and still count as the same.
///
/// A bound that names the metric counts instead of the general one, however wide that is. An absolute and a relative bound of one
/// metric are two ways to be near: one of them is enough.
package struct MetricTolerance: Equatable, Sendable {
  package struct Bound: Equatable, Sendable {
    package var absolute: Double?
    /// Of the greater magnitude, so that it does not matter which run comes first. Source: PEP 485, "A Function for testing
    /// approximate equality".
    package var relative: Double?

    package init(absolute: Double? = nil, relative: Double? = nil) {
      self.absolute = absolute
      self.relative = relative
    }

    /// NaN is near NaN alone, an infinity near itself alone.
    package func admits(_ one: Double, _ other: Double) -> Bool {
      if HistoryComparison.isSame(one, other) { return true }
      guard one.isFinite, other.isFinite else { return false }
      let distance = abs(one - other)
      if let absolute, distance <= absolute { return true }
      guard let relative else { return false }
      return distance <= relative * max(abs(one), abs(other))
    }
  }

  package private(set) var general = Bound()
  package private(set) var named: [String: Bound] = [:]

  package init() {}

  /// Each `[METRIC=]ABS` or `[METRIC=]REL%`: `1e-6`, `0.1%`, `acc=0.01`.
  package init(_ texts: [String]) throws(InvalidInput) {
    for text in texts { try add(text) }
  }

  package subscript(metric: String) -> Bound { named[metric] ?? general }

  private mutating func add(_ text: String) throws(InvalidInput) {
    let hint = "write 1e-6, 0.1% or acc=0.01"
    var number = text[...]
    var metric: String?
    if let sign = text.lastIndex(of: "=") {
      metric = String(text[..<sign])
      number = text[text.index(after: sign)...]
    }
    let isRelative = number.hasSuffix("%")
    if isRelative { number = number.dropLast() }
    guard metric?.isEmpty != true, let value = Double(number), value.isFinite, value >= 0 else {
      throw InvalidInput("'\(text)' is no tolerance", hint: hint)
    }
    var bound = metric.map { named[$0] ?? Bound() } ?? general
    guard (isRelative ? bound.relative : bound.absolute) == nil else {
      throw InvalidInput(
        "two tolerances of one kind for \(metric.map { "'\($0)'" } ?? "all metrics")",
        hint: "give one of each kind: an absolute one, and one with %")
    }
    if isRelative { bound.relative = value / 100 } else { bound.absolute = value }
    if let metric { named[metric] = bound } else { general = bound }
  }
}
