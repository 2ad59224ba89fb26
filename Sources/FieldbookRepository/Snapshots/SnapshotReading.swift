import Cgit2
import FieldbookModel
import Foundation

/// What a snapshot holds: one name after the other, folders before what is in them.
package struct SnapshotFile: Equatable, Sendable {
  package var path: TreePath
  package var entry: TreeEntry
}

extension BareRepository {
  private static let depthMax = 128
  private static let entriesMax = 1_000_000

  /// The commit that a run's reference names; nil if it is not here.
  package func commit(of run: String) throws -> GitObjectID? {
    guard let repository = try open() else { return nil }
    defer { git_repository_free(repository) }
    var id = git_oid()
    let found = git_reference_name_to_id(&id, repository, SnapshotRepository.reference(run))
    return found == 0 ? GitObjectID(id) : nil
  }

  /// What lies at the top of a commit's tree; nil if the commit or its tree is not here.
  ///
  /// - Throws: `SnapshotFailure.hostile` for what is no snapshot.
  package func top(of commit: GitObjectID) throws -> [SnapshotFile]? {
    try withObjects { objects, _ in try BareRepository.top(of: commit, objects) } ?? nil
  }

  /// The same of many commits, with the bytes of one file of each; those that are not here, or are no snapshots, are left out.
  ///
  /// - Parameter bytesMax: of the file; a larger one is read as none.
  package func tops(
    of commits: some Sequence<GitObjectID>, reading name: String, bytesMax: Int
  ) throws -> [GitObjectID: (names: [String], file: [UInt8])] {
    try withObjects { objects, _ in
      var out: [GitObjectID: (names: [String], file: [UInt8])] = [:]
      var known: [GitObjectID: [UInt8]] = [:]
      for commit in commits where out[commit] == nil {
        guard let top = try? BareRepository.top(of: commit, objects) else { continue }
        let file = top.first { $0.path == TreePath(name) && $0.entry.kind == .file }
        let bytes = file.map { file in
          known[file.entry.object] ?? objects.read(file.entry.object)?.bytes ?? []
        }
        if let file, let bytes { known[file.entry.object] = bytes }
        let isSmall = (bytes?.count ?? 0) <= bytesMax
        out[commit] = (top.map(\.path.shown), isSmall ? bytes ?? [] : [])
      }
      return out
    } ?? [:]
  }

  static func top(of commit: GitObjectID, _ objects: ObjectDatabase) throws
    -> [SnapshotFile]?
  {
    guard let found = objects.read(commit) else { return nil }
    guard found.kind == GIT_OBJECT_COMMIT, let tree = GitObject.tree(ofCommit: found.bytes) else {
      throw SnapshotFailure.hostile("\(commit.hex) is no snapshot's commit")
    }
    guard let folder = objects.read(tree) else { return nil }
    guard folder.kind == GIT_OBJECT_TREE, let entries = GitObject.entries(ofTree: folder.bytes)
    else { throw SnapshotFailure.hostile("\(tree.hex) is no snapshot's folder") }
    return entries.map { entry in
      SnapshotFile(path: TreePath(bytes: entry.name), entry: TreeEntry(entry.kind, entry.object))
    }
  }

  /// Everything in a commit's tree. Made by whoever, so that all of it is checked.
  ///
  /// - Throws: `SnapshotFailure.notHere`, `.hostile`; `GitFailure.damaged`.
  package func files(of commit: GitObjectID) throws -> [SnapshotFile] {
    guard let repository = try open() else { throw SnapshotFailure.notHere(commit) }
    defer { git_repository_free(repository) }
    var found: OpaquePointer?
    var raw = commit.raw
    let code = git_commit_lookup(&found, repository, &raw)
    if code == GIT_ENOTFOUND.rawValue { throw SnapshotFailure.notHere(commit) }
    guard code == 0, let found else { throw damaged(commit) }
    defer { git_commit_free(found) }
    var tree: OpaquePointer?
    guard git_commit_tree(&tree, found) == 0, let tree else { throw damaged(commit) }
    defer { git_tree_free(tree) }
    var files: [SnapshotFile] = []
    try collect(repository, tree, TreePath(bytes: []), depth: 0, &files)
    return files
  }

  private func collect(
    _ repository: OpaquePointer, _ tree: OpaquePointer, _ folder: TreePath, depth: Int,
    _ files: inout [SnapshotFile]
  ) throws {
    guard depth < BareRepository.depthMax else {
      throw SnapshotFailure.hostile("its folders are too deep")
    }
    for place in 0..<git_tree_entrycount(tree) {
      guard let entry = git_tree_entry_byindex(tree, place), let name = git_tree_entry_name(entry),
        let id = git_tree_entry_id(entry)
      else { continue }
      let own = TreePath(name)
      guard TreePath.isGoodName(own.bytes) else {
        throw SnapshotFailure.hostile("\(own.shown) is no name for a file")
      }
      guard let kind = TreeEntry.Kind(rawValue: git_tree_entry_filemode(entry).rawValue) else {
        throw SnapshotFailure.hostile("\(own.shown) is neither a file nor a folder nor a link")
      }
      let path = folder.appending(own.bytes)
      let object = GitObjectID(id.pointee)
      files.append(SnapshotFile(path: path, entry: TreeEntry(kind, object)))
      guard files.count <= BareRepository.entriesMax else {
        throw SnapshotFailure.hostile("it holds too many files")
      }
      guard kind == .folder else { continue }
      var below: OpaquePointer?
      var raw = object.raw
      guard git_tree_lookup(&below, repository, &raw) == 0, let below else { throw damaged(object) }
      defer { git_tree_free(below) }
      try collect(repository, below, path, depth: depth + 1, &files)
    }
  }

  /// The code that a commit holds, to be that of another. Of its bytes those are counted that the large files have.
  func code(of commit: GitObjectID, large: [FolderSnapshot.LargeFile]) throws -> FolderSnapshot? {
    let top = TreePath("code")
    let all = try files(of: commit)
    guard let folder = all.first(where: { $0.path == top && $0.entry.kind == .folder }) else {
      return nil
    }
    let files = all.filter { $0.path.isBelow(top) && $0.entry.kind != .folder }
    let patch = all.first { $0.path == TreePath(CommitPatch.name) && $0.entry.kind == .file }
    return FolderSnapshot(
      root: "", isGit: false, tree: folder.entry.object, files: files.count,
      bytes: large.reduce(0) { $0 + $1.byteCount }, large: large, submodules: [], leftOut: [],
      patch: try patch.map { CommitPatch(text: try bytes(of: $0.entry.object)) })
  }

  /// Each with its bytes in git; nil for what is not here.
  package func sizes(of files: some Sequence<SnapshotFile>) throws -> [(SnapshotFile, Int?)] {
    try withObjects { objects, _ in files.map { ($0, objects.size(of: $0.entry.object)) } } ?? []
  }

  /// - Throws: `GitFailure.damaged` for one that is not here, or no longer what its name says.
  package func bytes(of file: GitObjectID) throws -> [UInt8] {
    guard let repository = try open() else { throw damaged(file) }
    defer { git_repository_free(repository) }
    return try bytes(of: file, repository)
  }

  func bytes(of file: GitObjectID, _ repository: OpaquePointer) throws -> [UInt8] {
    var blob: OpaquePointer?
    var raw = file.raw
    guard git_blob_lookup(&blob, repository, &raw) == 0, let blob else { throw damaged(file) }
    defer { git_blob_free(blob) }
    return Array(
      UnsafeRawBufferPointer(
        start: git_blob_rawcontent(blob), count: Int(git_blob_rawsize(blob))))
  }

  private func damaged(_ object: GitObjectID) -> GitFailure {
    .damaged(path, object: object, reason: GitLibrary.lastError)
  }
}
