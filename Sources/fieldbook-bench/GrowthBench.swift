import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

/// The same piece of work after ever more history: its cost should follow the work.
enum GrowthBench {
  /// Runs in the history before.
  static let sizes = [100, 1000, 10_000, 100_000]

  private static let works = [
    "a run of 100 points",
    "sync of ten new runs",
    "opened, ten runs listed",
  ]

  static func growth(rounds: Int) throws -> [BenchRow] {
    let folder = try TemporaryFolder()
    let clock = ManualClock()
    var team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock)
    var first: [Double] = []
    var rows: [BenchRow] = []
    var held = 0
    for size in sizes {
      for _ in held..<size {
        clock.advance(milliseconds: 1000)
        try MergeBench.makeRuns(team[0], count: 1)
      }
      held = size
      try TestMachine.exchange(team[0], team[1])
      var times: [[Double]] = [[], [], []]
      for _ in 0..<max(rounds, 5) {
        times[0].append(try Measurement.seconds { try logOne(team[0]) })
        for _ in 0..<10 { try logOne(team[0]) }
        times[1].append(try Measurement.seconds { try TestMachine.exchange(team[0], team[1]) })
        try team[1].close()
        times[2].append(
          try Measurement.seconds {
            team[1] = try Workspace.open(team[1].dir, environment: team[1].environment)
            _ = try team[1].runs(RunQuery(limit: 10))
          })
        held += 11
      }
      let medians = times.map { 1000 * Measurement.median($0) }
      if first.isEmpty { first = medians }
      for (index, work) in works.enumerated() {
        rows.append(
          BenchRow(
            name: "\(work), after \(size)", value: medians[index], unit: "ms",
            peer: size == sizes[0] ? nil : first[index], peerName: "that after \(sizes[0])",
            target: .none))
      }
    }
    for one in team { try one.close() }
    return rows.sorted { index($0) < index($1) }
  }

  /// Each work's rows together.
  private static func index(_ row: BenchRow) -> Int {
    works.firstIndex { row.name.hasPrefix($0) } ?? 0
  }

  private static func logOne(_ workspace: Workspace) throws {
    let run = try workspace.createRun(
      RunDraft(experiment: Experiment.defaultID), durability: .script)
    try workspace.logBatch(
      run, parameters: [],
      metrics: [
        MetricSeries(
          key: "loss",
          points: (0..<100).map {
            MetricPoint(step: $0, timestamp: 1_763_697_600_000 + $0, value: 1 / Double($0 + 1))
          })
      ], tags: [], durability: .script)
  }
}
