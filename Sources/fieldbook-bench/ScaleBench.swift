import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

/// Space: memory while a million ops are merged, and bytes on disk.
enum ScaleBench {
  static let runs = 100_000
  static let tagsPerRun = 9
  static var operations: Int { runs * (1 + tagsPerRun) }

  static func million(rounds: Int) throws -> [BenchRow] {
    let tenth = try merge(runs: runs / 10)
    let whole = try merge(runs: runs)
    let plain = try plainTables()
    return [
      BenchRow(
        name: "memory, merging 1 M ops", value: whole.peak, unit: "MB", peer: tenth.peak,
        peerName: "that of 100 k", target: .atMost(150)),
      BenchRow(
        name: "merging 1 M ops", value: Double(operations) / whole.seconds, unit: "ops/s",
        target: .none),
      BenchRow(
        name: "state and log on disk", value: whole.disk / 1e6, unit: "MB", peer: plain / 1e6,
        peerName: "plain tables", target: .ratioAtMost(1.8)),
    ]
  }

  /// A history of so many runs, merged into an empty replica. Peak in MB, disk in bytes.
  private static func merge(runs: Int) throws -> (peak: Double, seconds: Double, disk: Double) {
    let folder = try TemporaryFolder()
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: ManualClock())
    try writeHistory(team[0], runs: runs)
    _ = try team[0].heads()
    ProcessMemory.forgetPeak()
    var cursor: Int64?
    var seconds = 0.0
    repeat {
      // As sync does: a window at a time. What the giver needs for it is counted too.
      let batch = try team[0].segments(
        notIn: try team[1].heads(), maxBytes: 4 << 20, after: cursor)
      seconds += try Measurement.seconds { _ = try team[1].apply(batch.segments, from: "bench") }
      cursor = batch.cursor
    } while cursor != nil
    let peak = Double(ProcessMemory.kilobytes("VmHWM")) / 1000
    for one in team { try one.close() }
    let disk = Double(ProcessMemory.fileBytes(team[1].dir + "/.fieldbook/replica.sqlite"))
    return (peak, seconds, disk)
  }

  private static func writeHistory(_ workspace: Workspace, runs: Int) throws {
    let made = try MergeBench.makeRuns(workspace, count: runs, fields: 0)
    for tag in 0..<tagsPerRun {
      let field = FieldName.tag(try EntryKey("tag\(tag)"))
      for start in stride(from: 0, to: runs, by: 500) {
        try workspace.store.write(.script) { transaction in
          for index in start..<min(start + 500, runs) {
            try transaction.set(made[index].key, [(field, .text("value \(index)"))])
          }
        }
      }
    }
  }

  /// The same facts in the tables that one would write by hand.
  private static func plainTables() throws -> Double {
    let folder = try TemporaryFolder()
    let path = folder.path + "/raw.sqlite"
    let database = RawSQLite(path: path)
    database.execute(MergeBench.plainSchema)
    MergeBench.insertRuns(database, count: runs, fields: 0)
    MergeBench.insertTags(database, count: runs * tagsPerRun, runs: runs)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Double(ProcessMemory.fileBytes(path))
  }
}

/// What the kernel says of this process.
enum ProcessMemory {
  static func kilobytes(_ field: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field + ":") }) else {
      return 0
    }
    return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
  }

  /// From here on `VmHWM` is the peak since now.
  static func forgetPeak() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  static func fileBytes(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? Int) ?? 0
  }
}
