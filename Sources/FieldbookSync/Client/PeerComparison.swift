import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// How the segments of a peer differ from those here. Nothing is exchanged.
package struct PeerComparison: Sendable {
  package var peer: String
  package var onlyHere: [SegmentHash]
  package var onlyThere: [SegmentHash]
  /// Both say, as long as they are compared, that they hold the same.
  package var haveEqualHeads: Bool

  /// What one says that it holds and does not: no sync would find that out.
  package var isDamage: Bool { haveEqualHeads && !(onlyHere.isEmpty && onlyThere.isEmpty) }
}

extension SyncClient {
  package static func compare(_ workspace: Workspace, remote: Workspace.Remote) async throws
    -> PeerComparison
  {
    let connection = try PeerConnection(remote: remote, workspace: workspace)
    do {
      try await connection.prove(pin: remote.pin)
      let (segments, digest) = try workspace.sealed()
      var comparison = HashComparison(segments)
      var areEqual = true
      while let question = comparison.question() {
        let (told, answers) = try await connection.compare(question)
        areEqual = areEqual && told == digest
        try comparison.take(answers)
      }
      await connection.close()
      return PeerComparison(
        peer: remote.name, onlyHere: comparison.onlyHere, onlyThere: comparison.onlyThere,
        haveEqualHeads: areEqual)
    } catch {
      await connection.close()
      throw error
    }
  }
}
