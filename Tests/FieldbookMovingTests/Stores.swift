import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

@testable import FieldbookMoving

/// Stores that real trackers wrote, and workspaces to take them into.
enum Stores {
  static let fixtures =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures/imports"

  /// An `mlflow.db` that MLflow of a version wrote.
  static func database(_ version: some LosslessStringConvertible, in folder: TemporaryFolder) throws
    -> String
  {
    let path = folder.path + "/mlflow-\(version).db"
    let sql = try String(
      contentsOfFile: fixtures + "/mlflow-\(version)/mlflow.sql", encoding: .utf8)
    RawSQLite(path: path).execute("BEGIN;" + sql + "COMMIT;")
    return path
  }

  static func source(
    _ version: some LosslessStringConvertible, in folder: TemporaryFolder
  ) throws -> TrackingDatabase {
    try TrackingDatabase(
      path: try database(version, in: folder), artifacts: fixtures + "/mlflow-\(version)/files")
  }

  static func folder(_ version: some LosslessStringConvertible) throws -> FileStore {
    try FileStore(path: fixtures + "/mlflow-\(version)/mlruns")
  }
}

extension MoveReport {
  /// Kinds of which not everything came.
  var gaps: [String] {
    kinds.filter { there[$0] != arrived[$0] }.map { "\($0): \(there[$0]), \(arrived[$0])" }
  }
}

extension Workspace {
  func allRuns() throws -> [Run] {
    try runs(RunQuery(orderBy: ["run_id"], view: .all, limit: 1000)).items
  }

  func runNamed(_ name: String) throws -> Run {
    guard let run = try allRuns().first(where: { $0.name == name }) else {
      throw TestFailure("no run is called \(name)")
    }
    return try self.run(run.id)
  }
}
