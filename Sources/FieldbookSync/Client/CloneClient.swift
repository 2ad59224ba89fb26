import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Makes a new replica of an existing workspace.
package enum CloneClient {
  /// From a hub or another peer, with a code. What it made is removed again if it does not succeed.
  package static func clone(
    url: String, code text: String, into dir: String, device: String, owner: String,
    environment: WorkspaceEnvironment
  ) async throws -> (workspace: Workspace, report: SyncReport) {
    let code = try InviteCode(text)
    _ = try PeerConnection.checked(url)
    guard code.expires.milliseconds > environment.now() else { throw SyncFailure.codeExpired }
    let stood = FileManager.default.fileExists(atPath: dir)
    let workspace = try Workspace.createClone(
      in: dir, workspaceID: code.workspace, name: "workspace", device: device, owner: owner,
      environment: environment)
    do {
      let (issuer, _) = try await Enrolment.redeem(code, at: url, for: workspace)
      try workspace.addRemote(name: "origin", url: url)
      try workspace.pin(issuer, remote: "origin")
      let report = try await SyncClient.sync(workspace, remote: workspace.remote("origin"))
      return (workspace, report)
    } catch {
      discard(workspace, andFolder: !stood)
      throw error
    }
  }

  /// From a replica's folder on this machine: the clone is pending until a code lets it in.
  package static func clone(
    folder: String, into dir: String, device: String, owner: String,
    environment: WorkspaceEnvironment
  ) throws -> Workspace {
    let source = try Workspace.open(folder, environment: environment)
    defer { try? source.close() }
    _ = try source.heads()
    return try make(source.id, source.name, dir, device, owner, environment, origin: folder) {
      workspace in
      var cursor: Int64?
      repeat {
        let batch = try source.segments(notIn: [], maxBytes: SyncLimits.windowBytes, after: cursor)
        let report = try workspace.apply(batch.segments, from: folder)
        if let refusal = report.refused.first { throw SyncFailure.refusedSegment(refusal.reason) }
        try workspace.putChunkPayloads(source.chunkPayloads(of: batch.segments.map(\.hash)))
        cursor = batch.cursor
      } while cursor != nil
      for (digest, _) in try workspace.missingArtifacts(limit: .max) {
        if let path = source.contentStore.path(of: digest) {
          _ = try workspace.contentStore.put(file: path)
        }
      }
    }
  }

  /// From a bundle: pending, too.
  package static func clone(
    bundle: String, into dir: String, device: String, owner: String,
    environment: WorkspaceEnvironment
  ) throws -> Workspace {
    let contents = try BundleFile.verify(bundle)
    return try make(
      contents.workspace, contents.name, dir, device, owner, environment, origin: bundle
    ) { workspace in
      _ = try BundleFile.apply(bundle, to: workspace)
    }
  }

  private static func make(
    _ id: WorkspaceID, _ name: String, _ dir: String, _ device: String, _ owner: String,
    _ environment: WorkspaceEnvironment, origin: String, fill: (Workspace) throws -> Void
  ) throws -> Workspace {
    let stood = FileManager.default.fileExists(atPath: dir)
    let workspace = try Workspace.createClone(
      in: dir, workspaceID: id, name: name, device: device, owner: owner, environment: environment)
    do {
      try fill(workspace)
      try workspace.addRemote(name: "origin", url: origin)
      return workspace
    } catch {
      discard(workspace, andFolder: !stood)
      throw error
    }
  }

  /// Takes away what a clone that failed has made, and nothing else.
  private static func discard(_ workspace: Workspace, andFolder: Bool) {
    try? workspace.close()
    try? FileManager.default.removeItem(atPath: andFolder ? workspace.dir : workspace.folder)
  }
}
