import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookStore

@Suite("Columns that came later") struct AddedColumnTests {
  @Test("a replica that was made without them gets them when it is opened, and keeps what it has")
  func opened() throws {
    let folder = try TemporaryFolder()
    let clock = ManualClock()
    let environment = TestMachine.environment(root: folder.path, clock: clock, seed: 1, name: "a")
    let made = try Workspace.create(
      in: folder.path + "/a", name: "team", device: "a", owner: "a", isHub: false,
      environment: environment)
    try made.addRemote(name: "hub", url: "http://127.0.0.1:1")
    let hash = try made.stateHash()
    try made.close()
    let database = RawSQLite(replica: made.dir)
    for new in Schema.additions {
      database.execute("ALTER TABLE \(new.table) DROP COLUMN \(new.column)")
    }
    // As programs leave it that know of none of them.
    database.execute("PRAGMA user_version = 0")
    let opened = try Workspace.open(folder.path + "/a", environment: environment)
    #expect(try opened.stateHash() == hash)
    try opened.noteFailure(remote: "hub", reason: "away")
    #expect(try opened.remote("hub").failure == "away")
    clock.advance(milliseconds: 1000)
    let since = try opened.remote("hub").failingSince
    try opened.noteFailure(remote: "hub", reason: "still away")
    #expect(try opened.remote("hub").failingSince == since)
    try opened.noteSync(remote: "hub", behindOps: 0)
    #expect(try opened.remote("hub").failure == nil)
    #expect(try opened.remote("hub").failingSince == nil)
  }

  @Test("a replica that has all is opened without writing")
  func whole() throws {
    let team = try Team()
    _ = try team.sharedRun()
    let database = team.ana.folder + "/replica.sqlite"
    try team.ana.close()
    let logs = ["", "-wal"].map { FileManager.default.contents(atPath: database + $0) }
    let opened = try Workspace.open(team.ana.dir, environment: team.ana.environment)
    let now = ["", "-wal"].map { FileManager.default.contents(atPath: database + $0) }
    #expect(logs == now)
    try opened.close()
  }
}
