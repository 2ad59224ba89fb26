import Cgit2
import FieldbookModel
import Foundation

/// Which object each file of a folder was when it was last looked at, told by size, times and inode: a git index, with no
/// claim to be anybody's staging area.
///
/// Losing it costs time only, so that one which cannot be read or kept is done without.
final class StatCache {
  private let path: String
  private let index: OpaquePointer?
  private var isChanged = false
  /// A file that was changed so shortly before it was read may change again without another time.
  private static let racySeconds = 1

  init(_ path: String) {
    self.path = path
    var index: OpaquePointer?
    if git_index_open(&index, path) != 0 {
      unlink(path)
      if git_index_open(&index, path) != 0 { index = nil }
    }
    self.index = index
  }

  deinit { git_index_free(index) }

  struct Known {
    var entry: TreeEntry
    /// The object is a pointer to the file's content.
    var isPointer: Bool
  }

  func entry(of path: TreePath, _ info: stat) -> Known? {
    guard let index,
      let found = path.withPath(below: "", { git_index_get_bypath(index, $0 + 1, 0) })?.pointee,
      let kind = TreeEntry.Kind(rawValue: found.mode), found.mtime.seconds != 0,
      StatCache.isSame(found, info)
    else { return nil }
    return Known(entry: TreeEntry(kind, GitObjectID(found.id)), isPointer: found.uid == 1)
  }

  private static func isSame(_ entry: git_index_entry, _ info: stat) -> Bool {
    let now = stamped(info)
    return entry.mtime.seconds == now.mtime.seconds
      && entry.mtime.nanoseconds == now.mtime.nanoseconds
      && entry.ctime.seconds == now.ctime.seconds
      && entry.ctime.nanoseconds == now.ctime.nanoseconds && entry.ino == now.ino
      && entry.file_size == now.file_size && entry.gid == now.gid
  }

  private static func stamped(_ info: stat) -> git_index_entry {
    var entry = git_index_entry()
    entry.mtime = git_index_time(
      seconds: Int32(truncatingIfNeeded: info.st_mtim.tv_sec),
      nanoseconds: UInt32(truncatingIfNeeded: info.st_mtim.tv_nsec))
    entry.ctime = git_index_time(
      seconds: Int32(truncatingIfNeeded: info.st_ctim.tv_sec),
      nanoseconds: UInt32(truncatingIfNeeded: info.st_ctim.tv_nsec))
    entry.ino = UInt32(truncatingIfNeeded: info.st_ino)
    entry.file_size = UInt32(truncatingIfNeeded: info.st_size)
    // The upper half of the size.
    entry.gid = UInt32(truncatingIfNeeded: info.st_size >> 32)
    return entry
  }

  func note(_ path: TreePath, _ known: Known, _ info: stat) {
    guard let index else { return }
    var entry = StatCache.stamped(info)
    let now = time(nil)
    if max(info.st_mtim.tv_sec, info.st_ctim.tv_sec) + StatCache.racySeconds >= now {
      entry.mtime = git_index_time(seconds: 0, nanoseconds: 0)
    }
    entry.mode = known.entry.kind.rawValue
    entry.id = known.entry.object.raw
    entry.uid = known.isPointer ? 1 : 0
    let isKept = path.withPath(below: "") { pointer in
      entry.path = pointer + 1
      return git_index_add(index, &entry) == 0
    }
    isChanged = isChanged || isKept
  }

  /// - Parameter kept: what is still there.
  func save(keeping kept: Set<TreePath>) {
    guard let index else { return }
    var gone: [TreePath] = []
    for place in 0..<git_index_entrycount(index) {
      guard let name = git_index_get_byindex(index, place)?.pointee.path else { continue }
      let path = TreePath(name)
      if !kept.contains(path) { gone.append(path) }
    }
    for path in gone {
      _ = path.withPath(below: "") { git_index_remove(index, $0 + 1, 0) }
    }
    // Another process may be keeping its own at this moment.
    if isChanged || !gone.isEmpty { _ = git_index_write(index) }
  }
}
