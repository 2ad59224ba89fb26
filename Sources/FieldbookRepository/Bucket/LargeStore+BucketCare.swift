import FieldbookModel
import Foundation

/// What comparing the notes here with what a bucket lists has shown.
package struct BucketFindings: Equatable, Sendable {
  /// Packs that are noted, and not in the bucket, or not of that length.
  package var lost: [ContentDigest] = []
  /// Packs in this replica's store that are not noted.
  package var unknown = 0
  package var packs = 0
  package var bytes: Int64 = 0

  package init() {}
}

/// What a bucket has against what is noted here: asked by lists, one request for a thousand packs.
extension LargeStore {
  /// - Parameter earlier: stores of this replica's earlier lives.
  package func compareBucket(earlier: [BucketStore] = []) throws -> BucketFindings {
    var findings = BucketFindings()
    guard let shelf else { return findings }
    let notes = try folder.awayPacks().compactMap { PackNote.read(folder.note($0), of: $0) }
    let leaving = Set(try leavingPacks().map(\.pack))
    let own = shelf.store.map { [$0] } ?? []
    for store in Set(notes.map(\.store) + own + earlier).sorted(by: { $0.hex < $1.hex }) {
      let expected = notes.filter { $0.store == store }
      if !expected.isEmpty { try shelf.requireMark(store) }
      let listed = try listed(store, shelf)
      for note in expected {
        if listed[note.pack] == note.byteCount {
          findings.packs += 1
          findings.bytes += note.byteCount
        } else {
          findings.lost.append(note.pack)
        }
      }
      let known = Set(expected.map(\.pack)).union(leaving)
      if own.contains(store) {
        findings.unknown += listed.keys.count {
          !known.contains($0) && access(folder.pack($0), F_OK) != 0
        }
      }
    }
    findings.lost.sort()
    return findings
  }

  private func listed(_ store: BucketStore, _ shelf: PackShelf) throws -> [ContentDigest: Int64] {
    var found: [ContentDigest: Int64] = [:]
    try shelf.bucket.list(store.packs) { page in
      for entry in page {
        if let pack = store.pack(ofKey: entry.key) { found[pack] = entry.byteCount }
      }
    }
    return found
  }

  /// Notes packs that the bucket has and nothing here knows of: all of the own store, of earlier ones those that hold something
  /// which a recipe here names and no pack that is known has. Sets aside notes of packs that the bucket lost.
  ///
  /// - Returns: how many were noted, and how many notes went.
  package func mendNotes(earlier: [BucketStore] = []) throws -> (found: Int, lost: Int) {
    guard let shelf else { return (0, 0) }
    try folder.makeAway(disk)
    var named = NamedChunks()
    _ = try named.update(self)
    let leaving = Set(try leavingPacks().map(\.pack))
    let lost = try compareBucket(earlier: earlier).lost
    for pack in lost {
      // The chunks of it count as not here from now on, and come again from a peer.
      try disk.remove(folder.note(pack))
    }
    if !lost.isEmpty { try disk.syncFolder(folder.away) }
    var found = 0
    for store in (shelf.store.map { [$0] } ?? []) + earlier {
      for (pack, count) in try listed(store, shelf).sorted(by: { $0.key < $1.key }) {
        guard access(folder.note(pack), F_OK) != 0, access(folder.pack(pack), F_OK) != 0,
          !leaving.contains(pack), let note = try readNote(pack, count, in: store, shelf)
        else { continue }
        if store != shelf.store {
          let index = try freshIndex()
          let isOfUse = (0..<note.tableCount).contains { position in
            guard let entry = note.table.entry(position) else { return false }
            return named.contains(entry.digest) && !index.contains(entry.digest)
          }
          guard isOfUse else { continue }
        }
        try write(note)
        found += 1
      }
    }
    if found > 0 { try rebuildIndex() }
    return (found, lost.count)
  }

  /// A pack's note from the pack itself: its first bytes, and its end. Nil if they do not hold.
  private func readNote(
    _ pack: ContentDigest, _ count: Int64, in store: BucketStore, _ shelf: PackShelf
  ) throws -> PackNote? {
    let guess: Int64 = 256 << 10
    guard count >= Int64(PackFormat.headBytes + PackFormat.tailBytes), count <= 1 << 31 else {
      return nil
    }
    let key = store.key(of: pack)
    do {
      let head = try shelf.bucket.read(key, 0..<Int64(PackFormat.headBytes))
      var end = try shelf.bucket.read(key, max(0, count - guess)..<count)
      guard let table = PackFormat.tableBytes(tail: Array(end.suffix(PackFormat.tailBytes))) else {
        return nil
      }
      let wanted = table + PackFormat.tailBytes
      guard Int64(wanted) <= count else { return nil }
      if end.count < wanted { end = try shelf.bucket.read(key, count - Int64(wanted)..<count) }
      guard let note = PackNote(store: store, head: head, ending: end.suffix(wanted).map { $0 }),
        note.pack == pack, note.byteCount == count
      else { return nil }
      return note
    } catch let failure as BucketFailure where failure.kind == .notThere {
      return nil
    }
  }

  /// Fetches every pack that lies in the bucket alone. What comes is compared with its note; each chunk is verified when it is read.
  ///
  /// - Parameter progress: packs that are still to come.
  /// - Returns: how many came.
  /// - Throws: `BucketFailure`; what came before is here.
  package func recallPacks(progress: (Int) -> Void = { _ in }) throws -> Int {
    let wanted = try folder.awayPacks().filter { access(folder.pack($0), F_OK) != 0 }.sorted()
    for (number, pack) in wanted.enumerated() {
      progress(wanted.count - number)
      guard let note = PackNote.read(folder.note(pack), of: pack) else { continue }
      let staging = folder.fresh()
      let file = try disk.create(staging)
      defer { close(file) }
      do {
        var position = 0
        while position < Int(note.byteCount) {
          let end = min(position + LargeStore.aheadBytes, Int(note.byteCount))
          guard let bytes = try bucketBytes(pack, position..<end) else {
            throw BucketFailure(
              .notThere, "the bucket has lost the pack \(pack.hex.prefix(12))",
              hint: "fieldbook doctor --fix, then fieldbook sync")
          }
          try bytes.withUnsafeBytes { try disk.write($0, to: file, staging) }
          position = end
        }
        guard let read = try OpenFile(staging),
          PackFormat.table(of: .file(read))?.name == pack
        else {
          throw BucketFailure(
            .notThere, "the pack \(pack.hex.prefix(12)) was altered in the bucket",
            hint: "fieldbook doctor --deep says which files that are")
        }
        fchmod(file, 0o400)
        try disk.sync(file, staging)
        try disk.rename(staging, to: folder.pack(pack))
        try disk.syncFolder(folder.packs)
      } catch {
        unlink(staging)
        throw error
      }
    }
    return wanted.count
  }

  /// After `recallPacks`: forgets that packs lie in the bucket, where they stay.
  ///
  /// - Throws: `BucketFailure` if one of them is not here.
  package func forgetBucket() throws {
    for pack in try folder.awayPacks() where access(folder.pack(pack), F_OK) != 0 {
      throw BucketFailure(
        .misled, "the pack \(pack.hex.prefix(12)) lies in the bucket alone",
        hint: "fetch all of them first: fieldbook hub --objects folder")
    }
    for pack in try folder.awayPacks() { try disk.remove(folder.note(pack)) }
    for one in try leavingPacks() { try disk.remove(one.path) }
    if access(folder.away, F_OK) == 0 { try disk.syncFolder(folder.away) }
    shelf = nil
  }
}
