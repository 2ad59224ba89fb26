import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// A laptop is stolen. Its key still signs, and others who have not heard still take what it writes.
@Suite("Revocation")
struct RevocationTests: TeamSuite {
  let team: Team
  let run: RunID

  init() throws {
    team = try Team(["hub", "ana", "bo", "tim"])
    run = try team.members[3].newRun("first")
    try team.members[3].setDescription(run.key, "honest", durability: .person)
    try TestMachine.quiesce(team.members)
  }

  private var thief: Workspace { members[3] }
  private var honest: [Workspace] { [hub, ana, bo] }

  private func revokeByHub() throws {
    try hub.revoke(thief.deviceKey, accepting: .present)
  }

  @Test("what the thief writes has no effect, whoever heard of it when; honest work on it stands")
  func stolenLaptop() throws {
    try revokeByHub()
    // The thief goes on, and meets bo, who has not heard.
    try thief.setDescription(run.key, "stolen", durability: .person)
    try thief.setTag(run.key, EntryKey("mine"), "yes", durability: .person)
    let fake = try thief.newRun("fake")
    try TestMachine.exchange(thief, bo)
    #expect(try bo.run(run).description == "stolen")
    // bo, honest, builds on it.
    try bo.setDescription(run.key, "bo's own", durability: .person)
    try bo.setTag(run.key, EntryKey("checked"), "yes", durability: .person)
    try TestMachine.give(bo, to: ana)
    try expectEqual(honest)
    for one in honest {
      let seen = try one.run(run)
      #expect(seen.description == "bo's own")
      #expect(seen.tags["mine"] == nil && seen.tags["checked"] == "yes")
      #expect(throws: (any Error).self) { try one.run(fake) }
      #expect(try one.role(of: thief.deviceKey) == nil && one.isRevoked(thief.deviceKey))
      #expect(try one.conflicts().isEmpty)
    }
    // bo overwrote what the thief wrote: so he overwrote what that had overwritten.
    let quarantined = try hub.quarantined()
    #expect(quarantined.count == 1 && quarantined[0].deviceName == "tim")
    #expect(quarantined[0].things.contains("fake"))
  }

  @Test("what the thief made, and somebody deleted, is there when it is made again")
  func madeAgain() throws {
    try revokeByHub()
    _ = try thief.ensureExperiment(named: "later", durability: .person)
    _ = try thief.addConfig("later.yaml", "a: 1\n")
    try TestMachine.give(thief, to: bo)
    // bo, who has not heard of the theft, deletes both.
    let things = [
      try bo.experiment(named: "later").id.key, try bo.config(named: "later.yaml").id.key,
    ]
    for thing in things { try bo.delete(thing, durability: .person) }
    try expectEqual(honest)
    for one in honest {
      #expect(throws: WorkspaceFailure.self) { try one.experiment(named: "later") }
      #expect(try one.configs() == [])
    }
    _ = try bo.ensureExperiment(named: "later", durability: .person)
    _ = try bo.addConfig("later.yaml", "a: 2\n")
    try expectEqual(honest)
    for one in honest {
      #expect(try one.experiment(named: "later").lifecycle == .active)
      let config = try one.config(named: "later.yaml")
      #expect(config.lifecycle == .active && config.text == "a: 2\n")
      #expect(config.id.key == things[1] && config.conflicts.isEmpty)
    }
  }

  @Test("a new epoch and a side branch of a revoked device are cut off with it")
  func epochsAndBranches() throws {
    try revokeByHub()
    try thief.store.write(.person) { transaction in
      try transaction.seal()
      try transaction.startEpoch()
    }
    try thief.setTag(run.key, EntryKey("epoch"), "2", durability: .person)
    try TestMachine.give(thief, to: bo)
    #expect(try bo.run(run).tags["epoch"] == "2")
    try expectEqual(honest)
    #expect(try bo.run(run).tags["epoch"] == nil)
  }

  @Test("a branch of the thief's log that leaves it below the cut is cut off as well")
  func forkBelowCut() throws {
    let (kept, twin) = try team.twin(of: thief, seed: 77)
    try kept.setTag(run.key, EntryKey("mine"), "yes", durability: .person)
    try TestMachine.exchange(kept, hub)
    try revokeByHub()
    try twin.setTag(run.key, EntryKey("forked"), "yes", durability: .person)
    let heads = (try kept.heads(), try twin.heads())
    let logs = (heads.0.map(\.log), heads.1.map(\.log))
    #expect(logs.0.contains { $0.device == thief.deviceKey && logs.1.contains($0) })
    try TestMachine.give(twin, to: bo)
    #expect(try bo.run(run).tags == ["forked": "yes"])
    try expectEqual(honest)
    for one in honest {
      #expect(try one.run(run).tags == ["mine": "yes"])
      #expect(try one.quarantined().map(\.numbers.count) == [1])
    }
  }

  @Test("a reader makes nobody's key its own next one, and so nobody a reader")
  func falseSuccession() throws {
    for (index, victim) in [hub, ana, bo].enumerated() {
      try thief.store.write(.script) { transaction in
        try transaction.appendUnchecked(
          kind: .enrolDevice, entity: victim.deviceKey.entity,
          cells: [
            (FieldName.key, FieldValue.bytes(victim.deviceKey.bytes)),
            (.deviceName, .text("x\(index)")), (.owner, .text("x")),
            (.role, .text(Role.reader.rawValue)), (.hub, .integer(0)),
            (.predecessor, .bytes(thief.deviceKey.bytes)),
            (.consent, .bytes([UInt8](repeating: 7, count: 64))),
          ].map { Cell(field: $0.0, overwrites: [], value: $0.1) })
      }
    }
    try expectEqual(members)
    #expect(try hub.role(of: hub.deviceKey) == .admin && hub.role(of: ana.deviceKey) == .writer)
    #expect(try hub.devices().first { $0.key == hub.deviceKey }?.isHub == true)
  }

  @Test(
    "revoking again widens nothing; revoking the founder cuts neither the beginning nor the revoker"
  )
  func again() throws {
    try hub.setRole(.admin, of: ana.deviceKey)
    try TestMachine.quiesce(members)
    try revokeByHub()
    try thief.setTag(run.key, EntryKey("late"), "1", durability: .person)
    try TestMachine.give(thief, to: bo)
    try expectEqual(honest)
    try ana.revoke(thief.deviceKey, accepting: .present)
    try expectEqual(honest)
    #expect(try bo.run(run).tags["late"] == nil && bo.quarantined().count == 1)
    #expect(throws: MembershipFailure.toppled) {
      try ana.revoke(hub.deviceKey, accepting: .nothing)
    }
    #expect(throws: MembershipFailure.toppled) {
      try ana.revoke(hub.deviceKey, accepting: .before(Timestamp(milliseconds: 1)))
    }
    try expectEqual(honest)
    #expect(try ana.role(of: hub.deviceKey) == .admin && ana.role(of: ana.deviceKey) == .admin)
  }

  @Test("a revoked founder begins nothing anew")
  func secondBeginning() throws {
    try hub.setRole(.admin, of: ana.deviceKey)
    try TestMachine.quiesce(members)
    try ana.revoke(hub.deviceKey, accepting: .present)
    let nonce = try #require(
      try hub.store.inspect { try $0.shown(hub.id.key, FieldName("nonce"))?.bytes })
    try hub.store.write(.person) { transaction in
      try transaction.seal()
      try transaction.startEpoch()
      try transaction.appendUnchecked(
        kind: .createWorkspace, entity: hub.id.key,
        cells: [
          Cell(field: FieldName("nonce"), overwrites: [], value: .bytes(nonce)),
          Cell(field: .name, overwrites: [], value: .text("mine")),
          Cell(field: .allocator, overwrites: [], value: .bytes(thief.deviceKey.bytes)),
        ])
      try transaction.appendUnchecked(
        kind: .set, entity: hub.id.key,
        cells: [Cell(field: .name, overwrites: [], value: .text("mine"))])
    }
    try TestMachine.give(hub, to: bo)
    try expectEqual([ana, bo, thief])
    #expect(ana.name == "team" && bo.name == "team")
    #expect(try ana.conflicts().isEmpty)
  }

  @Test("a thief who named a next key before he was found out loses it, too")
  func nextKeyOfThief() throws {
    let next = try thief.announceNextKey()
    try TestMachine.quiesce(members)
    #expect(try bo.role(of: next) == .writer)
    try revokeByHub()
    try expectEqual(honest)
    for one in honest { #expect(try one.role(of: next) == nil) }
  }

  @Test(
    "what a branch took in of the branch that it left is in its past, in whatever order they come")
  func pastOfBranches() throws {
    let (one, twin) = try team.twin(of: thief, seed: 78)
    try one.setTag(run.key, EntryKey("a"), "1", durability: .person)
    try twin.setTag(run.key, EntryKey("b"), "2", durability: .person)
    try one.seal()
    try twin.seal()
    try TestMachine.give(one, to: twin)
    try twin.delete(run.key, durability: .person)
    try twin.seal()
    try TestMachine.give(one, to: ana)
    try TestMachine.give(twin, to: ana)
    try TestMachine.give(twin, to: bo)
    #expect(try ana.stateHash() == bo.stateHash())
    for one in [ana, bo] { #expect(try one.conflicts().allSatisfy { $0.kind == .clone }) }
  }

  @Test("devices that the thief let in are nobody, and what they wrote is kept without effect")
  func accomplices() throws {
    try hub.setRole(.admin, of: thief.deviceKey)
    try TestMachine.quiesce(members)
    try revokeByHub()
    let accomplice = try team.clone("eve")
    try thief.admit(accomplice)
    try TestMachine.exchange(thief, accomplice)
    try accomplice.setTag(run.key, EntryKey("eve"), "was here", durability: .person)
    try TestMachine.exchange(accomplice, bo)
    try bo.setTag(run.key, EntryKey("bo"), "too", durability: .person)
    #expect(try bo.run(run).tags["eve"] == "was here")
    try expectEqual(honest)
    for one in honest {
      #expect(try one.run(run).tags == ["bo": "too"])
      #expect(try one.role(of: accomplice.deviceKey) == nil)
    }
  }

  @Test("of two admins who revoke each other, the one nearer to the founder prevails everywhere")
  func mutual() throws {
    try hub.setRole(.admin, of: thief.deviceKey)
    try hub.setRole(.admin, of: ana.deviceKey)
    try TestMachine.quiesce(members)
    try hub.revoke(thief.deviceKey, accepting: .present)
    try thief.revoke(hub.deviceKey, accepting: .present)
    try thief.revoke(ana.deviceKey, accepting: .nothing)
    try TestMachine.give(thief, to: bo)
    #expect(try bo.role(of: hub.deviceKey) == nil)
    try expectEqual(honest)
    for one in honest {
      #expect(try one.role(of: hub.deviceKey) == .admin)
      #expect(try one.role(of: ana.deviceKey) == .admin)
      #expect(try one.role(of: thief.deviceKey) == nil)
      #expect(try one.run(run).description == "honest")
    }
  }

  @Test("concurrent cuts of one device: what all of them accept counts")
  func concurrentCuts() throws {
    try hub.setRole(.admin, of: ana.deviceKey)
    try TestMachine.quiesce(members)
    clock.advance(milliseconds: 60_000)
    let moment = Timestamp(milliseconds: clock.now)
    clock.advance(milliseconds: 60_000)
    try thief.setTag(run.key, EntryKey("late"), "yes", durability: .person)
    try TestMachine.quiesce(members)
    try hub.revoke(thief.deviceKey, accepting: .present)
    try ana.revoke(thief.deviceKey, accepting: .before(moment))
    #expect(try hub.run(run).tags["late"] == "yes")
    #expect(try ana.run(run).tags["late"] == nil)
    try expectEqual(honest)
    for one in honest {
      #expect(try one.run(run).tags["late"] == nil)
      #expect(try one.run(run).description == "honest")
      #expect(try one.conflicts().isEmpty)
    }
  }

  @Test("an admin accepts what was quarantined, rejects it, or takes the revocation back")
  func review() throws {
    try revokeByHub()
    try thief.setTag(run.key, EntryKey("a"), "1", durability: .person)
    try thief.seal()
    try thief.setTag(run.key, EntryKey("b"), "2", durability: .person)
    try TestMachine.give(thief, to: bo)
    try expectEqual(honest)
    #expect(throws: WorkspaceFailure.notAdmin) {
      try bo.acceptQuarantined(of: bo.device("tim"), through: nil)
    }
    let first = try #require(
      try hub.store.inspect { transaction in
        try transaction.history(run.key, field: .tag(EntryKey("a"))).first?.op
      })
    try hub.acceptQuarantined(of: hub.device("tim"), through: first)
    try expectEqual(honest)
    #expect(try bo.run(run).tags == ["a": "1"])
    #expect(try bo.quarantined().count == 1 && bo.quarantined()[0].isRejected == false)
    try hub.rejectQuarantined(of: hub.device("tim"))
    try expectEqual(honest)
    #expect(try bo.quarantined().allSatisfy(\.isRejected))
    try hub.reinstate(hub.device("tim"))
    try expectEqual(honest)
    #expect(try bo.run(run).tags == ["a": "1", "b": "2"])
    #expect(try bo.role(of: thief.deviceKey) == .writer)
    #expect(try bo.quarantined().isEmpty)
  }

  @Test("a device that hears of its revocation writes no more, and reads on")
  func victimHears() throws {
    try revokeByHub()
    try thief.setTag(run.key, EntryKey("late"), "1", durability: .person)
    try TestMachine.give(hub, to: thief)
    #expect(throws: StoreFailure.revoked) {
      try thief.setDescription(run.key, "more", durability: .person)
    }
    #expect(try thief.run(run).description == "honest")
  }

  @Test("an alias that a revoked device moved points where it pointed before")
  func alias() throws {
    let model = try ana.newModel()
    let one = try ana.newVersion(of: model)
    let two = try ana.newVersion(of: model)
    try ana.setAlias(model, "champion", one.id, durability: .person)
    try TestMachine.quiesce(members)
    try revokeByHub()
    try thief.setAlias(model, "champion", two.id, durability: .person)
    try TestMachine.give(thief, to: bo)
    try expectEqual(honest)
    for replica in honest {
      let alias = try #require(try replica.model(model).aliases["champion"])
      #expect(alias.version == one.id && alias.conflict == nil)
    }
  }

  @Test("revoking the device that gives version numbers hands that on")
  func allocator() throws {
    try hub.setRole(.admin, of: ana.deviceKey)
    try TestMachine.quiesce(honest)
    try ana.revoke(hub.deviceKey, accepting: .present)
    let model = try ana.newModel()
    try ana.newVersion(of: model)
    try ana.performHubDuties()
    #expect(try ana.model(model).versions.map(\.finalNumber) == [1])
  }
}
