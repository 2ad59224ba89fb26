import Cgit2
import FieldbookModel

/// Commits that hold runs' artifacts beside their snapshots, for git's clients: what the log says of artifacts, as pointers of Git LFS.
///
/// A run's is `refs/fieldbook/artifacts/<run id>`: the snapshot's tree, with `artifacts/` in it and the snapshot as its parent. It is made
/// when somebody asks, and made anew when the log says something else.
package struct ArtifactCommits: Sendable {
  /// What the log says of one run.
  package struct Draft: Sendable {
    /// Its snapshot, if that is here whole.
    package var snapshot: GitObjectID?
    package var author: String
    package var address: String
    package var time: Timestamp
    /// By path, without those that are the snapshot's own.
    package var files: [String: FilePointer]

    package init(
      snapshot: GitObjectID?, author: String, address: String, time: Timestamp,
      files: [String: FilePointer]
    ) {
      self.snapshot = snapshot
      self.author = author
      self.address = address
      self.time = time
      self.files = files
    }
  }

  package static let prefix = "refs/fieldbook/artifacts/"
  private static let folder = "artifacts"
  private static let journal = "artifacts"

  private let bare: BareRepository

  package init(_ bare: BareRepository) { self.bare = bare }

  /// Makes these runs' commits; of a run without artifacts there is none.
  ///
  /// - Parameters:
  ///   - isAll: there are no others: references of other runs are taken away.
  ///   - draft: nil for a run that is not here.
  package func write(_ runs: [RunID], isAll: Bool, draft: (RunID) throws -> Draft?) throws {
    try bare.withRepository { repository in
      let writing = try DerivedCommits(bare, repository, journal: ArtifactCommits.journal)
      var made: [String: GitObjectID?] = [:]
      for run in runs {
        made[run.hex] = .some(try draft(run).flatMap { try add($0, of: run, writing) })
      }
      try writing.finish()
      if isAll {
        for run in try bare.references(below: ArtifactCommits.prefix, repository).keys
        where made[run] == nil { made[run] = .some(nil) }
      }
      for (run, commit) in made { try writing.point(ArtifactCommits.prefix + run, to: commit) }
    }
  }

  private func add(_ draft: Draft, of run: RunID, _ writing: DerivedCommits) throws
    -> GitObjectID?
  {
    let names = DerivedCommits.placed(draft.files.keys).filter { path in
      // Git would read it as its own.
      !TreePath(path).name.elementsEqual(LargeFileAttributes.name.utf8)
    }
    guard !names.isEmpty else { return nil }
    var entries: [(path: TreePath, entry: TreeEntry)] = []
    var attributes: [UInt8] = []
    for one in draft.snapshot.map(writing.top) ?? [] {
      if one.path == TreePath(LargeFileAttributes.name) {
        attributes = writing.read(one.entry.object) ?? []
      } else if one.path != TreePath(ArtifactCommits.folder) {
        entries.append((one.path, one.entry))
      }
    }
    let paths = names.map { TreePath(ArtifactCommits.folder).appending($0.utf8) }
    for (name, path) in zip(names, paths) {
      guard let pointer = draft.files[name] else { continue }
      entries.append((path, TreeEntry(.file, try writing.blob(pointer.text))))
    }
    attributes += LargeFileAttributes.text(paths)
    let text = String(decoding: attributes, as: UTF8.self)
    let hasSnapshot = entries.count > paths.count
    entries.append((TreePath(LargeFileAttributes.name), TreeEntry(.file, try writing.blob(text))))
    let left = draft.files.keys.filter { !names.contains($0) }.sorted()
    let note =
      left.isEmpty ? "" : "\nLeft out, as names that git keeps for itself or cannot place:\n"
    return try writing.commit(
      entries, after: hasSnapshot ? draft.snapshot : nil,
      by: .init(name: draft.author, address: draft.address, time: draft.time),
      saying: (hasSnapshot ? "the snapshot, and " : "") + "\(Amount.of(paths.count, "artifact"))\n"
        + note
        + left.map { TreePath($0).shown + "\n" }.joined() + "\nRun: \(run.hex)\n")
  }

  /// Takes all of them off the disk, with all that was ever written for them. Who asks has them made again.
  package func forget() throws {
    guard let repository = try bare.open() else { return }
    defer { git_repository_free(repository) }
    let known = try bare.references(below: ArtifactCommits.prefix, repository)
    let before = bare.reached(
      from: known.values, try ObjectDatabase(repository, path: bare.path))
    let writing = try DerivedCommits(bare, repository, journal: ArtifactCommits.journal)
    for run in known.keys { try writing.point(ArtifactCommits.prefix + run, to: nil) }
    try DerivedJournal(bare, name: ArtifactCommits.journal).forget(before)
  }
}
