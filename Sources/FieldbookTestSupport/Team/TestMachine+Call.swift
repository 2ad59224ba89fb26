import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

extension TestMachine {
  /// Whose message it is.
  package enum Leg { case asking, answering }

  /// A sync as two programs do it: a proof, then offers in both directions, byte by byte the real messages. Only the socket is
  /// missing.
  ///
  /// - Parameters:
  ///   - tipsMax: heads of one message of the caller.
  ///   - carrying: makes of a message what arrives; throws where nothing does.
  /// - Returns: the rounds, and how many there were.
  @discardableResult
  package static func call(
    _ client: Workspace, _ server: SyncServer, tipsMax: Int = SyncLimits.tips,
    carrying: (Leg, SyncOffer) throws -> SyncOffer = { try SyncOffer(encoded: $1.encoded) }
  ) throws -> (rounds: ExchangeRounds, count: Int) {
    let session = try server.admit(client)
    let key = server.workspace.deviceKey
    var rounds = ExchangeRounds(
      workspace: client, peer: key, goal: try client.goal(),
      session: SyncSession(agreed: try client.peerState(key), tipsMax: tipsMax))
    for count in 1...100_000 {
      let asked = try carrying(.asking, rounds.offer())
      let answer = try server.exchange(session: session, peer: client.deviceKey, asked)
      guard try rounds.take(carrying(.answering, answer)) else { continue }
      try client.agree(with: key, on: rounds.session.peerHeads, digest: rounds.theirDigest)
      return (rounds, count)
    }
    throw TestFailure("an exchange does not end")
  }
}
