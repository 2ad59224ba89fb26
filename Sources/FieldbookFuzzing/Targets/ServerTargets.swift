import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace
import Synchronization

extension FuzzTarget {
  /// What an enrolled peer can ask of a hub.
  static let server: [FuzzTarget] = [
    FuzzTarget(
      "exchange", maxBytes: 8192, rounds: 200, seeds: try offers(),
      body: { try Asked.play(try SyncOffer(encoded: $0)) })
  ]
}

/// A hub and the proved session of a laptop; what is given stays, so after some rounds it is made
/// anew.
private struct Asked {
  private static let rounds = 200
  private static let current = Mutex<(asked: Asked, left: Int)?>(nil)

  private let samples: Samples
  private let server: SyncServer
  private let session: String

  private init() throws {
    samples = try Samples()
    server = SyncServer(workspace: samples.team.hub)
    session = try server.admit(samples.team.ana)
  }

  static func play(_ offer: SyncOffer) throws {
    try current.withLock { current in
      if (current?.left ?? 0) == 0 { current = (try Asked(), rounds) }
      current?.left -= 1
      try current?.asked.play(offer)
    }
  }

  private func play(_ offer: SyncOffer) throws {
    let answer: SyncOffer
    do {
      answer = try server.exchange(
        session: session, peer: samples.team.ana.deviceKey, offer)
    } catch is SyncRefusal {
      return
    } catch is any Failure {
      return
    } catch {
      throw BrokenPromise("exchange: neither answered nor refused: \(error)")
    }
    try promise(
      answer.encoded.count <= SyncLimits.messageBytes, "exchange: the answer is too large")
    try promise(
      (try? SyncOffer(encoded: answer.encoded)) == answer, "exchange: the answer does not read")
  }
}
