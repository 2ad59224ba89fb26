import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import GRDBSQLite

/// A long metric, read back whole and thinned out for a chart.
enum HistoryBench {
  static let points = 1_000_000
  static let buckets = 1000

  static func history(rounds: Int) throws -> [BenchRow] {
    var rows: [BenchRow] = []
    let series = MetricSeries(key: "loss", points: (0..<points).map(point))
    try MetricBench.withRun { workspace, run in
      // As it comes from a script that lives for long.
      for start in stride(from: 0, to: points, by: 1000) {
        try workspace.logBatch(
          run, parameters: [], metrics: MetricBench.part([series], start..<start + 1000), tags: [],
          durability: .script)
      }
      try workspace.seal()
      try MetricBench.withRaw { database in
        MetricBench.insert(series.points.map { ("loss", $0) }, into: database)
        rows = try [
          row("metric of 1 M points, whole", rounds, "SELECT value FROM metric ORDER BY step") {
            try workspace.metricHistory(run, key: "loss").count
          },
          row(
            "the same as 1,000 buckets", rounds,
            "SELECT max(value) FROM metric GROUP BY step / \(points / buckets)"
          ) {
            try workspace.curve(run, CurveRequest(key: "loss", columns: buckets))?.columns.count
              ?? 0
          },
        ]
        func row(_ name: String, _ rounds: Int, _ sql: String, _ body: () throws -> Int) throws
          -> BenchRow
        {
          var ours: [Double] = []
          var raw: [Double] = []
          for _ in 0..<rounds {
            var found = (0, 0)
            ours.append(1000 * (try Measurement.seconds { found.0 = try body() }))
            raw.append(1000 * Measurement.seconds { found.1 = database.texts(sql).count })
            guard found.0 == found.1 else { throw TestFailure("\(name): \(found)") }
          }
          return BenchRow(
            name: name, value: Measurement.median(ours), unit: "ms",
            peer: Measurement.median(raw), peerName: "raw SQLite rows", target: .none)
        }
      }
    }
    return rows
  }

  /// As a script logs them: 32-bit floats, widened.
  private static func point(_ step: Int) -> MetricPoint {
    let noise = Float(step * 7919 % 97) / 9700
    return MetricPoint(
      step: Int64(step), timestamp: 1_763_697_600_000 + Int64(step) * 40,
      value: Double(Float(exp(-Double(step) / 300_000)) + noise))
  }
}
