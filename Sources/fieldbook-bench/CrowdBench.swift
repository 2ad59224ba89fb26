import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import GRDBSQLite

/// Ten training processes that log into one replica, beside ten that write into one SQLite file.
enum CrowdBench {
  static let processes = 10
  static let commits = 200
  static let pointsPerCommit = 10

  static func tenProcesses(rounds: Int) throws -> [BenchRow] {
    let folder = try TemporaryFolder()
    try Workspace.create(
      in: folder.path + "/w", name: "bench", device: "bench", owner: "bench", isHub: false,
      environment: environment(folder.path)
    ).close()
    let raw = RawSQLite(path: folder.path + "/raw.sqlite")
    raw.execute(
      "CREATE TABLE metric(run INTEGER, key TEXT, timestamp INTEGER, step INTEGER, value REAL)")
    var ours: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<rounds {
      ours.append(try commitsPerSecond("replica", folder.path))
      theirs.append(try commitsPerSecond("raw", folder.path))
    }
    return [
      BenchRow(
        name: "ten processes, one replica", value: Measurement.median(ours), unit: "commits/s",
        peer: Measurement.median(theirs), peerName: "raw SQLite, ten processes", target: .none)
    ]
  }

  private static func commitsPerSecond(_ what: String, _ folder: String) throws -> Double {
    let command = Command(CommandLine.arguments[0], ["work", what, folder])
    return Double(processes * commits)
      / (try Measurement.seconds {
        let all = try (0..<processes).map { _ in try command.start() }
        guard all.map({ $0.wait() }).allSatisfy({ $0 == 0 }) else {
          throw TestFailure("a process failed")
        }
      })
  }

  /// What each of the processes does.
  static func work(_ what: String, in folder: String) throws {
    if what == "raw" { return writeRaw(folder) }
    let workspace = try Workspace.open(folder + "/w", environment: environment(folder))
    let run = try workspace.createRun(
      RunDraft(experiment: Experiment.defaultID), durability: .script)
    for commit in 0..<commits {
      try workspace.logBatch(
        run, parameters: [],
        metrics: (0..<pointsPerCommit).map { key in
          MetricSeries(key: "metric\(key)", points: [point(commit, key)])
        }, tags: [], durability: .script)
    }
    try workspace.close()
  }

  private static func writeRaw(_ folder: String) {
    let raw = RawSQLite(path: folder + "/raw.sqlite")
    raw.execute("PRAGMA busy_timeout = 60000")
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for commit in 0..<commits {
      raw.each("INSERT INTO metric VALUES (?, ?, ?, ?, ?)", count: pointsPerCommit) {
        statement, key in
        let point = point(commit, key)
        sqlite3_bind_int64(statement, 1, Int64(getpid()))
        sqlite3_bind_text(statement, 2, "metric\(key)", -1, transient)
        sqlite3_bind_int64(statement, 3, point.timestamp)
        sqlite3_bind_int64(statement, 4, point.step)
        sqlite3_bind_double(statement, 5, point.value)
      }
    }
  }

  private static func point(_ step: Int, _ key: Int) -> MetricPoint {
    MetricPoint(
      step: Int64(step), timestamp: 1_763_697_600_000 + Int64(step) * 40,
      value: Double(Float(key) + 1 / Float(step + 1)))
  }

  private static func environment(_ folder: String) -> WorkspaceEnvironment {
    .live(["HOME": folder, "XDG_STATE_HOME": folder + "/state"])
  }
}
