import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// A device goes on under another key, and keeps what it may and did.
@Suite("Key rotation")
struct KeyRotationTests: TeamSuite {
  let team: Team

  init() throws { team = try Team(["hub", "ana"]) }

  @Test("a writer's next key takes over, and what the former one writes has no effect")
  func rotation() throws {
    let former = ana.deviceKey
    let run = try ana.newRun("first")
    #expect(throws: RotationFailure.notAnnounced) { try ana.adoptNextKey() }
    let next = try ana.announceNextKey()
    #expect(try ana.announceNextKey() == next)
    try TestMachine.quiesce(members)
    #expect(try hub.role(of: next) == .writer)
    #expect(throws: RotationFailure.runsAreOpen([run.hex])) { try ana.adoptNextKey() }
    try ana.setState(
      run, RunState(status: .finished, endTime: Timestamp(milliseconds: clock.now)),
      durability: .person)
    // Another process has the replica open, with the old key.
    let other = try Workspace.open(ana.dir, environment: ana.environment)
    try ana.adoptNextKey()
    #expect(throws: StoreFailure.otherKey) {
      try other.setTag(run.key, EntryKey("k"), "old key", durability: .person)
    }
    try other.close()
    let renewed = try Workspace.open(ana.dir, environment: ana.environment)
    #expect(renewed.deviceKey == next)
    #expect(try renewed.keyRotation() == .unfinished(former: former))
    try renewed.retireFormerKey()
    #expect(try renewed.keyRotation() == .none)
    try renewed.setTag(run.key, EntryKey("k"), "new key", durability: .person)
    try TestMachine.quiesce([hub, renewed])
    for one in [hub, renewed] {
      #expect(try one.run(run).tags["k"] == "new key" && one.run(run).state.status == .finished)
      #expect(try one.isRevoked(former) && one.role(of: next) == .writer)
    }
    #expect(try TestMachine.discord([hub, renewed]) == [])
  }

  @Test("a hand-over that broke off before the key file was exchanged goes on at the next start")
  func brokenOff() throws {
    let former = ana.deviceKey
    let next = try ana.announceNextKey()
    try ana.store.write(.person) { try $0.handOver(to: next) }
    try ana.close()
    let opened = try Workspace.open(ana.dir, environment: ana.environment)
    #expect(opened.deviceKey == next)
    #expect(try opened.keyRotation() == .unfinished(former: former))
    try opened.retireFormerKey()
    try opened.newRun("after")
    try TestMachine.quiesce([hub, opened])
    #expect(try hub.stateHash() == opened.stateHash())
  }

  @Test("a hub's next key is a hub, gives numbers, and settles")
  func ofHub() throws {
    _ = try hub.announceNextKey()
    try TestMachine.quiesce(members)
    try hub.adoptNextKey()
    let renewed = try Workspace.open(hub.dir, environment: hub.environment)
    try renewed.retireFormerKey()
    let model = try ana.newModel()
    try ana.newVersion(of: model)
    try TestMachine.quiesce([renewed, ana])
    #expect(try ana.model(model).versions.map(\.finalNumber) == [1])
    #expect(try renewed.role(of: renewed.deviceKey) == .admin && renewed.device.isHub)
  }
}
