import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@testable import FieldbookSync

@Suite("Exchange with a peer") struct ExchangeTests {
  @Test("two laptops and a hub agree after each has synced") func agreement() async throws {
    let team = try Team()
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    try ana.record("ana-1", points: 500)
    try bo.record("bo-1", points: 500)
    try await serving(SyncServer(workspace: hub)) { url in
      let first = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(first.pushedOps > 0)
      #expect(first.pushedPoints == 500)
      let second = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(second.pulledOps > 0)
      #expect(second.pulledPoints == 500)
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
    }
    let hashes = Set(try [hub, ana, bo].map { try $0.stateHash() })
    #expect(hashes.count == 1)
    for one in [hub, ana, bo] { #expect(try one.missingChunkPayloads(limit: 10).isEmpty) }
  }

  @Test("with nothing to do and 100 logs: one exchange, at most 3 KB") func nothingToDo()
    async throws
  {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    for index in 0..<98 {
      let other = try team.clone("n\(index)", seed: UInt64(1000 + index))
      try hub.admit(other)
      try TestMachine.give(hub, to: other)
      _ = try other.ensureExperiment(named: "e\(index)", durability: .script)
      try TestMachine.give(other, to: hub)
      try other.close()
    }
    #expect(try hub.heads().count >= 99)
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(try ana.heads() == hub.heads())
      for _ in 0..<2 {
        let report = try await SyncClient.sync(ana, remote: ana.origin(url))
        print(
          "no-op sync, \(try ana.heads().count) logs: out \(report.bytesOut) in \(report.bytesIn) B"
        )
        #expect(report.roundTrips == 1)
        #expect(report.bytesIn + report.bytesOut <= 3072)
      }
    }
  }

  @Test("metric data that exceeds one window arrives in one sync") func muchMetricData()
    async throws
  {
    let team = try Team()
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    for index in 0..<700 { try ana.record("r\(index)", points: 1500, keys: 6) }
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(try hub.missingChunkPayloads(limit: 1000).count == 0)
      _ = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(try bo.missingChunkPayloads(limit: 1000).count == 0)
    }
  }

  @Test("a peer counts nothing as acknowledged whose answer got lost") func lostAnswer() throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    try hub.record("hub-1")
    let server = SyncServer(workspace: hub)
    let proved = try server.admit(ana)
    var session = SyncSession(agreed: [])
    let offer = try Exchange.offer(
      from: ana, upTo: nil, session: &session, answering: [], withSegments: false
    ).offer
    let answer = try server.exchange(session: proved, peer: ana.deviceKey, offer)
    #expect(!answer.segments.isEmpty)
    // The answer never arrives. What ana told is all that may be taken for known.
    let remembered = Set(try hub.peerState(ana.deviceKey).map(\.hash))
    #expect(remembered.isSubset(of: Set(try ana.heads().map(\.hash))))
  }

  @Test("messages lost at random: after they stop, all is equal", arguments: 0..<12)
  func losses(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let team = try Team(seed: seed + 10)
    let server = SyncServer(workspace: team.hub)
    for round in 0..<6 {
      let one = team.members[Int.random(in: 1...2, using: &generator)]
      try one.record("r\(round)-\(seed)", points: 50)
      if generator.chance(40) { try team.hub.record("h\(round)", points: 20) }
      try? meet(one, server, lossPercent: 35, &generator)
    }
    for _ in 0..<2 {
      for one in team.members.dropFirst() { try meet(one, server, lossPercent: 0, &generator) }
    }
    #expect(Set(try team.members.map { try $0.stateHash() }).count == 1)
    for one in team.members { #expect(try one.missingChunkPayloads(limit: 10).isEmpty) }
  }

  /// The client's loop without sockets, where any message may be lost; then the meeting ends there.
  private func meet(
    _ client: Workspace, _ server: SyncServer, lossPercent: Int, _ generator: inout SeededGenerator
  ) throws {
    struct Lost: Error {}
    try TestMachine.call(client, server) { _, offer in
      if generator.chance(lossPercent) { throw Lost() }
      return try SyncOffer(encoded: offer.encoded)
    }
  }
}
