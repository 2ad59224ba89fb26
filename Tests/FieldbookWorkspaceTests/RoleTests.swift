import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// Roles count as they were in the causal past of an op, on every replica alike. The hostile ones here write to their
/// own log whatever they like, as a changed program could.
@Suite("Roles")
struct RoleTests: TeamSuite {
  let team: Team
  let run: RunID

  init() throws {
    team = try Team(["hub", "ana"])
    run = try team.sharedRun()
  }

  private func enrol(_ device: Workspace, as role: Role, by admin: Workspace) throws {
    try admin.store.write(.person) {
      try $0.enrol(
        device.deviceKey, name: device.descriptorName, owner: "x", role: role, isHub: false)
    }
  }

  /// Writes past the check of the program at hand.
  private func force(
    _ one: Workspace, _ entity: EntityKey, _ fields: [(FieldName, FieldValue?)],
    kind: OperationKind = .set
  ) throws {
    try one.store.write(.script) { transaction in
      try transaction.appendUnchecked(
        kind: kind, entity: entity,
        cells: fields.map { Cell(field: $0.0, overwrites: [], value: $0.1) })
    }
  }

  @Test("a reader's program refuses to write, and a changed one has no effect anywhere")
  func reader() throws {
    let rob = try team.clone("rob", seed: 7)
    try enrol(rob, as: .reader, by: hub)
    try TestMachine.give(hub, to: rob)
    #expect(throws: StoreFailure.readerWrites) {
      try rob.setDescription(run.key, "mine", durability: .person)
    }
    try force(rob, run.key, [(.description, .text("mine"))])
    try force(rob, rob.deviceKey.entity, [(.role, .text("admin")), (.hub, .integer(1))])
    try force(rob, run.key, [(.description, .text("again"))])
    try expectEqual([hub, ana, rob])
    #expect(try hub.run(run).description == nil)
    #expect(try hub.role(of: rob.deviceKey) == .reader && ana.role(of: rob.deviceKey) == .reader)
    #expect(try hub.conflicts().isEmpty)
  }

  @Test("a writer neither enrols, nor promotes, nor settles, nor gives numbers, nor renames others")
  func writer() throws {
    let eve = try team.clone("eve", seed: 8)
    try force(
      ana, eve.deviceKey.entity,
      [
        (.key, .bytes(eve.deviceKey.bytes)), (.deviceName, .text("eve")), (.owner, .text("eve")),
        (.role, .text("admin")), (.hub, .integer(0)),
      ], kind: .enrolDevice)
    try force(ana, ana.deviceKey.entity, [(.role, .text("admin")), (.hub, .integer(1))])
    try force(ana, hub.deviceKey.entity, [(.deviceName, .text("mallory"))])
    try force(ana, ana.deviceKey.entity, [(.deviceName, .text("ana's laptop"))])
    try force(ana, hub.id.key, [(.allocator, .bytes(ana.deviceKey.bytes))])
    let model = try ana.newModel()
    let version = try ana.newVersion(of: model)
    try force(ana, version.id.key, [(.number, .integer(77))])
    try expectEqual(members)
    #expect(try hub.role(of: eve.deviceKey) == nil)
    #expect(try hub.role(of: ana.deviceKey) == .writer)
    let names = try hub.devices().map(\.name)
    #expect(names.contains("ana's laptop") && names.contains("hub"))
    #expect(try hub.model(model).versions.map(\.finalNumber) == [1])
  }

  @Test("what was written before a demotion was seen counts; what comes after it does not")
  func demotion() throws {
    try ana.setDescription(run.key, "unaware", durability: .person)
    try hub.store.write(.person) { transaction in
      try transaction.set(ana.deviceKey.entity, [(.role, .text(Role.reader.rawValue))])
    }
    try expectEqual(members)
    #expect(try hub.run(run).description == "unaware")
    try force(ana, run.key, [(.tag(EntryKey("k")), .text("v"))])
    try expectEqual(members)
    #expect(try hub.run(run).tags["k"] == nil)
  }

  @Test("earlier work of a pending replica counts as a writer's; of one enrolled as a reader, not")
  func pending() throws {
    for (name, role, counts) in [("wanda", Role.writer, true), ("rita", .reader, false)] {
      let one = try team.clone(name, seed: UInt64(name.utf8.count) &* 31)
      try TestMachine.give(hub, to: one)
      try one.setTag(run.key, EntryKey(name), "early", durability: .person)
      try enrol(one, as: role, by: hub)
      try expectEqual([hub, ana, one])
      #expect(try (ana.run(run).tags[name] != nil) == counts)
    }
  }

  @Test("two enrolments of one device that disagree: the same answer in whatever order they come")
  func twoEnrolments() throws {
    let second = try team.clone("second", seed: 21)
    try enrol(second, as: .admin, by: hub)
    try TestMachine.exchange(hub, second)
    let pia = try team.clone("pia", seed: 22)
    try TestMachine.give(hub, to: pia)
    try pia.setTag(run.key, EntryKey("early"), "yes", durability: .person)
    try enrol(pia, as: .writer, by: hub)
    try enrol(pia, as: .reader, by: second)
    // The hub folds pia's work before it hears of the second enrolment, the other after.
    try TestMachine.give(pia, to: hub)
    #expect(try hub.run(run).tags["early"] == "yes")
    try expectEqual([hub, second, pia, ana])
    #expect(try hub.run(run).tags["early"] == nil)
  }
}
