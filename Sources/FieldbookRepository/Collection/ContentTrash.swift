import FieldbookModel
import Foundation

/// Where contents go that nothing names: out of sight, and back with one rename.
///
/// A file in it is called `CONTENT.SECONDS`: the content's SHA-256, and when it came here, in seconds since 1970. Moving
/// there is one rename, so that it happened or did not, at whatever point a process is killed.
struct ContentTrash: Sendable {
  let folder: String
  let disk: any StoreDisk

  struct Entry: Equatable, Sendable {
    let content: ContentDigest
    /// Seconds since 1970.
    let time: Int64
    let folder: String

    var name: String { "\(content.hex).\(time)" }
    var path: String { folder + "/" + name }

    /// Bytes of the file; nil if it is gone.
    var byteCount: Int64? {
      var info = stat()
      return stat(path, &info) == 0 ? Int64(info.st_size) : nil
    }
  }

  /// All that is here, in order; what has another name than ours is left alone.
  func entries() throws -> [Entry] {
    try LargeFolder.names(in: folder).compactMap { name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, let content = ContentDigest(hex: parts[0]),
        let time = Int64(parts[1]), time >= 0
      else { return nil }
      let entry = Entry(content: content, time: time, folder: folder)
      return entry.name == name ? entry : nil
    }.sorted { ($0.content, $0.time) < ($1.content, $1.time) }
  }

  func entries(of content: ContentDigest) throws -> [Entry] {
    try entries().filter { $0.content == content }
  }

  /// Moves a file here. `settle` makes it safe from a power cut.
  func take(_ path: String, _ content: ContentDigest, now: Int64) throws -> Entry {
    let entry = Entry(content: content, time: max(0, now), folder: folder)
    try disk.rename(path, to: entry.path)
    return entry
  }

  func make() throws {
    guard access(folder, F_OK) != 0 else { return }
    try disk.makeFolder(folder)
    try disk.syncFolder(PathText.folder(of: folder))
  }

  func settle() throws { try disk.syncFolder(folder) }
}

extension LargeStore {
  var trash: ContentTrash { ContentTrash(folder: folder.trash, disk: disk) }

  /// Takes contents out of sight whose recipes are not younger than the grace period. Their chunks stay.
  ///
  /// - Returns: those that were moved.
  /// - Throws: `LargeFailure.busy` if others put for longer than `patience`, in seconds.
  func discard(_ contents: [ContentDigest], grace: Int64, now: Int64, patience: Double) throws
    -> [ContentDigest]
  {
    guard !contents.isEmpty else { return [] }
    try trash.make()
    return try locks.alone(patience: patience) {
      let moved = try contents.filter { content in
        // Whoever put it again since it was looked at has made it young, and is about to name it.
        guard let age = FileAge.of(folder.recipe(content), now: now), age >= grace else {
          return false
        }
        _ = try trash.take(folder.recipe(content), content, now: now)
        return true
      }
      try trash.settle()
      try disk.syncFolder(folder.recipes)
      return moved
    }
  }

  /// Makes a content as young as a new one; false if it is not here.
  func freshen(_ content: ContentDigest) throws -> Bool {
    guard contains(content) else { return false }
    return try locks.whilePutting {
      guard access(folder.recipe(content), F_OK) == 0 else { return false }
      try disk.freshen(folder.recipe(content))
      return true
    }
  }

  /// Puts a content back that lies in the trash, as young as a new one.
  ///
  /// - Returns: false if it is not there.
  func putBack(_ content: ContentDigest) throws -> Bool {
    guard let entry = try trash.entries(of: content).last else { return false }
    return try locks.whilePutting {
      guard access(folder.recipe(content), F_OK) != 0 else { return true }
      do { try disk.rename(entry.path, to: folder.recipe(content)) } catch {
        // Another process was quicker.
        if access(folder.recipe(content), F_OK) == 0 { return true }
        if access(entry.path, F_OK) != 0 { return false }
        throw error
      }
      try disk.freshen(folder.recipe(content))
      try disk.syncFolder(folder.recipes)
      try trash.settle()
      return true
    }
  }
}

/// How long ago a file was written, or made young.
enum FileAge {
  /// Seconds, negative for one of the future; nil if there is none.
  static func of(_ path: String, now: Int64) -> Int64? {
    var info = stat()
    return stat(path, &info) == 0 ? now - Int64(info.st_mtim.tv_sec) : nil
  }
}
