import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// Version numbers that a device gives while the hub is away.
@Suite("Leases")
struct LeaseTests: TeamSuite {
  let team: Team
  let model: ModelID

  init() throws {
    team = try Team()
    model = try team.ana.newModel()
    try TestMachine.quiesce(team.members)
  }

  private func numbers(_ workspace: Workspace) throws -> [String: Int64?] {
    let versions = try workspace.model(model).versions
    return Dictionary(uniqueKeysWithValues: versions.map { ($0.source, $0.finalNumber) })
  }

  @Test("numbers that were leased are given offline, once, and keep for ever")
  func offline() throws {
    _ = try bo.newVersion(of: model, source: "before")
    try TestMachine.quiesce(members)
    #expect(try ana.requestLease(of: model, atLeast: 2) == 2)
    #expect(try ana.leasedNumbers(of: model).isEmpty)
    try TestMachine.quiesce(members)
    #expect(try ana.leasedNumbers(of: model).map(\.numbers) == [2...3])

    #expect(try ana.newVersion(of: model, source: "a").finalNumber == 2)
    #expect(try ana.newVersion(of: model, source: "b").label == "3")
    #expect(try ana.newVersion(of: model, source: "c").finalNumber == nil)
    #expect(try bo.newVersion(of: model, source: "d").finalNumber == nil)
    #expect(try hub.newVersion(of: model, source: "e").finalNumber == 4)

    try expectEqual(members)
    let told = try numbers(hub)
    #expect(told["before"] == 1 && told["a"] == 2 && told["b"] == 3 && told["e"] == 4)
    #expect(Set([told["c"], told["d"]]) == [5, 6])
    #expect(try hub.conflicts().isEmpty)
    #expect(try bo.leasedNumbers(of: model).map(\.left) == [0])
  }

  @Test("enough is enough: only what is missing is asked for, answered or not")
  func enough() throws {
    #expect(try ana.requestLease(of: model, atLeast: 5) == 5)
    #expect(try ana.requestLease(of: model, atLeast: 5) == 0)
    try TestMachine.quiesce(members)
    #expect(try ana.requestLease(of: model, atLeast: 5) == 0)
    _ = try ana.newVersion(of: model)
    #expect(try ana.requestLease(of: model, atLeast: 5) == 1)
    try expectEqual(members)
    #expect(try hub.leasedNumbers(of: model).map(\.numbers) == [1...5, 6...6])
    #expect(throws: InvalidInput.self) { try ana.requestLease(of: model, atLeast: 0) }
    #expect(throws: InvalidInput.self) { try ana.requestLease(of: model, atLeast: 1001) }
    #expect(throws: InvalidInput.self) { try hub.requestLease(of: model, atLeast: 1) }
  }

  @Test("each device and each model has numbers of its own")
  func apart() throws {
    let other = try bo.newModel("other")
    try ana.requestLease(of: model, atLeast: 2)
    try bo.requestLease(of: model, atLeast: 2)
    try bo.requestLease(of: other, atLeast: 2)
    try TestMachine.quiesce(members)
    let blocks = try hub.leasedNumbers(of: model).map(\.numbers)
    #expect(blocks == [1...2, 3...4])
    #expect(try bo.newVersion(of: other).finalNumber == 1)
    let mine = try [ana, bo].map { try $0.newVersion(of: model).finalNumber }
    #expect(Set(mine) == [1, 3])
    try expectEqual(members)
  }

  @Test("in a log that was begun anew, nothing of the old one's is given")
  func restored() throws {
    try ana.requestLease(of: model, atLeast: 3)
    try TestMachine.quiesce(members)
    try ana.store.write(.person) { _ = try $0.startEpoch() }
    #expect(try ana.newVersion(of: model).finalNumber == nil)
    #expect(try ana.leasedNumbers(of: model).map(\.hasLapsed) == [true])
    #expect(try ana.requestLease(of: model, atLeast: 2) == 2)
    try expectEqual(members)
    #expect(try ana.newVersion(of: model).finalNumber == 5)
    try expectEqual(members)
  }

  @Test("who claims a number that was not leased to him is given another")
  func claimed() throws {
    try ana.requestLease(of: model, atLeast: 2)
    try TestMachine.quiesce(members)
    try claim(2, by: bo, source: "false")
    try claim(40, by: ana, source: "beyond")
    try expectEqual(members)
    #expect(Set(try numbers(hub).values) == [3, 4])
    #expect(try ana.newVersion(of: model).finalNumber == 1)
    #expect(try hub.conflicts().isEmpty)
  }

  @Test("a claim counts once the number is leased, in whatever order they come")
  func late() throws {
    try claim(2, by: ana, source: "early")
    #expect(try numbers(ana) == ["early": nil])
    try ana.requestLease(of: model, atLeast: 3)
    let lease = NumberLease(
      request: EntityKey(high: 1, low: 1), model: model.key, numbers: 1...3)
    try hub.store.write(.script) {
      try $0.set(ana.deviceKey.entity, [(.leases, .bytes(lease.coded))])
    }
    try TestMachine.give(hub, to: ana)
    #expect(try numbers(ana) == ["early": 2])
    try expectEqual(members)
    #expect(try numbers(hub) == ["early": 2])
  }

  @Test("only an admin leases; what a writer writes there has no effect")
  func writers() throws {
    let lease = NumberLease(
      request: EntityKey(high: 1, low: 1), model: model.key, numbers: 1...3)
    try ana.store.write(.script) { transaction in
      try transaction.appendUnchecked(
        kind: .set, entity: ana.deviceKey.entity,
        cells: [Cell(field: .leases, overwrites: [], value: .bytes(lease.coded))])
    }
    try claim(3, by: ana, source: "taken")
    try expectEqual(members)
    #expect(try numbers(hub) == ["taken": 1])
    // Nor does one ask for another.
    let request = LeaseRequest(id: EntityKey(high: 2, low: 2), model: model.key, count: 9)
    try bo.store.write(.script) {
      try $0.set(ana.deviceKey.entity, [(.leaseRequests, .bytes(request.coded))])
    }
    try expectEqual(members)
    #expect(try hub.leasedNumbers(of: model).isEmpty)
  }

  @Test("one number twice, after all, is a conflict that is decided as ever")
  func twins() throws {
    try ana.requestLease(of: model, atLeast: 1)
    try TestMachine.quiesce(members)
    _ = try ana.newVersion(of: model, source: "leased")
    try TestMachine.quiesce(members)
    let other = try hub.newVersion(of: model, source: "other")
    try hub.store.write(.script) { try $0.set(other.id.key, [(.number, .integer(1))]) }
    try expectEqual(members)
    let conflict = try #require(try hub.conflicts().first { $0.kind == .version })
    #expect(conflict.sides.count == 2)
    let kept = try #require(
      conflict.sides.first { $0.op == (try? hub.history(other.id.key, field: .number).last?.op) })
    _ = try hub.resolve(conflict, .take(kept.letter))
    try expectEqual(members)
    #expect(try numbers(ana) == ["leased": 2, "other": 1])
    #expect(try hub.conflicts().isEmpty)
  }

  @Test("a revoked device's numbers stay gaps")
  func revoked() throws {
    try ana.requestLease(of: model, atLeast: 3)
    try TestMachine.quiesce(members)
    try hub.store.write(.person) { try $0.revoke(ana.deviceKey, accepting: .all) }
    _ = try ana.newVersion(of: model, source: "late")
    _ = try bo.newVersion(of: model, source: "bo")
    try TestMachine.quiesce([hub, bo])
    #expect(try numbers(bo) == ["bo": 4])
    #expect(try bo.leasedNumbers(of: model).map(\.hasLapsed) == [true])
  }

  @Test("whatever is no request and no lease is neither")
  func coding() throws {
    let request = LeaseRequest(id: EntityKey(high: 1, low: 2), model: model.key, count: 1000)
    #expect(LeaseRequest(coded: request.coded) == request)
    let last = ModelVersion.finalNumbers.upperBound - 1
    let lease = NumberLease(request: request.id, model: model.key, numbers: (last - 999)...last)
    #expect(NumberLease(coded: lease.coded) == lease)
    let keys = Array(request.coded.prefix(32))
    func bytes(_ numbers: UInt64...) -> [UInt8] {
      var writer = ByteWriter()
      writer.bytes(keys)
      for number in numbers { writer.varint(number) }
      return writer.bytes
    }
    for wrong in [[], keys, bytes(0), bytes(1001), bytes(.max), bytes(1, 1)] {
      #expect(LeaseRequest(coded: wrong) == nil)
    }
    for wrong in [
      bytes(1), bytes(0, 1), bytes(1, 0), bytes(1, 1001), bytes(UInt64(last), 2),
      bytes(.max, 1), bytes(1, .max), bytes(1, 1, 1),
    ] {
      #expect(NumberLease(coded: wrong) == nil)
    }
  }

  /// Makes a version with a number, as a changed program could.
  private func claim(_ number: Int64, by one: Workspace, source: String) throws {
    try one.store.write(.script) { transaction in
      try transaction.appendUnchecked(
        kind: .createVersion, entity: EntityKey.fresh(one.environment.random),
        cells: [
          Cell(field: .model, overwrites: [], value: .reference(model.key)),
          Cell(field: .source, overwrites: [], value: .text(source)),
          Cell(field: .leasedNumber, overwrites: [], value: .integer(number)),
        ])
    }
  }
}
