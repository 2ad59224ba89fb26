import FieldbookModel
import FieldbookRepository

/// The code, config and environment of a run, as a commit of the replica's git repository.
extension Workspace {
  /// Takes a snapshot and writes down which it is: what the run's field names is on disk before.
  ///
  /// Large files of it are files of the run as well, below `code/`, so that they travel and are kept as those are.
  package func takeSnapshot(
    of run: RunID, _ draft: SnapshotDraft, rest: (FolderSnapshot?) -> SnapshotDraft.Rest
  ) throws -> (commit: GitObjectID, folder: FolderSnapshot?) {
    let taken = try snapshots.take(draft, rest: rest)
    var fields: [(FieldName, FieldValue?)] = [(.environment("snapshot"), .text(taken.commit.hex))]
    for file in taken.folder?.large ?? [] {
      guard let path = file.path.exactText else { continue }
      // Somebody wanted these bytes to be nowhere.
      if try store.inspect({ try $0.isPurged(file.digest) }) {
        try? contentStore.remove(file.digest)
        continue
      }
      let coded = ArtifactCoding.encode(file.digest, byteCount: file.byteCount)
      fields.append((.artifact(Workspace.codeFolder + path), .text(coded)))
    }
    try change(run.key, .person, fields)
    return taken
  }

  package static let codeFolder = "code/"

  /// - Throws: `SnapshotFailure.noSnapshot`.
  package func snapshotCommit(of run: RunID) throws -> GitObjectID {
    let found = try self.run(run)
    guard let commit = found.environment["snapshot"].flatMap(GitObjectID.init(hex:)) else {
      throw SnapshotFailure.noSnapshot(found.name)
    }
    return commit
  }

  /// Writes a run's snapshot into a folder that is not there yet, or empty.
  package func checkout(_ run: RunID, to folder: String) throws -> CheckoutReport {
    var large: [TreePath: ContentDigest] = [:]
    for artifact in try artifacts(run) where artifact.isCode {
      large[TreePath(artifact.path)] = artifact.digest
    }
    return try snapshots.checkout(try snapshotCommit(of: run), to: folder, contents: large)
  }

  /// After something was taken away from what is here.
  func forgetLackingSnapshots() { lackingCode.withLock { $0 = nil } }

  /// Snapshots that runs name and that are not here whole. All runs are looked through only when the log has grown.
  package func lackingSnapshots() throws -> [(run: String, commit: GitObjectID)] {
    let moment = try store.inspect { try $0.moment() }
    let known = lackingCode.withLock { $0 }
    let named: [(run: String, commit: GitObjectID)]
    if let known, known.moment == moment {
      named = known.missing
    } else {
      named = try store.inspect { try $0.namedSnapshots() }.compactMap { one in
        GitObjectID(hex: one.commit).map { (one.run.hex, $0) }
      }
    }
    guard !named.isEmpty else { return [] }
    let here = try snapshots.bare.runs()
    let missing = named.filter { here[$0.run] != $0.commit }
    lackingCode.withLock { $0 = (moment, missing) }
    return missing
  }
}

extension Artifact {
  /// A large file of the run's snapshot, of which git holds a pointer.
  package var isCode: Bool { path.hasPrefix(Workspace.codeFolder) }
}
