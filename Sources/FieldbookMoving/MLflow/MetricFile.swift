import FieldbookModel
import Foundation

/// A metric in a file store, a point a line: `TIMESTAMP VALUE [STEP [DATASET DIGEST]]`, times in milliseconds; of a logged
/// model `TIMESTAMP VALUE STEP RUN [DATASET DIGEST]`.
enum MetricFile {
  static let slicePoints = 50_000

  /// In slices, in the order of the file.
  static func read(_ path: String, _ body: ([MetricPoint]) throws -> Void) throws {
    var points: [MetricPoint] = []
    let lines = try LineReader(path)
    while let line = try lines.next() {
      let parts = fields(line)
      if parts.isEmpty { continue }
      guard [2, 3, 5].contains(parts.count), let point = point(parts) else {
        throw MovingFailure.damaged(
          path: path, reason: "line \(lines.number) is no point of a metric")
      }
      points.append(point)
      if points.count >= slicePoints {
        try body(points)
        points = []
      }
    }
    if !points.isEmpty { try body(points) }
  }

  static func modelMetrics(_ path: String, key: String) throws -> [LoggedModelMetric] {
    var found: [LoggedModelMetric] = []
    let lines = try LineReader(path)
    while let line = try lines.next() {
      let parts = fields(line)
      if parts.isEmpty { continue }
      guard parts.count == 4 || parts.count == 6, let point = point(Array(parts.prefix(3))) else {
        throw MovingFailure.damaged(
          path: path, reason: "line \(lines.number) is no metric of a model")
      }
      found.append(
        LoggedModelMetric(
          key: key, point: point, run: RunID(ForeignKey.run(parts[3])),
          datasetName: parts.count == 6 ? parts[4] : nil,
          datasetDigest: parts.count == 6 ? parts[5] : nil))
      try BoundedEntries.check(found.count, owner: path)
    }
    return found
  }

  private static func fields(_ line: String) -> [String] {
    line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
  }

  package static func point(_ parts: [String]) -> MetricPoint? {
    guard let timestamp = Int64(parts[0]), let value = Double(parts[1]) else { return nil }
    guard parts.count > 2 else { return MetricPoint(step: 0, timestamp: timestamp, value: value) }
    return Int64(parts[2]).map { MetricPoint(step: $0, timestamp: timestamp, value: value) }
  }
}
