import FieldbookModel

/// What the log says of a chunk: enough for lists and comparisons, and to know the payload by.
package struct MetricManifest: Equatable, Sendable {
  /// One metric of the chunk.
  package struct Series: Equatable, Sendable {
    package var key: String
    package var firstStep: Int64
    package var summary: MetricSummary

    package init(key: String, firstStep: Int64, summary: MetricSummary) {
      self.key = key
      self.firstStep = firstStep
      self.summary = summary
    }

    package var count: Int { summary.count }
    package var last: MetricPoint { summary.last }
    /// The last point is the greatest by step first of all.
    package var lastStep: Int64 { summary.last.step }

    /// By the bits of the numbers, so that a NaN does not differ from itself.
    package static func == (left: Series, right: Series) -> Bool {
      left.key.utf8.elementsEqual(right.key.utf8) && left.firstStep == right.firstStep
        && left.count == right.count && left.last == right.last
        && left.summary.minimum.bitPattern == right.summary.minimum.bitPattern
        && left.summary.maximum.bitPattern == right.summary.maximum.bitPattern
    }
  }

  /// The chunk's name: SHA-256 of its canonical form.
  package var digest: ContentDigest
  /// Size of the canonical form. That of the payload is not told: it differs by who packed it.
  package var rawByteCount: Int
  /// By the UTF-8 of their keys, none twice.
  package var series: [Series]

  package init(digest: ContentDigest, rawByteCount: Int, series: [Series]) {
    self.digest = digest
    self.rawByteCount = rawByteCount
    self.series = series
  }

  /// The manifest of the chunk that these points make: equal to the one that `encode` gives.
  package init(of series: [MetricSeries]) {
    self.init(of: PointColumns(MetricChunk.canonical(series)))
  }

  init(of columns: PointColumns) {
    let form = CanonicalForm.digest(of: columns)
    self.init(
      digest: form.digest, rawByteCount: form.byteCount,
      series: columns.series.map { one in
        Series(
          key: one.key, firstStep: columns.steps[one.range.lowerBound],
          summary: columns.summary(of: one))
      })
  }

  /// Points of all metrics together.
  package var count: Int { series.reduce(0) { $0 + $1.count } }
}

extension PointColumns {
  /// What `MetricSummary(of:)` finds of the same points, without building them.
  fileprivate func summary(of series: Series) -> MetricSummary {
    let range = series.range
    var minimum = Double.nan
    var maximum = Double.nan
    values.withUnsafeBufferPointer { values in
      for index in range {
        let value = Double(bitPattern: UInt64(bitPattern: values[index]))
        guard !value.isNaN else { continue }
        if !(minimum <= value) { minimum = value }
        if !(maximum >= value) { maximum = value }
      }
    }
    return MetricSummary(
      count: range.count, last: last(in: range), minimum: minimum, maximum: maximum)
  }

  private func point(_ index: Int) -> MetricPoint {
    MetricPoint(
      step: steps[index], timestamp: timestamps[index],
      value: Double(bitPattern: UInt64(bitPattern: values[index])))
  }

  /// Values of equal step and timestamp are in the order of their bits here, not in that of ranks.
  private func last(in range: Range<Int>) -> MetricPoint {
    var last = point(range.upperBound - 1)
    for index in range.dropLast().reversed() {
      let other = point(index)
      guard other.step == last.step, other.timestamp == last.timestamp else { break }
      if MetricPoint.precedes(last, other) { last = other }
    }
    return last
  }
}
