import FieldbookModel
import Foundation

/// Packs on their way out of the bucket. A note goes to `leaving/` first, with the time: it is out of sight, and back with a rename. The object is
/// removed after the grace period, and the note when the bucket has said so: killed at any point, the next pass goes on.
extension LargeStore {
  struct Leaving {
    let pack: ContentDigest
    /// Seconds since 1970; 0 for one that a purge takes, which waits for nothing.
    let time: Int64
    let path: String
  }

  func leavingPacks() throws -> [Leaving] {
    try LargeFolder.names(in: folder.leaving).sorted().compactMap { name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, let pack = ContentDigest(hex: parts[0]), let time = Int64(parts[1]),
        time >= 0
      else { return nil }
      return Leaving(pack: pack, time: time, path: folder.leaving + "/" + name)
    }
  }

  /// Takes a pack away here, and out of sight in the bucket. Nobody puts meanwhile.
  func leave(_ pack: ContentDigest, now: Int64) throws {
    // In this order: a file without a note would be put into the bucket again.
    try disk.remove(folder.pack(pack))
    guard access(folder.note(pack), F_OK) == 0 else { return }
    try folder.makeAway(disk)
    try disk.rename(folder.note(pack), to: "\(folder.leaving)/\(pack.hex).\(max(0, now))")
    try disk.syncFolder(folder.leaving)
    try disk.syncFolder(folder.away)
  }

  /// Removes from the bucket what has been leaving since `time` or longer.
  ///
  /// - Returns: how many packs, and their bytes.
  func removeLeft(since time: Int64, _ shelf: PackShelf?) throws -> (packs: Int, bytes: Int64) {
    var (packs, bytes): (Int, Int64) = (0, 0)
    for one in try leavingPacks() where one.time <= time {
      let note = PackNote.read(one.path, of: one.pack)
      let isBack = access(folder.note(one.pack), F_OK) == 0
      // What another replica put there is not ours to remove.
      if let note, !isBack {
        guard let shelf else { throw LargeStore.withoutShelf }
        if shelf.store == nil { continue }
        if note.store == shelf.store {
          try shelf.bucket.remove(note.store.key(of: one.pack))
          packs += 1
          bytes += note.byteCount
        }
      }
      try disk.remove(one.path)
    }
    return (packs, bytes)
  }

  /// What a purge left behind since the bucket could not be reached.
  func finishLeaving(_ shelf: PackShelf) throws {
    guard try leavingPacks().contains(where: { $0.time == 0 }) else { return }
    _ = try removeLeft(since: 0, shelf)
  }

  /// True while bytes of a purged content may lie in the bucket.
  package func isErasing() throws -> Bool {
    try !LargeFolder.names(in: folder.erasing).isEmpty
      || leavingPacks().contains { $0.time == 0 }
  }

  /// Puts packs back that are leaving, but for those that a purge takes.
  package func putBackPacks() throws -> Int {
    var count = 0
    for one in try leavingPacks() where one.time > 0 {
      guard access(folder.note(one.pack), F_OK) != 0 else { continue }
      try disk.rename(one.path, to: folder.note(one.pack))
      try disk.freshen(folder.note(one.pack))
      count += 1
    }
    if count > 0 {
      try disk.syncFolder(folder.away)
      try disk.syncFolder(folder.leaving)
    }
    return count
  }
}
