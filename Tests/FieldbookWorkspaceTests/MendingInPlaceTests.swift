import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// What is mended where it lies: the database can be read, and something in it or beside it is wrong.
@Suite("Mending in place")
struct MendingInPlaceTests {
  let folder: TemporaryFolder
  let clock = ManualClock()

  init() throws { folder = try TemporaryFolder() }

  @Test("damaged artifacts and metric chunks are set aside, and come again with a sync")
  func contents() throws {
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock)
    let (ana, bo) = (team[0], team[1])
    try ana.record("a", runs: 3, clock: clock)
    let run = try ana.runID("a-1")
    let artifact = try ana.putArtifact(run, path: "m", bytes: [1, 2, 3])
    try TestMachine.quiesce(team)
    let points = try ana.metricHistory(run, key: "loss")
    let file = try #require(ana.contentStore.wholeFile(of: artifact.digest))
    chmod(file, 0o600)
    try Data([9]).write(to: URL(fileURLWithPath: file))
    try ana.close()
    let raw = RawSQLite(replica: ana.dir)
    raw.execute("UPDATE payload SET bytes = zeroblob(length(bytes))")
    let before = try Workspace.open(ana.dir, environment: ana.environment)
    #expect(try before.doctor().filter { !$0.ok }.map(\.name) == ["metric data", "artifacts"])
    try before.close()
    let report = try Mending.mend(ana.dir, environment: ana.environment)
    let aside = try #require(report.setAside)
    let moved = aside + "/objects/" + file.split(separator: "/").suffix(2).joined(separator: "/")
    #expect(FileManager.default.contents(atPath: moved) == Data([9]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: aside + "/metrics").count >= 1)
    let mended = try Workspace.open(ana.dir, environment: ana.environment)
    #expect(try mended.missingArtifacts(limit: 9).map(\.0) == [artifact.digest])
    #expect(try TestMachine.fill(mended, from: bo) == [])
    #expect(try mended.metricHistory(run, key: "loss") == points)
  }

  @Test("modes that let others in are mended, and tables that differ from the log")
  func small() throws {
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    try ana.record("a", runs: 3, clock: clock)
    let hash = try ana.stateHash()
    try ana.close()
    let key = ana.dir + "/.fieldbook/device.key"
    chmod(key, 0o644)
    chmod(ana.dir + "/.fieldbook", 0o755)
    let raw = RawSQLite(replica: ana.dir)
    raw.execute(
      "DELETE FROM register WHERE field IN (SELECT id FROM field WHERE name LIKE 'tags.%')")
    let report = try Mending.mend(ana.dir, environment: ana.environment)
    #expect(Set(report.actions.map(\.name)) == ["modes", "state"])
    #expect(report.checks.allSatisfy(\.ok) && report.setAside == nil)
    let mended = try Workspace.open(ana.dir, environment: ana.environment)
    #expect(try mended.stateHash() == hash)
    var info = stat()
    #expect(stat(key, &info) == 0 && info.st_mode & 0o777 == 0o600)
    try mended.close()
    #expect(try Mending.mend(ana.dir, environment: ana.environment).actions == [])
  }

  @Test("what waits for changes that no peer has is written down again when a person says so")
  func saidAlone() throws {
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock)
    let (ana, bo) = (team[0], team[1])
    try ana.record("a", runs: 9, clock: clock)
    try ana.addRemote(name: "bo", url: "http://127.0.0.1:1")
    try ana.seal()
    try ana.close()
    let raw = RawSQLite(replica: ana.dir)
    // The fourth segment of this device never reached anybody.
    raw.execute(
      """
      UPDATE segment SET bytes = zeroblob(length(bytes)) WHERE id =
      (SELECT id FROM segment WHERE origin = 'local' ORDER BY id LIMIT 1 OFFSET 3);
      -- Else its former pages are found.
      PRAGMA wal_checkpoint(TRUNCATE);
      """)
    let first = try Mending.mend(ana.dir, environment: ana.environment)
    #expect(try #require(first.salvage).waiting > 0)
    #expect(first.checks.filter { !$0.ok }.map(\.name) == ["waiting"])
    let second = try Mending.mend(ana.dir, isAlone: true, environment: ana.environment)
    #expect(second.checks.filter { !$0.ok }.map { $0.name + $0.detail } == [])
    // The points of the changes that waited lie in the database that was set aside.
    #expect(second.actions.map(\.name) == ["log", "metric data"])
    let mended = try Workspace.open(ana.dir, environment: ana.environment)
    #expect(try mended.runNames().count >= 6)
    try TestMachine.quiesce([mended, bo])
    #expect(try mended.stateHash() == bo.stateHash())
    #expect(try bo.runNames() == mended.runNames())
  }
}
