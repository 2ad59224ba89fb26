import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

/// Stores that somebody made to harm whoever takes them in.
@Suite("Hostile stores")
struct HostileStoreTests {
  let folder: TemporaryFolder
  let workspace: Workspace

  init() throws {
    folder = try TemporaryFolder()
    workspace = try TestMachine.team(["solo"], root: folder.path, clock: ManualClock())[0]
  }

  @Test("a database names places outside: nothing is read there")
  func places() throws {
    let path = try Stores.database(3, in: folder)
    let secret = folder.path + "/secret"
    try FileManager.default.createDirectory(atPath: secret, withIntermediateDirectories: true)
    try Data("key".utf8).write(to: URL(fileURLWithPath: secret + "/id_rsa"))
    RawSQLite(path: path).execute("UPDATE runs SET artifact_uri = '\(secret)'")
    let report = try Intake.run(TrackingDatabase(path: path), into: workspace)
    #expect(try workspace.allRuns().filter { !$0.artifacts.isEmpty }.isEmpty)
    #expect(report.left.contains { $0.kind == .files })
  }

  @Test("links are not followed")
  func links() throws {
    let store = folder.path + "/mlruns"
    try FileManager.default.copyItem(atPath: Stores.fixtures + "/mlflow-2/mlruns", toPath: store)
    let artifacts = try #require(
      FileManager.default.subpathsOfDirectory(atPath: store).first {
        $0.hasSuffix("artifacts/notes")
      })
    try FileManager.default.createSymbolicLink(
      atPath: store + "/" + artifacts + "/passwd", withDestinationPath: "/etc/passwd")
    try FileManager.default.createSymbolicLink(
      atPath: store + "/" + artifacts + "/etc", withDestinationPath: "/etc")
    let report = try Intake.run(try FileStore(path: store), into: workspace)
    #expect(report.there[.files] - report.arrived[.files] == 2)
    #expect(try workspace.runNamed("first").artifacts.count == 2)
  }

  @Test("a view in place of a table is no table, what is no database is said")
  func schema() throws {
    let path = try Stores.database(1, in: folder)
    RawSQLite(path: path).execute(
      "DROP TABLE params; CREATE VIEW params AS SELECT 1 AS key, 2 AS value, 3 AS run_uuid")
    #expect(throws: MovingFailure.self) { try TrackingDatabase(path: path) }
    let text = folder.path + "/text.db"
    try Data("hello, this is no database at all, and longer than a header is".utf8).write(
      to: URL(fileURLWithPath: text))
    #expect(throws: MovingFailure.self) { try TrackingDatabase(path: text) }
  }

  @Test("what our own rules would refuse is no reason to lose it")
  func oddEntries() throws {
    let path = try Stores.database(1, in: folder)
    let database = RawSQLite(path: path)
    let run = try #require(
      String(
        bytes: database.blob("SELECT CAST(run_uuid AS BLOB) FROM runs LIMIT 1"), encoding: .utf8))
    let long = String(repeating: "x", count: 20_000)
    database.execute(
      """
      INSERT INTO params VALUES ('../up', 'a', '\(run)'), ('a#b', '\(long)', '\(run)'),
        ('', 'empty', '\(run)');
      INSERT INTO metrics VALUES ('m m\(String(repeating: "y", count: 2000))', 1, 1, '\(run)', 0, 0);
      """)
    let report = try Intake.run(
      TrackingDatabase(path: path, artifacts: Stores.fixtures + "/mlflow-1/files"), into: workspace)
    let found = try workspace.run(RunID(hex: run)!).parameters
    #expect(found["../up"] == "a" && found["a#b"] == long)
    #expect(report.left.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [.params, .points])
    #expect(report.gaps.count == 2)
  }
}
