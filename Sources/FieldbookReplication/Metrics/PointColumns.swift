import FieldbookModel

/// Canonical series turned on their side: all steps, all timestamps, all values.
///
/// Invariant: keys ascend by UTF-8, the ranges of the series are adjacent and none is empty; within
/// one the points ascend by (step, timestamp, value bits), none twice.
struct PointColumns {
  struct Series {
    let key: String
    let range: Range<Int>
  }

  private(set) var series: [Series]
  private(set) var steps: [Int64]
  private(set) var timestamps: [Int64]
  /// Bit patterns.
  private(set) var values: [Int64]

  /// - Parameter canonical: series as `MetricChunk.canonical` gives them.
  init(_ canonical: [MetricSeries]) {
    let count = canonical.reduce(0) { $0 + $1.points.count }
    series = []
    steps = [Int64](repeating: 0, count: count)
    // Each its own, else the first change would copy it.
    timestamps = [Int64](repeating: 0, count: count)
    values = [Int64](repeating: 0, count: count)
    var start = 0
    for one in canonical {
      fill(from: start, with: one.points)
      series.append(Series(key: one.key, range: start..<start + one.points.count))
      start += one.points.count
    }
  }

  /// Throws unless the columns keep the invariant.
  init(
    series: [Series], steps: [Int64], timestamps: [Int64], values: [Int64]
  ) throws(DecodingFailure) {
    self.series = series
    self.steps = steps
    self.timestamps = timestamps
    self.values = values
    guard isAscending else { throw .malformed("order of metric points") }
  }

  var keepsToLimits: Bool {
    steps.count <= MetricChunkLimits.points && series.count <= MetricChunkLimits.keys
      && series.allSatisfy { $0.key.utf8.count <= MetricChunkLimits.keyBytes }
  }

  var allSeries: [MetricSeries] {
    series.map { MetricSeries(key: $0.key, points: points($0.range)) }
  }

  func points(_ range: Range<Int>) -> [MetricPoint] {
    [MetricPoint](unsafeUninitializedCapacity: range.count) { out, written in
      steps.withUnsafeBufferPointer { steps in
        timestamps.withUnsafeBufferPointer { timestamps in
          values.withUnsafeBufferPointer { values in
            for index in range {
              let point = MetricPoint(
                step: steps[index], timestamp: timestamps[index],
                value: Double(bitPattern: UInt64(bitPattern: values[index])))
              (out.baseAddress! + (index - range.lowerBound)).initialize(to: point)
            }
          }
        }
      }
      written = range.count
    }
  }

  private mutating func fill(from start: Int, with points: [MetricPoint]) {
    points.withUnsafeBufferPointer { points in
      steps.withUnsafeMutableBufferPointer { steps in
        for index in points.indices { steps[start + index] = points[index].step }
      }
      timestamps.withUnsafeMutableBufferPointer { timestamps in
        for index in points.indices { timestamps[start + index] = points[index].timestamp }
      }
      values.withUnsafeMutableBufferPointer { values in
        for index in points.indices {
          values[start + index] = Int64(bitPattern: points[index].value.bitPattern)
        }
      }
    }
  }

  private var isAscending: Bool {
    for (left, right) in zip(series, series.dropFirst())
    where !MetricChunk.precedes(left.key, right.key) {
      return false
    }
    return steps.withUnsafeBufferPointer { steps in
      timestamps.withUnsafeBufferPointer { timestamps in
        values.withUnsafeBufferPointer { values in
          series.allSatisfy { one in
            for index in one.range.dropFirst() {
              if steps[index - 1] < steps[index] { continue }
              guard steps[index - 1] == steps[index] else { return false }
              if timestamps[index - 1] < timestamps[index] { continue }
              guard timestamps[index - 1] == timestamps[index],
                UInt64(bitPattern: values[index - 1]) < UInt64(bitPattern: values[index])
              else { return false }
            }
            return true
          }
        }
      }
    }
  }
}
