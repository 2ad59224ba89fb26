import Cgit2
import Crypto
import FieldbookModel
import Foundation

/// The replica's git repository: one commit a run.
///
/// A run's snapshot is `refs/fieldbook/runs/<run id>`. The reference is made last: if it is there, so is all that it
/// reaches.
package final class SnapshotRepository: Sendable {
  package let bare: BareRepository
  let contents: ContentStore
  /// Loose references beyond which they are put into one file.
  private static let looseMax = 1024

  package init(path: String, contents: ContentStore) {
    bare = BareRepository(path)
    self.contents = contents
  }

  package static func reference(_ run: String) -> String { "refs/fieldbook/runs/" + run }

  // MARK: Writing

  /// - Parameter rest: what lies beside the code, and the commit's message, once it is known what was taken.
  /// - Returns: the commit; safe from a power cut.
  package func take(_ draft: SnapshotDraft, rest: (FolderSnapshot?) -> SnapshotDraft.Rest) throws
    -> (commit: GitObjectID, folder: FolderSnapshot?)
  {
    try bare.withRepository { repository in
      let writer = try ObjectWriter(repository, path: bare.path)
      var reader: FolderReader?
      var folder: FolderSnapshot?
      switch draft.code {
      case .folder(let listing):
        var reading = FolderReader(
          limits: draft.limits, contents: contents, writer: writer,
          cache: StatCache(try cacheFile(of: listing.root)), secret: draft.secret)
        folder = try reading.read(listing)
        folder?.patch = reading.patch(listing)
        reader = reading
      case .asIn(let origin, let large): folder = try bare.code(of: origin, large: large)
      case nil: break
      }
      let rest = rest(folder)
      let commit = try commit(draft, rest, folder, writer)
      try writer.finish()
      reader?.keepCache()
      try refer(repository, to: commit, by: SnapshotRepository.reference(draft.run))
      return (commit, folder)
    }
  }

  private func commit(
    _ draft: SnapshotDraft, _ rest: SnapshotDraft.Rest, _ folder: FolderSnapshot?,
    _ writer: ObjectWriter
  ) throws -> GitObjectID {
    let beside = try rest.files.map { ($0.path, TreeEntry(.file, try writer.blob($0.bytes))) }
    var top: [(name: [UInt8], entry: TreeEntry)] = []
    if let folder {
      top.append((Array("code".utf8), TreeEntry(.folder, folder.tree)))
      if let patch = folder.patch {
        let text = TreeEntry(.file, try writer.blob(patch.text))
        top.append((Array(CommitPatch.name.utf8), text))
      }
      if !folder.large.isEmpty {
        let paths = folder.large.map { TreePath("code").appending($0.path.bytes) }
        let attributes = try writer.blob(LargeFileAttributes.text(paths))
        top.append((Array(LargeFileAttributes.name.utf8), TreeEntry(.file, attributes)))
      }
    }
    for (name, entries) in Dictionary(grouping: beside, by: { Array($0.0.names[0]) }) {
      if entries.count == 1, entries[0].0.names.count == 1 {
        top.append((name, entries[0].1))
      } else {
        let below = entries.map { path, entry in
          (TreePath(bytes: Array(path.bytes.dropFirst(name.count + 1))), entry)
        }
        top.append((name, TreeEntry(.folder, try writer.tree(below))))
      }
    }
    let tree = try writer.folder(top)
    let person =
      SnapshotDraft.line(draft.author) + " <" + SnapshotDraft.line(draft.address) + "> "
      + "\(draft.time.milliseconds / 1000) +0000"
    let text = "tree \(tree.hex)\nauthor \(person)\ncommitter \(person)\n\n\(rest.message)"
    return try writer.add(GIT_OBJECT_COMMIT, Array(text.utf8))
  }

  /// Names snapshots again whose references were lost, and whose objects are here.
  package func restore(_ references: [String: GitObjectID]) throws {
    try bare.withRepository { repository in
      for (run, commit) in references {
        try refer(repository, to: commit, by: SnapshotRepository.reference(run))
      }
    }
  }

  private func refer(_ repository: OpaquePointer, to commit: GitObjectID, by name: String) throws {
    var id = commit.raw
    var reference: OpaquePointer?
    if git_reference_create(&reference, repository, name, &id, 0, nil) != 0 {
      let reason = bare.failure("make \(name)")
      var known = git_oid()
      // Another process may have been quicker.
      guard git_reference_name_to_id(&known, repository, name) == 0, GitObjectID(known) == commit
      else { throw reason }
    }
    git_reference_free(reference)
    let loose = try? FileManager.default.contentsOfDirectory(
      atPath: bare.path + "/refs/fieldbook/runs")
    guard let loose, loose.count > SnapshotRepository.looseMax else { return }
    var database: OpaquePointer?
    guard git_repository_refdb(&database, repository) == 0 else { return }
    // Another process may be at it.
    _ = git_refdb_compress(database)
    git_refdb_free(database)
  }

  /// One for each folder that snapshots were taken of.
  private func cacheFile(of root: String) throws -> String {
    let folder = bare.path + "/fieldbook"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw GitFailure.failed(folder, doing: "make it", reason: SystemReason.words(error))
    }
    return folder + "/index-" + Hex.encode(Array(SHA256.hash(data: Data(root.utf8))).prefix(8))
  }
}
