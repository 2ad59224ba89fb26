import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@testable import FieldbookSync

/// More heads than one message says: whoever makes them keeps nobody from syncing.
@Suite("Many heads")
struct ManyHeadsTests {
  private static let tipsMax = 10
  private let team: Team
  private let run: RunID
  private var evil: Forger

  init() throws {
    team = try Team()
    run = try team.sharedRun()
    evil = try Forger(key: [UInt8](repeating: 9, count: 32), workspace: team.hub.id)
    try team.hub.admit(evil.device, name: "evil")
    try TestMachine.quiesce(team.members)
  }

  private func op(_ index: Int) -> Forger.Op {
    Forger.Op(
      kind: .set, entity: run.key,
      clock: HybridTime(milliseconds: team.clock.now + Int64(index)),
      cells: [
        Cell(
          field: .tag(EntryKey(unchecked: "t\(index % 5)")), overwrites: [], value: .text("x"))
      ])
  }

  /// Branches of one log, and logs of their own.
  private mutating func flood(_ one: Workspace, _ indices: Range<Int>) throws {
    for index in indices {
      if index.isMultiple(of: 3) { evil.begin(epoch: UInt64(index) + 1) }
      let segment = try evil.sealed([op(index)])
      #expect(try one.apply([segment.encoded], from: "evil").applied == 1)
      if index.isMultiple(of: 7) { evil.goOn(after: segment) }
    }
  }

  /// Every head was said, none in a message with too many, and no segment came twice.
  @discardableResult
  private func call(_ client: Workspace, _ server: SyncServer) throws -> (tips: Int, segments: Int)
  {
    var given: [[UInt8]] = []
    var tips = 0
    try TestMachine.call(client, server, tipsMax: Self.tipsMax) { _, offer in
      #expect(offer.tips.count <= Self.tipsMax)
      tips += offer.tips.count
      given += offer.segments
      return try SyncOffer(encoded: offer.encoded)
    }
    #expect(Set(given).count == given.count)
    #expect(try client.headsDigest() == server.workspace.headsDigest())
    #expect(try client.stateHash() == server.workspace.stateHash())
    return (tips, given.count)
  }

  @Test("pages of heads are all heads, in whatever portions") func pages() throws {
    var one = self
    try one.flood(team.hub, 0..<100)
    let all = try team.hub.heads()
    for limit in [1, 7, 100, 1000] {
      var told: [Head] = []
      var page = try team.hub.heads(after: 0, limit: limit)
      while true {
        #expect(page.heads.count <= limit)
        told += page.heads
        if page.isLast { break }
        page = try team.hub.heads(after: page.end, limit: limit)
      }
      #expect(told.sorted() == all)
    }
  }

  @Test("from a hub, to a colleague, to one who was never there; and then nothing is said twice")
  func told() throws {
    var one = self
    try one.flood(team.hub, 0..<120)
    let server = SyncServer(workspace: team.hub, tipsMax: Self.tipsMax)
    try call(team.ana, server)
    // They parted as equals: only what is new is said.
    #expect(try call(team.ana, server) == (0, 0))
    try one.flood(team.hub, 120..<123)
    #expect(try call(team.ana, server).segments == 3)
    let laptop = try team.clone("cy")
    try team.hub.admit(laptop)
    try call(laptop, server)
    #expect(try laptop.run(run).tags == team.hub.run(run).tags)
  }

  @Test("both hold many that the other lacks, and people go on writing") func bothWays() throws {
    var one = self
    try one.flood(team.ana, 0..<90)
    try one.flood(team.hub, 90..<180)
    try team.ana.record("a", points: 20)
    try team.hub.record("h", points: 20)
    let server = SyncServer(workspace: team.hub, tipsMax: Self.tipsMax)
    try call(team.ana, server)
    try one.flood(team.bo, 180..<230)
    try call(team.bo, server)
    try call(team.ana, server)
    let discord = try TestMachine.discord(team.members)
    #expect(discord == [])
  }

  @Test("a peer that claims heads without end is not remembered without end") func claims() throws {
    var session = SyncSession(agreed: [], tipsMax: Self.tipsMax)
    let real = try team.hub.heads()
    for round in 0..<50 {
      var offer = SyncOffer(digest: try team.ana.headsDigest())
      offer.addsTips = round > 0
      offer.hasMoreTips = true
      offer.tips = (0..<1000).map { index in
        var hash = [UInt8](repeating: UInt8(round), count: 32)
        (hash[0], hash[1]) = (UInt8(index % 256), UInt8(index / 256))
        return Head(
          log: LogID(device: team.bo.deviceKey, epoch: UInt64(index)), number: 1,
          hash: SegmentHash(bytes: hash)!)
      }
      offer.tips += real
      #expect(try Exchange.hear(offer, session: &session, at: team.hub) == .take)
      #expect(try session.peerHeads.count <= team.hub.headsBound() + Self.tipsMax)
    }
    #expect(Set(session.peerHeads) == Set(real))
  }
}
