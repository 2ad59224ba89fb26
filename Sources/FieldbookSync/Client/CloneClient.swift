import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Makes a new replica of an existing workspace.
package enum CloneClient {
  /// From a hub or another peer, with a code.
  ///
  /// What it made is removed again if it does not succeed, unless the code may be spent by then: the device that it
  /// was spent on is kept, and the same call with the same code goes on with it.
  package static func clone(
    url: String, code text: String, into dir: String, device: String, owner: String,
    environment: WorkspaceEnvironment
  ) async throws -> (workspace: Workspace, report: SyncReport) {
    let code = try InviteCode(text)
    _ = try PeerAddress(url)
    guard code.expires.milliseconds > environment.now() else { throw SyncFailure.codeExpired }
    let stood = FileManager.default.fileExists(atPath: dir)
    let begun = try unfinished(dir, code, environment)
    let workspace =
      try begun
      ?? Workspace.createClone(
        in: dir, workspaceID: code.workspace, name: "workspace", device: device, owner: owner,
        environment: environment)
    let issuer: Enrolment.Issuer
    do {
      // Before the code is sent: who is killed while the issuer spends it must be able to go on, too.
      try markUnfinished(workspace)
      issuer = try await Enrolment.redeem(code, at: url, for: workspace)
    } catch SyncFailure.enrolmentUnanswered(_, let reason) {
      try? workspace.close()
      throw CloneInterrupted(reason: "\(url) did not answer: \(reason)", dir: dir)
    } catch {
      if begun == nil { discard(workspace, andFolder: !stood) } else { try? workspace.close() }
      throw error
    }
    // From here on the code is spent on this device.
    do {
      let report = try await SyncClient.sync(workspace, remote: origin(workspace, url, issuer))
      try FileManager.default.removeItem(atPath: unfinishedMark(workspace.folder))
      return (workspace, report)
    } catch {
      try? workspace.close()
      throw CloneInterrupted(
        reason: (error as? any Failure)?.message ?? "it was stopped", dir: dir)
    }
  }

  /// The remote `origin`, which is whoever let this replica in.
  package static func origin(
    _ workspace: Workspace, _ url: String, _ issuer: Enrolment.Issuer
  ) throws -> Workspace.Remote {
    let known = try workspace.remotes().first { $0.name == "origin" }
    if known?.url != url {
      if known != nil { try workspace.removeRemote(name: "origin") }
      try workspace.addRemote(name: "origin", url: url)
    }
    try workspace.pin(issuer.device, remote: "origin")
    if let certificate = issuer.certificate { try workspace.pin(certificate, remote: "origin") }
    return try workspace.remote("origin")
  }

  /// A clone of this code's workspace that was let in, or may have been, and then broke off.
  private static func unfinished(
    _ dir: String, _ code: InviteCode, _ environment: WorkspaceEnvironment
  ) throws -> Workspace? {
    guard FileManager.default.fileExists(atPath: unfinishedMark(dir + "/.fieldbook")) else {
      return nil
    }
    let workspace = try Workspace.open(dir, environment: environment)
    guard workspace.id == code.workspace else {
      try? workspace.close()
      throw SyncFailure.codeForOther(code.workspace)
    }
    return workspace
  }

  private static func markUnfinished(_ workspace: Workspace) throws {
    let mark = unfinishedMark(workspace.folder)
    guard FileManager.default.createFile(atPath: mark, contents: nil) else {
      throw SyncFailure.cannotWrite(path: mark, reason: "it could not be made")
    }
  }

  private static func unfinishedMark(_ folder: String) -> String { folder + "/unfinished-clone" }

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
      var outbox = try source.outbox(notIn: [])
      while !outbox.isEmpty {
        let segments = try source.window(&outbox, maxBytes: SyncLimits.windowBytes)
        let report = try workspace.apply(segments, from: folder)
        if let refusal = report.refused.first { throw SyncFailure.refusedSegment(refusal.reason) }
        try workspace.putChunkPayloads(source.chunkPayloads(of: segments.map(\.hash)))
      }
      for (digest, _) in try workspace.wantedArtifacts(limit: .max) {
        _ = try workspace.contentStore.take(digest, from: source.contentStore)
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

/// A clone that broke off after its code was spent.
package struct CloneInterrupted: Failure, Equatable {
  package let reason: String
  package let dir: String

  package var message: String { "the clone broke off: \(reason)" }
  package var hint: String {
    "the code is kept for \(dir): run the same command again, and it goes on"
  }
}
