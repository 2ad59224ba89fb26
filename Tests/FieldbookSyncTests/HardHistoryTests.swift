import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Synchronization
import Testing

@testable import FieldbookStore
@testable import FieldbookSync

/// Histories that are large, tiny in their parts, live, or written by an author who comes to be known later.
@Suite("Hard histories") struct HardHistoryTests {
  private func segments(_ workspace: Workspace) throws -> Int {
    try workspace.store.inspect { try $0.segmentHashes() }.count
  }

  @Test("a history of many windows comes over once, both ways at a time")
  func manyWindows() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    var generator = SeededGenerator(seed: 5)
    for (one, count) in [(hub, 60), (ana, 40)] {
      for index in 0..<count {
        let run = try one.record("r\(index)")
        var text = ""
        while text.utf8.count < 250_000 { text += String(generator.next(), radix: 16) }
        try one.setDescription(run.key, text, durability: .script)
      }
    }
    let news = try segments(hub) + segments(ana)
    try await serving(SyncServer(workspace: hub)) { url in
      let report = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(report.roundTrips < 12, "\(report.roundTrips) rounds")
      #expect(report.bytesOut < 8_000_000, "nothing is given back: \(report.bytesOut) bytes")
    }
    #expect(try segments(hub) >= news - 2)
    #expect(try hub.stateHash() == ana.stateHash())
  }

  @Test("thousands of tiny segments") func tinySegments() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let run = try hub.record("r")
    for index in 0..<5000 {
      try hub.store.write(.script) { transaction in
        try transaction.set(run.key, [(.tag(EntryKey(unchecked: "t")), .text("\(index)"))])
        try transaction.seal()
      }
    }
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
    }
    #expect(try hub.stateHash() == ana.stateHash())
  }

  @Test("a sync ends while a script goes on logging, and counts only what the peer holds")
  func liveWriter() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let run = try ana.record("r")
    let isOver = Flag()
    let log: @Sendable () -> Void = {
      var step: Int64 = 0
      while !isOver.isRaised {
        step += 1
        let points = [MetricPoint(step: step, timestamp: step, value: 1)]
        _ = try? ana.logBatch(
          run, parameters: [], metrics: [MetricSeries(key: "k", points: points)], tags: [],
          durability: .script)
        usleep(1000)
      }
    }
    try await serving(SyncServer(workspace: hub)) { url in
      let remote = try ana.origin(url)
      Thread.detachNewThread(log)
      defer { isOver.raise() }
      for _ in 0..<10 {
        let report = try await SyncClient.sync(ana, remote: remote)
        #expect(report.roundTrips <= 4, "\(report.roundTrips) rounds")
        let held = Set(try hub.store.inspect { try $0.segmentHashes() })
        #expect(try ana.peerState(hub.deviceKey).allSatisfy { held.contains($0.hash) })
      }
    }
  }

  @Test("a replica that wrote before it was enrolled can be cloned and bundled")
  func oncePending() throws {
    let team = try Team(["hub"])
    let hub = team.hub
    try hub.record("r")
    func path(_ name: String) -> String { team.folder.path + "/" + name }
    let dan = try CloneClient.clone(
      folder: hub.dir, into: path("dan"), device: "dan", owner: "d",
      environment: team.environment("dan", seed: 77))
    try dan.record("offline")
    try dan.seal()
    try hub.admit(dan)
    try TestMachine.give(hub, to: dan)
    let eve = try CloneClient.clone(
      folder: dan.dir, into: path("eve"), device: "eve", owner: "e",
      environment: team.environment("eve", seed: 78))
    #expect(try eve.stateHash() == dan.stateHash())
    _ = try BundleFile.create(path("b.bundle"), from: dan, needs: [])
    let fay = try CloneClient.clone(
      bundle: path("b.bundle"), into: path("fay"), device: "fay", owner: "f",
      environment: team.environment("fay", seed: 79))
    #expect(try fay.stateHash() == dan.stateHash())
  }

  @Test("what waits for its author's enrolment takes effect when that is written here")
  func enrolledHere() throws {
    let team = try Team(["hub"])
    let hub = team.hub
    let dan = try CloneClient.clone(
      folder: hub.dir, into: team.folder.path + "/dan", device: "dan", owner: "d",
      environment: team.environment("dan", seed: 77))
    let run = try dan.record("offline")
    try dan.seal()
    let batch = try dan.segments(notIn: hub.heads(), maxBytes: 1 << 20, after: nil)
    let report = try hub.apply(batch.segments, from: "dan")
    #expect(report.parked.count == batch.segments.count && report.applied == 0)
    try hub.admit(dan)
    #expect(try hub.apply(batch.segments, from: "dan").refused.isEmpty)
    #expect(try hub.run(run).name == "offline")
  }

  @Test("names that look alike and differ in bytes are two names everywhere")
  func lookAlikes() throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let run = try hub.record("r")
    // The ohm sign and omega; composed and decomposed: as the log of another program may hold them.
    let names = ["\u{2126}", "\u{03A9}", "\u{00E9}", "e\u{0301}"]
    for (index, name) in names.enumerated() {
      try hub.setTag(run.key, EntryKey(unchecked: name), "\(index)", durability: .script)
      try hub.addLabels(run, [name])
    }
    try TestMachine.give(hub, to: ana)
    #expect(try hub.stateHash() == ana.stateHash())
    let (before, after) = try ana.rebuild()
    #expect(before == after)
    let fields = try ana.store.inspect { transaction in
      try names.map { try transaction.standingTexts(run.key, .tag(EntryKey(unchecked: $0))) }
    }
    #expect(fields == [["0"], ["1"], ["2"], ["3"]])
    // Through the API, a key is one key however it is typed.
    #expect(try EntryKey("e\u{0301}").text.unicodeScalars.count == 1)
  }

  @Test("an op that overwrites what its author cannot have seen is refused with its segment")
  func futureReference() throws {
    let team = try Team()
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let run = try ana.record("r")
    try TestMachine.give(ana, to: hub)
    try TestMachine.give(ana, to: bo)
    try hub.store.write(.script) { transaction in
      let chain = try transaction.chains(of: ana.store.inspect { try $0.ownLog() })[0]
      let next = Dot(chain: chain.id, number: chain.tip + 1)
      try transaction.append(
        kind: .set, entity: run.key,
        cells: [Cell(field: .description, overwrites: [next], value: .text("bad"))])
    }
    try ana.setDescription(run.key, "good", durability: .script)
    try TestMachine.give(ana, to: bo)
    _ = try hub.heads()
    let batch = try hub.segments(notIn: bo.heads(), maxBytes: 1 << 20, after: nil)
    let report = try bo.apply(batch.segments, from: "hub")
    #expect(report.refused.count == 1 && report.applied == 0)
    #expect(try bo.run(run).description == "good")
  }

  @Test("one segment that is refused does not keep the rest from going either way")
  func refusalGoesOn() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    try ana.record("before")
    try ana.seal()
    let database = RawSQLite(replica: ana.dir)
    database.newestSegment[database.newestSegment.count - 2] ^= 1
    let experiment = try hub.ensureExperiment(named: "elsewhere", durability: .script)
    let news = try hub.createRun(
      RunDraft(experiment: experiment, name: "from the hub"), durability: .script)
    try await serving(SyncServer(workspace: hub)) { url in
      let failure = await #expect(throws: SyncFailure.self) {
        _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      }
      #expect(failure == .refusedThere("the data is damaged: compressed data"))
    }
    #expect(try ana.run(news).name == "from the hub")
  }
}

private final class Flag: Sendable {
  private let state = Mutex(false)
  var isRaised: Bool { state.withLock { $0 } }
  func raise() { state.withLock { $0 = true } }
}
