import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

/// A new laptop that takes a whole team's history: everything verified, nothing trusted.
enum BootstrapBench {
  static let runs = 100_000
  /// Of each run: five params, and name, start, status, user, experiment.
  static var fields: Int { runs * (MergeBench.fields + 5) }
  static let measured = 1_000
  static let series = 10
  static let steps: Int64 = 1_000
  static var points: Int { measured * series * Int(steps) }

  static func newLaptop(rounds: Int) throws -> [BenchRow] {
    let folder = try TemporaryFolder()
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: ManualClock())
    try writeHistory(team[0])
    var forMetadata: [Double] = []
    var forPoints: [Double] = []
    for round in 0..<max(1, min(rounds, 3)) {
      let environment = TestMachine.environment(
        root: folder.path, clock: ManualClock(), seed: 100 + UInt64(round), name: "new\(round)")
      let laptop = try Workspace.createClone(
        in: folder.path + "/new\(round)", workspaceID: team[0].id, name: "team",
        device: "new\(round)", owner: "new", environment: environment)
      forMetadata.append(try processorSeconds { try takeSegments(team[0], laptop) })
      forPoints.append(try processorSeconds { try TestMachine.fill(laptop, from: team[0]) })
      try laptop.close()
    }
    for one in team { try one.close() }
    func row(_ name: String, _ seconds: Double, _ target: BenchTarget) -> BenchRow {
      BenchRow(name: name, value: seconds, unit: "s CPU", target: target)
    }
    let (metadata, points) = (Measurement.median(forMetadata), Measurement.median(forPoints))
    return [
      row("new laptop: 1 M fields", metadata, .none), row("10 M points", points, .none),
      row("together, the giver's part too", metadata + points, .atMost(5)),
    ]
  }

  private static func takeSegments(_ source: Workspace, _ target: Workspace) throws {
    var cursor: Int64?
    repeat {
      let batch = try source.segments(notIn: try target.heads(), maxBytes: 4 << 20, after: cursor)
      _ = try target.apply(batch.segments, from: "bench")
      cursor = batch.cursor
    } while cursor != nil
  }

  private static func writeHistory(_ workspace: Workspace) throws {
    let made = try MergeBench.makeRuns(workspace, count: runs)
    var generator = SeededGenerator(seed: 5)
    for run in made.prefix(measured) {
      let metrics = (0..<series).map { index in
        MetricSeries(
          key: "metric\(index)",
          points: (0..<steps).map { step in
            // As a script logs them: 32-bit floats, widened.
            let noise = Float.random(in: 0...0.01, using: &generator)
            return MetricPoint(
              step: step, timestamp: 1_700_000_000_000 + step * 40,
              value: Double(exp(-Float(step) / 300) + noise))
          })
      }
      try workspace.logBatch(run, parameters: [], metrics: metrics, tags: [], durability: .script)
    }
    _ = try workspace.heads()
  }

  /// Of this process, in user and kernel.
  private static func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
    func spent() -> Double {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return [usage.ru_utime, usage.ru_stime].reduce(0) {
        $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
      }
    }
    let before = spent()
    try body()
    return spent() - before
  }
}
