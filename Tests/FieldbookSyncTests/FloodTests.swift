import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

/// A member whose program was changed, and who gives more than anybody has use for: each segment is good by itself.
///
/// FIELDBOOK_FLOOD says how many; docs/security-bounds.md says what a million did.
@Suite("Floods by a member", .serialized) struct FloodTests {
  private static let asked = ProcessInfo.processInfo.environment["FIELDBOOK_FLOOD"].flatMap {
    Int($0)
  }

  private let team: Team
  private let run: RunID
  private let forger: Forger

  init() throws {
    team = try Team()
    run = try team.sharedRun()
    forger = try Forger(key: [UInt8](repeating: 9, count: 32), workspace: team.hub.id)
    try team.hub.admit(forger.device, name: "flood")
    try TestMachine.quiesce(team.members)
  }

  /// One op that says one thing, and no more.
  private func tiny(_ index: Int) -> [Forger.Op] {
    [
      Forger.Op(
        kind: .set, entity: run.key, clock: HybridTime(milliseconds: team.clock.now),
        cells: [
          Cell(
            field: .tag(EntryKey(unchecked: "evil\(index % 7)")), overwrites: [], value: .text("x"))
        ])
    ]
  }

  /// Gives all that `make` makes, in messages as large as a peer may send.
  ///
  /// - Returns: How many had their effect, were refused, and wait.
  private func give(_ count: Int, _ make: (Int) throws -> Segment) throws -> [Int] {
    var sums = [0, 0, 0]
    var index = 0
    while index < count {
      let batch = try (index..<min(count, index + SyncLimits.windowSegments)).map {
        try make($0).encoded
      }
      let report = try team.hub.apply(batch, from: "flood")
      sums[0] += report.applied
      sums[1] += report.refused.count
      sums[2] += report.waiting
      index += batch.count
    }
    return sums
  }

  /// What the others wrote is as it was, all of it reaches a peer, and that peer holds the same.
  private func expectHarmless() throws {
    let told = try team.hub.run(run)
    #expect(told.name == "first" && told.labels.isEmpty && told.parameters.isEmpty)
    try team.ana.setTag(run.key, EntryKey("mine"), "kept", durability: .script)
    try TestMachine.quiesce([team.hub, team.ana])
    #expect(try team.ana.stateHash() == team.hub.stateHash())
    #expect(try team.hub.run(run).tags["mine"] == "kept")
  }

  @Test("tiny segments, one behind the other, cost what they are: each once, none waits")
  func tinySegments() throws {
    let count = Self.asked ?? 1500
    var evil = forger
    let before = Memory.residentBytes
    let sums = try give(count) { index in
      let segment = try evil.sealed(tiny(index))
      evil.goOn(after: segment)
      return segment
    }
    #expect(sums == [count, 0, 0])
    #expect(Memory.residentBytes - before < 1 << 30)
    try expectHarmless()
  }

  @Test("as many logs as segments: each is a head, and peers still tell each other theirs")
  func manyLogs() throws {
    let count = Self.asked ?? 1500
    var evil = forger
    let sums = try give(count) { index in
      evil.begin(epoch: UInt64(index) + 1)
      return try evil.sealed(tiny(index))
    }
    #expect(sums == [count, 0, 0])
    #expect(try team.hub.heads().count >= count)
    try expectHarmless()
    // A new replica, that knows nothing: all heads go in one message.
    let laptop = try team.clone("cy")
    try team.hub.admit(laptop)
    let server = SyncServer(workspace: team.hub)
    try TestMachine.call(laptop, server)
    #expect(try laptop.stateHash() == team.hub.stateHash())
  }

  @Test(
    "one log forked again and again at one place: all branches are kept, and one conflict says so")
  func manyForks() throws {
    let count = Self.asked ?? 300
    var evil = forger
    let first = try evil.sealed(tiny(0))
    _ = try give(1) { _ in first }
    evil.goOn(after: first)
    let sums = try give(count) { index in
      let op = Forger.Op(
        kind: .set, entity: run.key,
        clock: HybridTime(milliseconds: team.clock.now + Int64(index)), cells: tiny(index)[0].cells)
      return try evil.sealed([op])
    }
    #expect(sums == [count, 0, 0])
    #expect(try team.hub.conflicts().count { $0.field == .acknowledgedForks } == 1)
    try expectHarmless()
  }

  /// As copies of one folder write: what they wrote before they parted is the same, and each seals it at its own moment.
  @Test("an op that comes in many cuts of one log is one op, in whatever order they come")
  func oneOpInManyCuts() throws {
    let ops = (0..<4).map { index in
      Forger.Op(
        kind: .set, entity: run.key,
        clock: HybridTime(milliseconds: team.clock.now + Int64(index)),
        cells: [
          Cell(
            field: .tag(EntryKey(unchecked: "cut")),
            overwrites: index == 0 ? [] : [WireDot(anchor: 0, number: UInt64(index))],
            value: .text("\(index)"))
        ])
    }
    var segments: [Segment] = []
    func cut(_ author: Forger, from first: Int) throws {
      for last in first..<ops.count {
        let salts = [UInt8](repeating: 3, count: Salts.bytesPerCell * (last - first + 1))
        let segment = try author.sealed(Array(ops[first...last]), salts: .each(salts))
        segments.append(segment)
        var next = author
        next.goOn(after: segment)
        try cut(next, from: last + 1)
      }
    }
    try cut(forger, from: 0)
    #expect(segments.count == 15)
    var generator = SeededGenerator(seed: 1)
    for member in team.members {
      for segment in segments.shuffled(using: &generator) {
        _ = try member.apply([segment.encoded], from: "cuts")
      }
      #expect(try member.run(run).tags["cut"] == "3")
      #expect(try member.conflicts().allSatisfy { $0.field == .acknowledgedForks })
    }
    try expectHarmless()
    try TestMachine.quiesce(team.members)
    let discord = try TestMachine.discord(team.members)
    #expect(discord == [])
  }

  /// What it refers to is told by going up from branch to branch.
  @Test("forks behind forks, each about ops far before it, are the same whatever their order")
  func forksBehindForks() throws {
    let count = Self.asked ?? 300
    var evil = forger
    var segments: [Segment] = []
    for index in 0..<count {
      let before = evil.next - 1
      let named = Set([1, before / 2, before].filter { $0 > 0 })
      let op = Forger.Op(
        kind: .set, entity: run.key,
        clock: HybridTime(milliseconds: team.clock.now + Int64(index)),
        cells: [
          Cell(
            field: .tag(EntryKey(unchecked: "deep")),
            overwrites: named.sorted().map { WireDot(anchor: 0, number: $0) },
            value: .text("\(index)"))
        ])
      segments.append(try evil.sealed([op]))
      if index % 2 == 1 { evil.goOn(after: segments[index]) }
    }
    try expectSame(segments)
  }

  @Test("forks far behind what their log has seen know of it, whatever their order")
  func forksAtTheEnd() throws {
    let count = Self.asked ?? 900
    var evil = forger
    var segments: [Segment] = []
    for index in 0..<count {
      let isTail = index >= count * 2 / 3
      if index == 10 {
        try team.ana.setTag(run.key, EntryKey("seen"), "yes", durability: .script)
        try TestMachine.quiesce(team.members)
      }
      let heads = index == 10 || index == 40 ? try team.hub.heads() : []
      let op = Forger.Op(
        kind: .set, entity: run.key,
        clock: HybridTime(milliseconds: team.clock.now + Int64(index)), cells: tiny(index)[0].cells)
      segments.append(
        try evil.sealed([op], past: heads.filter { $0.log.device != evil.device }))
      if !isTail { evil.goOn(after: segments[index]) }
    }
    try expectSame(segments)
  }

  /// Each member gets them in another order, and they agree, after a rebuild, too.
  private func expectSame(_ segments: [Segment]) throws {
    var generator = SeededGenerator(seed: 2)
    for member in team.members {
      for segment in segments.shuffled(using: &generator) {
        _ = try member.apply([segment.encoded], from: "flood")
      }
    }
    try expectHarmless()
    try TestMachine.quiesce(team.members)
    let discord = try TestMachine.discord(team.members)
    #expect(discord == [])
    let state = try team.hub.stateHash()
    try team.hub.rebuild()
    #expect(try team.hub.stateHash() == state)
  }

  @Test("an offer that claims a hundred thousand heads is refused, or answered within bounds")
  func claimedHeads() throws {
    let before = try team.hub.stateHash()
    let server = SyncServer(workspace: team.hub)
    let session = try server.admit(team.ana)
    let hash = SegmentHash(bytes: [UInt8](repeating: 7, count: 32))!
    var refused: [Int: Bool] = [:]
    for count in [1000, 100_000] {
      var offer = SyncOffer(digest: try team.ana.headsDigest())
      offer.tips = (0..<count).map {
        Head(log: LogID(device: team.bo.deviceKey, epoch: UInt64($0)), number: 1, hash: hash)
      }
      do {
        let read = try SyncOffer(encoded: offer.encoded)
        let answer = try server.exchange(session: session, peer: team.ana.deviceKey, read)
        #expect(answer.encoded.count < SyncLimits.messageBytes)
        refused[count] = false
      } catch { refused[count] = true }
    }
    #expect(refused == [1000: false, 100_000: true])
    #expect(try team.hub.stateHash() == before)
  }

  @Test(
    "two strangers who let in each other, and one who lets in itself, wait for ever without effect")
  func strangersInACircle() throws {
    let before = try team.hub.stateHash()
    let strangers = try (0..<3).map {
      try Forger(key: [UInt8](repeating: 20 + UInt8($0), count: 32), workspace: team.hub.id)
    }
    func enrolling(_ device: DeviceKey, by author: Forger) throws -> Segment {
      let cells: [Cell<WireDot>] = [
        Cell(field: .key, overwrites: [], value: .bytes(device.bytes)),
        Cell(field: FieldName("role"), overwrites: [], value: .text("admin")),
      ]
      return try author.sealed([
        Forger.Op(
          kind: .enrolDevice, entity: device.entity,
          clock: HybridTime(milliseconds: team.clock.now), cells: cells)
      ])
    }
    let circle = try [
      enrolling(strangers[1].device, by: strangers[0]),
      enrolling(strangers[0].device, by: strangers[1]),
      enrolling(strangers[2].device, by: strangers[2]),
    ]
    for _ in 0..<3 { _ = try team.hub.apply(circle.map(\.encoded), from: "circle") }
    #expect(try team.hub.store.inspect { try $0.waitingCount() } == 3)
    #expect(try team.hub.stateHash() == before)
    // One of them is let in by somebody who may: now each has its effect, as far as it goes.
    try team.hub.admit(strangers[0].device, name: "one")
    _ = try team.hub.apply([], from: "circle")
    let devices = try team.hub.devices()
    #expect(!devices.contains { $0.key == strangers[2].device })
    try expectHarmless()
  }

  @Test("a segment that names itself, or one that follows it, in its past waits and is bounded")
  func segmentsInACircle() throws {
    let before = try team.hub.stateHash()
    let good = try forger.sealed(tiny(1))
    // A hash covers what it names: the nearest to a circle is one around a header that was altered afterwards.
    let itself = try forger.altered(good) { $0.past = [good.header.hash] }
    let left = try forger.altered(good) { $0.past = [itself.header.hash] }
    let right = try forger.altered(good) { $0.past = [left.header.hash] }
    let preceded = try forger.altered(good) { $0.previous = right.header.hash }
    let anchored = try forger.altered(good) { $0.anchors = [right.header.hash] }
    let circle = [itself, left, right, preceded, anchored]
    for _ in 0..<3 { _ = try team.hub.apply(circle.map(\.encoded), from: "circle") }
    #expect(try team.hub.store.inspect { try $0.waitingCount() } <= circle.count)
    #expect(try team.hub.stateHash() == before)
    // What they wait for comes: they are looked at again, and none of them is what its root says.
    _ = try team.hub.apply([good.encoded], from: "circle")
    #expect(try team.hub.run(run).tags["evil1"] == "x")
    try expectHarmless()
  }
}
