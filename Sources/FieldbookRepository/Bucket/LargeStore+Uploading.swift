import Crypto
import FieldbookModel
import Foundation

/// What a pass of bringing packs to the bucket did.
package struct UploadReport: Equatable, Sendable {
  package var packs = 0
  package var bytes: Int64 = 0
  /// Packs whose copy here went, since it is in the bucket.
  package var evicted = 0
  /// Why it ended before its end.
  package var failure: BucketFailure?

  package init() {}
}

/// Packs by where they lie.
package struct PackStanding: Equatable, Sendable {
  /// Only here, and to go into the bucket.
  package var waiting = 0
  package var waitingBytes: Int64 = 0
  /// Here, and in the bucket.
  package var cached = 0
  package var cachedBytes: Int64 = 0
  /// In the bucket, whether or not here.
  package var away = 0
  package var awayBytes: Int64 = 0

  package init() {}
}

/// From this disk into the bucket, and never to nowhere: a pack is put, the bucket is asked how long it is, a note of it is safe from a power
/// cut here, and only then its file may go.
extension LargeStore {
  /// Brings packs into the bucket that are only here, the oldest first; then lets copies go that the cache has no room for.
  ///
  /// - Parameter isStopped: asked between two packs.
  /// - Returns: nil if another process does it, or there is no bucket that may be written to.
  package func uploadPacks(isStopped: () -> Bool = { false }) throws -> UploadReport? {
    guard let shelf, let store = shelf.store, folder.isThere else { return nil }
    try folder.makeAway(disk)
    // A purge that came while the bucket was out of reach.
    if try !LargeFolder.names(in: folder.erasing).isEmpty { try? finishErasing() }
    return try locks.ifFree("upload.lock") {
      var report = UploadReport()
      do {
        try finishLeaving(shelf)
        let waiting = try waitingPacks()
        if !waiting.isEmpty { try shelf.requireMark(store) }
        for pack in waiting where !isStopped() {
          let bytes = try upload(pack, to: store, shelf)
          report.packs += bytes == nil ? 0 : 1
          report.bytes += bytes ?? 0
        }
      } catch let failure as BucketFailure {
        report.failure = failure
      }
      report.evicted = try evict(to: shelf.cacheBytes)
      return report
    }
  }

  /// Packs that no note says to be in the bucket, the oldest first.
  private func waitingPacks() throws -> [ContentDigest] {
    let noted = Set(try folder.awayPacks())
    return try LargeFolder.digests(in: folder.packs, suffix: ".pack").filter { !noted.contains($0) }
      .map { ($0, FileAge.of(folder.pack($0), now: 0) ?? 0) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
  }

  /// - Returns: nil for a pack that stays: gone meanwhile, damaged, or of a later format.
  private func upload(_ pack: ContentDigest, to store: BucketStore, _ shelf: PackShelf) throws
    -> Int64?
  {
    guard let file = try OpenFile(folder.pack(pack)) else { return nil }
    let bytes = StoredBytes.file(file)
    // What is damaged is not carried away: a person may save it.
    guard let (name, table) = PackFormat.table(of: bytes), name == pack,
      let head = bytes.read(at: 0, count: PackFormat.headBytes),
      let ending = bytes.read(
        at: file.count - PackFormat.tailBytes - table.count * ChunkTable.entryBytes,
        count: table.count * ChunkTable.entryBytes + PackFormat.tailBytes),
      let note = PackNote(store: store, head: head, ending: ending), note.byteCount == file.count,
      let digest = LargeStore.digest(of: file)
    else { return nil }
    let (key, count) = (store.key(of: pack), Int64(file.count))
    try shelf.bucket.put(key, .file(folder.pack(pack), count), sha256: digest)
    guard try shelf.bucket.byteCount(of: key) == count else {
      throw BucketFailure(
        .away, "\(shelf.bucket.address) says that it took a pack, and does not have it",
        hint: "it is tried again; if it stays so, look into the storage")
    }
    // In the turn of those who put: `collect` cannot take the pack between the look and the note.
    let isNoted = try locks.whilePutting {
      guard access(folder.pack(pack), F_OK) == 0 else { return false }
      try write(note, stampedAs: folder.pack(pack))
      return true
    }
    if !isNoted { try shelf.bucket.remove(key) }
    return isNoted ? count : nil
  }

  /// - Parameter path: a file; the note is as old.
  func write(_ note: PackNote, stampedAs path: String? = nil) throws {
    try disk.place(note.encoded, at: folder.note(note.pack), staging: folder.fresh())
    var info = stat()
    guard let path, stat(path, &info) == 0 else { return }
    // Were this lost, the pack would only count as younger than it is.
    var times = [timespec](repeating: info.st_mtim, count: 2)
    utimensat(AT_FDCWD, folder.note(note.pack), &times, 0)
  }

  private static func digest(of file: OpenFile) -> ContentDigest? {
    var hasher = SHA256()
    var position = 0
    while position < file.count {
      let count = min(1 << 20, file.count - position)
      guard let piece = StoredBytes.file(file).read(at: position, count: count) else { return nil }
      hasher.update(data: piece)
      position += count
    }
    return ContentDigest(finishing: hasher)
  }

  // MARK: The cache

  /// Removes copies of packs that lie in the bucket until the rest has no more than so many bytes; what was read last stays longest.
  private func evict(to bytesMax: Int64) throws -> Int {
    var copies: [(pack: ContentDigest, bytes: Int64, used: timespec)] = []
    for pack in try folder.awayPacks() {
      var info = stat()
      guard stat(folder.pack(pack), &info) == 0 else { continue }
      copies.append((pack, Int64(info.st_size), info.st_atim))
    }
    var total = copies.reduce(0) { $0 + $1.bytes }
    var evicted = 0
    copies.sort { ($0.used.tv_sec, $0.used.tv_nsec) < ($1.used.tv_sec, $1.used.tv_nsec) }
    for copy in copies where total > bytesMax {
      // A note that does not read is no reason to let the only good copy go: it is put again.
      guard let note = PackNote.read(folder.note(copy.pack), of: copy.pack),
        note.byteCount == copy.bytes
      else {
        try disk.remove(folder.note(copy.pack))
        continue
      }
      try disk.remove(folder.pack(copy.pack))
      total -= copy.bytes
      evicted += 1
    }
    return evicted
  }

  // MARK: Looking

  /// Asks nobody.
  package func standing() throws -> PackStanding {
    var out = PackStanding()
    let noted = Set(try folder.awayPacks())
    for pack in try LargeFolder.digests(in: folder.packs, suffix: ".pack") {
      var info = stat()
      guard stat(folder.pack(pack), &info) == 0 else { continue }
      if noted.contains(pack) {
        out.cached += 1
        out.cachedBytes += Int64(info.st_size)
      } else {
        out.waiting += 1
        out.waitingBytes += Int64(info.st_size)
      }
    }
    out.away = noted.count
    out.awayBytes = noted.reduce(0) { $0 + (packStand($1)?.bytes ?? 0) }
    return out
  }

  /// Size of a pack and seconds since 1970 when it was made, wherever it lies; nil for one that is gone.
  func packStand(_ pack: ContentDigest) -> (bytes: Int64, time: Int64)? {
    var info = stat()
    if stat(folder.pack(pack), &info) == 0 {
      return (Int64(info.st_size), Int64(info.st_mtim.tv_sec))
    }
    guard stat(folder.note(pack), &info) == 0,
      let bytes = PackNote.byteCount(at: folder.note(pack))
    else { return nil }
    return (bytes, Int64(info.st_mtim.tv_sec))
  }

  /// True for a content of which the bucket alone has a part.
  package func isAway(_ content: ContentDigest) throws -> Bool {
    let index = try freshIndex()
    guard index.hasAway, let recipe = try recipe(of: content) else { return false }
    return (0..<recipe.count).contains { position in
      index.places(of: recipe[position].digest).first.map { !index.isHere($0.pack) } ?? false
    }
  }
}
