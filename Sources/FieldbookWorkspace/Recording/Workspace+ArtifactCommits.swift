import FieldbookModel
import FieldbookRepository

/// Runs' artifacts as commits that any git reads.
extension Workspace {
  /// Makes the commits of these runs be what the log says; a run that is not here has none.
  ///
  /// - Parameter runs: nil for all.
  package func refreshArtifactCommits(of runs: [RunID]?) throws {
    let asked = try runs ?? runsWithArtifacts()
    guard !asked.isEmpty || runs == nil else { return }
    let here = try snapshots.bare.runs()
    try ArtifactCommits(snapshots.bare).write(asked, isAll: runs == nil) { run in
      try artifactDraft(run, snapshots: here)
    }
  }

  /// Takes off the disk what the commits said and the log says no more.
  func forgetPurgedArtifacts() throws { try ArtifactCommits(snapshots.bare).forget() }

  private func runsWithArtifacts() throws -> [RunID] {
    try entitiesWithArtifacts().filter { $0.kind == .run }.map { RunID($0.key) }
  }

  private func artifactDraft(_ id: RunID, snapshots: [String: GitObjectID]) throws
    -> ArtifactCommits.Draft?
  {
    let run: Run
    do { run = try self.run(id) } catch WorkspaceFailure.notFound { return nil }
    var files: [String: FilePointer] = [:]
    for artifact in run.artifacts where !artifact.isCode {
      files[artifact.path] = FilePointer(digest: artifact.digest, byteCount: artifact.byteCount)
    }
    let named = run.environment["snapshot"]
    return ArtifactCommits.Draft(
      snapshot: snapshots[id.hex].flatMap { $0.hex == named ? $0 : nil },
      author: run.user ?? run.device, address: run.device, time: run.startTime, files: files)
  }
}
