import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import GRDBSQLite

enum MetricBench {
  static let pointsPerCommit = 1000

  static func bulk(rounds: Int) throws -> [BenchRow] {
    let series = corpus(steps: 20_000, keys: 10, jitter: true)
    let points = series.reduce(0) { $0 + $1.points.count }
    var ours: [Double] = []
    var raw: [Double] = []
    for _ in 0..<rounds {
      try withRun { workspace, run in
        ours.append(
          Double(points)
            / (try Measurement.seconds {
              try workspace.logBatch(
                run, parameters: [], metrics: series, tags: [], durability: .script)
            }))
      }
      try withRaw { database in
        let flat = series.flatMap { one in one.points.map { (one.key, $0) } }
        raw.append(Double(points) / Measurement.seconds { insert(flat, into: database) })
      }
    }
    return [
      BenchRow(
        name: "metric ingest, bulk", value: Measurement.median(ours), unit: "points/s",
        peer: Measurement.median(raw), peerName: "raw SQLite rows", target: .ratioAtLeast(6))
    ]
  }

  static func live(rounds: Int) throws -> [BenchRow] {
    var ours: [Double] = []
    var raw: [Double] = []
    let commits = 50
    let series = corpus(steps: commits * pointsPerCommit / 10, keys: 10, jitter: true)
    let perKey = pointsPerCommit / 10
    for _ in 0..<rounds {
      try withRun { workspace, run in
        ours.append(
          Double(commits * pointsPerCommit)
            / (try Measurement.seconds {
              for commit in 0..<commits {
                let part = part(series, commit * perKey..<(commit + 1) * perKey)
                try workspace.logBatch(
                  run, parameters: [], metrics: part, tags: [], durability: .script)
              }
            }))
      }
      try withRaw { database in
        raw.append(
          Double(commits * pointsPerCommit)
            / Measurement.seconds {
              for commit in 0..<commits {
                insert(
                  series.flatMap { one in
                    one.points[commit * perKey..<(commit + 1) * perKey].map { (one.key, $0) }
                  }, into: database)
              }
            })
      }
    }
    return [
      BenchRow(
        name: "live logging, commits of 1,000", value: Measurement.median(ours), unit: "points/s",
        peer: Measurement.median(raw), peerName: "raw SQLite rows", target: .ratioAtLeast(2))
    ]
  }

  static func bytes(rounds: Int) throws -> [BenchRow] {
    func perPoint(_ series: [MetricSeries]) -> Double {
      let points = series.reduce(0) { $0 + $1.points.count }
      return Double(MetricChunk.encode(series).payload.count) / Double(points)
    }
    var generator = SeededGenerator(seed: 9)
    let noise = (0..<10).map { key in
      MetricSeries(
        key: "noise\(key)",
        points: (0..<1000).map {
          MetricPoint(
            step: Int64($0), timestamp: 1_763_697_600_000 + Int64($0) * 1003,
            value: Double.random(in: 0..<1, using: &generator))
        })
    }
    return [
      BenchRow(
        name: "bytes a point, mixed series",
        value: perPoint(corpus(steps: 1000, keys: 10, jitter: true)),
        unit: "B", peer: nil, peerName: nil, target: .atMost(3.5)),
      BenchRow(
        name: "bytes a point, float64 noise", value: perPoint(noise), unit: "B", peer: nil,
        peerName: nil, target: .atMost(8)),
      BenchRow(
        name: "bytes a point, live chunk",
        value: perPoint(corpus(steps: 20, keys: 10, jitter: true)),
        unit: "B", peer: nil, peerName: nil, target: .atMost(12)),
    ]
  }

  static func part(_ series: [MetricSeries], _ range: Range<Int>) -> [MetricSeries] {
    series.map { MetricSeries(key: $0.key, points: Array($0.points[range])) }
  }

  /// Float32-widened losses, integers and constants, with timestamps as a training loop leaves them.
  static func corpus(steps: Int, keys: Int, jitter: Bool) -> [MetricSeries] {
    var generator = SeededGenerator(seed: 4)
    var time: Int64 = 1_763_697_600_000
    let times = (0..<steps).map { _ in
      time += 1000 + (jitter ? Int64.random(in: 0..<40, using: &generator) : 0)
      return time
    }
    return (0..<keys).map { key in
      MetricSeries(
        key: "metric\(key)",
        points: (0..<steps).map { step in
          let value: Double =
            switch key % 5 {
            case 0: Double(step)
            case 1: 0.001
            default:
              Double(
                Float(1 / (1 + Double(step) / 100) + Double.random(in: 0..<0.01, using: &generator))
              )
            }
          return MetricPoint(step: Int64(step), timestamp: times[step], value: value)
        })
    }
  }

  static func withRun(_ body: (Workspace, RunID) throws -> Void) throws {
    let folder = try TemporaryFolder()
    let workspace = try Workspace.create(
      in: folder.path + "/w", name: "bench", device: "bench", owner: "bench", isHub: false,
      environment: TestMachine.environment(
        root: folder.path, clock: ManualClock(), seed: 1, name: "bench"))
    let run = try workspace.createRun(
      RunDraft(experiment: Experiment.defaultID), durability: .script)
    try body(workspace, run)
    try workspace.close()
  }

  static func withRaw(_ body: (RawSQLite) throws -> Void) throws {
    let folder = try TemporaryFolder()
    let database = RawSQLite(path: folder.path + "/raw.sqlite")
    database.execute(
      """
      CREATE TABLE metric(run TEXT, key TEXT, timestamp INTEGER, step INTEGER, value REAL,
      PRIMARY KEY(run, key, timestamp, step, value))
      """)
    try body(database)
  }

  static func insert(_ points: [(String, MetricPoint)], into database: RawSQLite) {
    let run = "0123456789abcdef0123456789abcdef"
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    database.each(
      "INSERT OR IGNORE INTO metric VALUES (?, ?, ?, ?, ?)", count: points.count
    ) { statement, row in
      let (key, point) = points[row]
      sqlite3_bind_text(statement, 1, run, 32, transient)
      sqlite3_bind_text(statement, 2, key, Int32(key.utf8.count), transient)
      sqlite3_bind_int64(statement, 3, point.timestamp)
      sqlite3_bind_int64(statement, 4, point.step)
      sqlite3_bind_double(statement, 5, point.value)
    }
  }
}
