import Cgit2
import FieldbookModel
import Foundation

/// What the files of a snapshot differ in from the commit that their folder is on, as `git diff HEAD` tells it, with the files that git does not
/// follow yet.
package struct CommitPatch: Equatable, Sendable {
  /// Its name beside `code` in a snapshot.
  package static let name = "code.patch"
  /// Of the text. What would not fit is left out, file by file.
  package static let bytesMax = 1 << 20

  /// A unified diff; empty where nothing differs.
  package var text: [UInt8] = []
  /// Files that differ.
  package var files = 0
  /// Of them, those that are not in the text: it would be too long, or they hold a secret.
  package var leftOut = 0
}

/// Compares trees of two repositories: the project's, and the replica's.
struct CommitPatchMaker {
  let listing: FolderListing
  /// What was taken, by its path in the project.
  let taken: [TreePath: TreeEntry]
  /// A file's bytes as they were taken.
  let read: (GitObjectID) -> [UInt8]?
  let secret: ([UInt8]) -> String?

  private static let entriesMax = 200_000
  private static let depthMax = 128

  /// Nil where there is no commit, or none that can be read: a snapshot does not fail for that.
  func make() -> CommitPatch? {
    guard listing.isGit, let repository = try? ProjectRepository.open(listing.root) else {
      return nil
    }
    defer { git_repository_free(repository) }
    var found: OpaquePointer?
    guard git_revparse_single(&found, repository, "HEAD^{tree}") == 0, let found else { return nil }
    defer { git_object_free(found) }
    var committed: [TreePath: TreeEntry] = [:]
    guard collect(repository, found, TreePath(bytes: []), depth: 0, &committed),
      let objects = try? ObjectDatabase(repository, path: listing.root)
    else { return nil }
    let submodules = Set(listing.submodules.map(\.path))
    var patch = CommitPatch()
    for path in Set(committed.keys).union(taken.keys).sorted() {
      let (old, new) = (committed[path], taken[path])
      guard old != new, !submodules.contains(where: path.isBelow) else { continue }
      // What is there and was not taken is left out on purpose, and no deletion.
      if new == nil, isThere(path) || listing.ignores(path) { continue }
      if let old, (objects.size(of: old.object) ?? .max) > CommitPatch.bytesMax {
        // Of a large file the snapshot holds a pointer, which tells nothing of what git has.
        guard new == nil || isChanged(path, repository) else { continue }
        patch.files += 1
        patch.leftOut += 1
        continue
      }
      add(
        path, old.flatMap { objects.read($0.object)?.bytes }, new.flatMap { read($0.object) },
        &patch)
    }
    return patch
  }

  private func isChanged(_ path: TreePath, _ repository: OpaquePointer) -> Bool {
    var flags: UInt32 = 0
    let status = path.bytes.map { CChar(bitPattern: $0) } + [0]
    return git_status_file(&flags, repository, status) != 0 || flags != 0
  }

  private func isThere(_ path: TreePath) -> Bool {
    var info = stat()
    return path.withPath(below: listing.root) { lstat($0, &info) } == 0
  }

  private func add(_ path: TreePath, _ old: [UInt8]?, _ new: [UInt8]?, _ patch: inout CommitPatch) {
    guard old != new else { return }
    patch.files += 1
    // What was taken was looked through when it was taken; what git had was not.
    guard !SecretFile.isNamed(path), old.flatMap(secret) == nil, let text = text(path, old, new),
      patch.text.count + text.count <= CommitPatch.bytesMax
    else {
      patch.leftOut += 1
      return
    }
    patch.text += text
  }

  private func text(_ path: TreePath, _ old: [UInt8]?, _ new: [UInt8]?) -> [UInt8]? {
    var made: OpaquePointer?
    let name = path.bytes.map { CChar(bitPattern: $0) } + [0]
    let status = git_patch_from_buffers(
      &made, old, old?.count ?? 0, name, new, new?.count ?? 0, name, nil)
    guard status == 0, let made else { return nil }
    defer { git_patch_free(made) }
    var out = git_buf()
    guard git_patch_to_buf(&out, made) == 0 else { return nil }
    defer { git_buf_dispose(&out) }
    return Array(UnsafeRawBufferPointer(start: out.ptr, count: out.size))
  }

  /// False if it is too much.
  private func collect(
    _ repository: OpaquePointer, _ tree: OpaquePointer, _ folder: TreePath, depth: Int,
    _ out: inout [TreePath: TreeEntry]
  ) -> Bool {
    guard depth < CommitPatchMaker.depthMax else { return false }
    for place in 0..<git_tree_entrycount(tree) {
      guard let entry = git_tree_entry_byindex(tree, place), let name = git_tree_entry_name(entry),
        let id = git_tree_entry_id(entry),
        let kind = TreeEntry.Kind(rawValue: git_tree_entry_filemode(entry).rawValue)
      else { continue }
      let path = folder.appending(TreePath(name).bytes)
      if kind == .folder {
        var below: OpaquePointer?
        var raw = id.pointee
        guard git_tree_lookup(&below, repository, &raw) == 0, let below else { return false }
        defer { git_tree_free(below) }
        guard collect(repository, below, path, depth: depth + 1, &out) else { return false }
      } else {
        out[path] = TreeEntry(kind, GitObjectID(id.pointee))
      }
      guard out.count <= CommitPatchMaker.entriesMax else { return false }
    }
    return true
  }
}
