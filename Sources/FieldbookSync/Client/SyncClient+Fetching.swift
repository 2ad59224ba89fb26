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
    try await meet(workspace, remote) { connection in
      _ = try await SnapshotTransfer.fetch(snapshots, workspace, connection)
      let away = try await fetchObjects(contents, workspace, connection)
      if away > 0 { throw SyncFailure.contentsAway(away) }
    }
  }
}
