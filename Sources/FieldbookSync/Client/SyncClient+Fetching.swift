import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace

extension SyncClient {
  /// Brings contents and snapshots that are known and not here, whatever this replica's policy. What the remote does not have
  /// either stays away.
  package static func fetch(
    _ workspace: Workspace, remote: Workspace.Remote, contents: [(ContentDigest, Int64)],
    snapshots: [(run: String, commit: GitObjectID)]
  ) async throws {
    let connection = try PeerConnection(remote: remote, workspace: workspace)
    do {
      try await connection.prove(pin: remote.pin)
      _ = try await SnapshotTransfer.fetch(snapshots, workspace, connection)
      try await fetchObjects(contents, workspace, connection)
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }
}
