import FieldbookModel
import FieldbookRepository
import FieldbookSync
import FieldbookWorkspace

/// Brings what is known and not here from the first remote that has it.
enum Fetching {
  /// Afterwards all of it is here, or as much as anybody who can be reached has.
  ///
  /// - Parameter run: its snapshot.
  /// - Returns: why what is still not here is not: a line for each remote.
  static func bring(
    _ artifacts: [Artifact], snapshotOf run: RunID? = nil, to workspace: Workspace,
    _ console: Console
  ) async throws -> [String] {
    let contents = Dictionary(
      artifacts.map { ($0.digest, $0.byteCount) }, uniquingKeysWith: { max($0, $1) })
    func missing() throws -> (
      contents: [(ContentDigest, Int64)], snapshots: [(run: String, commit: GitObjectID)]
    ) {
      (
        contents.filter { !workspace.contentStore.contains($0.key) }
          .map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 },
        try run.map { run in try workspace.lackingSnapshots().filter { $0.run == run.hex } } ?? []
      )
    }
    var reasons: [String] = []
    for remote in try workspace.remotes() where SyncTargets.canAnswer(remote.url) {
      let (contents, snapshots) = try missing()
      guard !(contents.isEmpty && snapshots.isEmpty) else { return [] }
      let bytes = contents.reduce(0) { $0 + $1.1 }
      let what = [
        snapshots.isEmpty ? nil : "the snapshot",
        contents.isEmpty
          ? nil : "\(Wording.count(contents.count, "file")), \(Wording.bytes(bytes))",
      ].compactMap { $0 }.joined(separator: " and ")
      console.status(Phrase("fetching \(what) from \(remote.name)"))
      do {
        try await SyncClient.fetch(
          workspace, remote: remote, contents: contents, snapshots: snapshots)
        reasons.append("\(remote.name) has not got it")
      } catch let failure as any Failure {
        reasons.append("\(remote.name): \(failure.message)")
      }
    }
    let left = try missing()
    return left.contents.isEmpty && left.snapshots.isEmpty ? [] : reasons
  }
}

extension Fetching {
  /// Brings a run's snapshot and these files of it. Files that nobody has stay away.
  ///
  /// - Throws: `NotFetched` if the snapshot is not to be had; `SnapshotFailure` if there never was one.
  static func bringSnapshot(
    of run: RunID, with files: (Artifact) -> Bool, to workspace: Workspace, _ console: Console
  ) async throws {
    let commit = try workspace.snapshotCommit(of: run)
    let reasons = try await bring(
      workspace.artifacts(run).filter(files), snapshotOf: run, to: workspace, console)
    guard try workspace.lackingSnapshots().contains(where: { $0.run == run.hex }) else { return }
    throw NotFetched(
      what: "the snapshot \(ShortIDs.one(commit.hex))", device: try workspace.run(run).device,
      isOwn: try Fetching.isOwn(run, workspace), reasons: reasons)
  }
}

extension Fetching {
  /// Brings all of a run: its files, and its snapshot if it names one.
  ///
  /// - Throws: `NotFetched` with what is to be had nowhere.
  static func bringAll(of run: RunID, to workspace: Workspace, _ console: Console) async throws {
    let reasons = try await bring(
      workspace.artifacts(run), snapshotOf: run, to: workspace, console)
    var missing = try workspace.artifacts(run).filter { !$0.isHere }.map(\.path)
    if try workspace.lackingSnapshots().contains(where: { $0.run == run.hex }) {
      missing.insert("its code", at: 0)
    }
    guard !missing.isEmpty else { return }
    let rest = missing.count > 3 ? ", and \(Wording.count(missing.count - 3, "file")) more" : ""
    throw NotFetched(
      what: missing.prefix(3).joined(separator: ", ") + rest, isOne: missing.count == 1,
      device: try workspace.run(run).device,
      isOwn: try Fetching.isOwn(run, workspace), reasons: reasons,
      without: "--no-fetch")
  }
}

extension Fetching {
  /// True if this device alone can have recorded it: several may have one name.
  static func isOwn(_ run: RunID, _ workspace: Workspace) throws -> Bool {
    let name = try workspace.run(run).device
    return try workspace.devices().filter { $0.name == name }.map(\.isSelf) == [true]
  }
}

struct NotFetched: Failure, Equatable {
  var what: String
  var isOne = true
  /// Which recorded the run.
  var device: String
  /// It was this one.
  var isOwn: Bool
  var reasons: [String]
  /// The option that goes on without it; nil where there is none.
  var without: String?

  var message: String {
    "\(what) \(isOne ? "is" : "are") known, and not on this replica"
      + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))
  }

  var hint: String {
    (isOwn
      ? "it was recorded here and is lost, see: fieldbook doctor; "
      : "\(device) recorded the run and should have it; ")
      + (reasons.isEmpty
        ? "name a peer: fieldbook remote add NAME URL"
        : "try again when it has synced, or a peer that has it can be reached")
      + (without.map { "; to go on without: \($0)" } ?? "")
  }
}
