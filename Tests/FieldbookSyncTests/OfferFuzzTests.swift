import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@testable import FieldbookSync

@Suite("Offers as bytes") struct OfferFuzzTests {
  private func sample() throws -> (Team, [UInt8]) {
    let team = try Team(["hub", "ana"])
    try team.ana.record("a1", points: 20)
    var session = SyncSession(agreed: try team.hub.heads())
    return (
      team,
      try Exchange.offer(
        from: team.ana, upTo: nil, session: &session, answering: [], withSegments: true
      ).offer.encoded
    )
  }

  @Test("cut anywhere, an offer does not read") func truncation() throws {
    let (_, bytes) = try sample()
    #expect(try SyncOffer(encoded: bytes).encoded == bytes)
    for cut in bytes.cuts {
      #expect(throws: DecodingFailure.self) { try SyncOffer(encoded: Array(cut)) }
    }
  }

  @Test("with any byte altered, the state of who takes it in is the old one or the true new one")
  func alteration() throws {
    let (team, bytes) = try sample()
    let (hub, ana) = (team.hub, team.ana)
    let before = try hub.stateHash()
    let server = SyncServer(workspace: hub)
    let session = try server.admit(ana)
    let target = try ana.stateHash()
    for altered in bytes.alterations(0x40) {
      guard let offer = try? SyncOffer(encoded: altered) else { continue }
      _ = try? server.exchange(session: session, peer: ana.deviceKey, offer)
      let now = try hub.stateHash()
      #expect(now == before || now == target)
    }
  }

  @Test("declared sizes are not believed") func bombs() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...200, using: &generator)
      var bytes = Array("FBX1".utf8)
      for _ in 0..<count { bytes.append(UInt8(truncatingIfNeeded: generator.next())) }
      _ = try? SyncOffer(encoded: bytes)
    }
  }
}
