import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// An exchange ends, whatever is given and cannot be taken in.
@Suite("The end of an exchange")
struct ExchangeEndTests {
  @Test("segments and points that go on waiting for something do not keep it going")
  func waiting() throws {
    let team = try Team(["hub", "ana"])
    for index in 0..<3 {
      try team.hub.record("r\(index)", points: 50)
      try team.hub.seal()
    }
    let server = SyncServer(workspace: team.hub)
    let session = try server.admit(team.ana)
    var rounds = ExchangeRounds(
      workspace: team.ana, peer: team.hub.deviceKey, goal: try team.ana.goal(),
      session: SyncSession(agreed: try team.ana.peerState(team.hub.deviceKey)))
    var messages = 0
    var given = 0
    while messages < 50 {
      messages += 1
      var told = try server.exchange(
        session: session, peer: team.ana.deviceKey, rounds.offer())
      // The one that the others stand on never comes.
      if !told.segments.isEmpty { told.segments.removeFirst() }
      given += told.segments.count
      if try rounds.take(told) { break }
    }
    #expect(given > 0)
    #expect(messages < 10)
  }

  @Test("a laptop that recorded before it was let in takes everything in, and gives what it has")
  func earlyWriter() throws {
    let team = try Team(["hub", "ana"])
    try team.ana.record("of ana", points: 5)
    try TestMachine.quiesce(team.members)
    let bo = try team.clone("bo")
    try bo.record("early", points: 5)
    try bo.seal()
    try team.hub.admit(bo)
    try TestMachine.quiesce([team.hub, team.ana, bo])
    #expect(Set(try [team.hub, team.ana, bo].map { try $0.stateHash() }).count == 1)
    for one in [team.hub, team.ana, bo] {
      #expect(try one.runs(RunQuery()).items.count == 2)
    }
  }
}
