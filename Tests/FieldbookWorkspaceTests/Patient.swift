import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// A replica that was copied while it was open, as a crash leaves it, and what can be done to its files.
struct Patient {
  let dir: String
  let environment: WorkspaceEnvironment

  init(_ workspace: Workspace, in folder: TemporaryFolder, clock: ManualClock) throws {
    dir = folder.path + "/patient"
    environment = TestMachine.environment(
      root: folder.path, clock: clock, seed: 4711, name: "patient")
    try TestMachine.copyFolder(of: workspace.dir, to: dir)
  }

  var database: String { dir + "/.fieldbook/replica.sqlite" }

  func bytes(_ suffix: String = "") throws -> [UInt8] {
    Array(try #require(FileManager.default.contents(atPath: database + suffix)))
  }

  func write(_ bytes: [UInt8], _ suffix: String = "") throws {
    try Data(bytes).write(to: URL(fileURLWithPath: database + suffix))
  }

  func mend(from backup: String? = nil, isAlone: Bool = false) throws -> MendReport {
    try Mending.mend(dir, from: backup, isAlone: isAlone, environment: environment)
  }

  /// As if nobody had had it open: all is in the database's file.
  func gather() {
    RawSQLite(replica: dir).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ["-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: database + suffix)
    }
  }

  func open() throws -> Workspace { try Workspace.open(dir, environment: environment) }
}

extension Workspace {
  /// Runs with long texts, so that segments are of all sizes, sealed and not, in the file and in its log.
  func record(_ prefix: String, runs: Int, clock: ManualClock) throws {
    for number in 0..<runs {
      clock.advance(milliseconds: 1000)
      let run = try newRun("\(prefix)-\(number)", durability: .script)
      for index in 0..<(number % 4) {
        let noise = Hex.encode(environment.random(1200 * index + 5))
        try setTag(run.key, EntryKey("k\(index)"), noise, durability: .script)
      }
      try logBatch(
        run, parameters: [],
        metrics: [
          MetricSeries(
            key: "loss",
            points: (0..<20).map {
              MetricPoint(step: Int64($0), timestamp: clock.now, value: Double($0 * number))
            })
        ], tags: [], durability: .script)
      if number % 3 == 2 { try seal() }
    }
  }
}
