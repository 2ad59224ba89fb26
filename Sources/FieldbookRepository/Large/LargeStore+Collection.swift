import FieldbookModel
import Foundation

/// What removing chunks that no recipe names would do, or did.
package struct LargeCollection: Equatable, Sendable {
  /// Packs of which nothing is needed.
  package var unneededPacks = 0
  /// Packs of which little is needed, or which are small: what is needed of them is written into new ones.
  package var rewrittenPacks = 0
  /// Chunks that nothing names, and their bytes on the disk.
  package var unneededChunks = 0
  package var unneededBytes: Int64 = 0
  /// Those of them that stay, since the pack is younger than the grace period or not worth rewriting.
  package var keptBytes: Int64 = 0
  /// All packs, before.
  package var packs = 0
  package var bytes: Int64 = 0
  /// Packs of the bucket that were out of sight for the grace period, and are removed there.
  package var removedAway = 0
  package var removedAwayBytes: Int64 = 0
  /// Why the bucket's part is not done.
  package var bucketFailure: BucketFailure?

  package init() {}
}

/// Which chunks recipes name, those in the trash included, by the first eight bytes of their digests: two that begin alike
/// both stay.
struct NamedChunks {
  private var prefixes: [UInt64] = []
  private(set) var recipes: Set<ContentDigest> = []
  /// Names in the trash that were looked at, or that are to be taken as gone.
  private var trashed: Set<String>

  /// - Parameter gone: names in the trash that do not count.
  init(without gone: Set<String> = []) { trashed = gone }

  func contains(_ chunk: ContentDigest) -> Bool {
    let wanted = chunk.prefix
    var (low, high) = (0, prefixes.count)
    while low < high {
      let middle = (low + high) / 2
      if prefixes[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    return low < prefixes.count && prefixes[low] == wanted
  }

  /// Takes in what is named now and was not before.
  ///
  /// - Returns: true if there was anything.
  /// - Throws: for a recipe that cannot be read: then nothing may be removed.
  mutating func update(_ store: LargeStore) throws -> Bool {
    var isNew = false
    // The trash first: what is put back meanwhile is found among the recipes.
    for entry in try store.trash.entries() where trashed.insert(entry.name).inserted {
      // One that does not read cannot be put back either: it keeps nothing.
      guard let file = try OpenFile(entry.path),
        let recipe = try? LargeStore.recipe(in: file, of: entry.content)
      else { continue }
      prefixes += recipe.prefixes
      isNew = true
    }
    for content in try LargeFolder.digests(in: store.folder.recipes)
    where recipes.insert(content).inserted {
      guard let recipe = try store.recipe(of: content) else { continue }
      prefixes += recipe.prefixes
      isNew = true
    }
    if isNew { prefixes.sort() }
    return isNew
  }
}

extension LargeStore {
  /// The grace period that is meant for everyday: longer than anybody takes to send a content.
  package static let graceSeconds: Int64 = 14 * 86400

  private enum Verdict { case keep, remove, rewrite }

  private struct Sorted {
    var report = LargeCollection()
    var removed: [ContentDigest] = []
    var rewritten: [ContentDigest] = []
  }

  /// What `collect` would do now, without doing it.
  ///
  /// - Parameters:
  ///   - gone: names in the trash that are taken as removed.
  ///   - now: seconds since 1970.
  package func planCollection(
    grace: Int64 = graceSeconds, without gone: Set<String> = [], now: Int64 = presentSeconds
  ) throws -> LargeCollection {
    var named = NamedChunks(without: gone)
    _ = try named.update(self)
    var report = try sort(freshIndex(), named, grace, only: nil, now).report
    for one in try leavingPacks() where one.time <= now - grace {
      report.removedAway += 1
      report.removedAwayBytes += PackNote.read(one.path, of: one.pack)?.byteCount ?? 0
    }
    return report
  }

  /// `time` lags behind what files are stamped with.
  package static var presentSeconds: Int64 { Int64(Date().timeIntervalSince1970) }

  /// Removes chunks that no recipe names, in packs that are older than the grace period.
  ///
  /// What a pack still has to keep is in a sealed new pack before the old one goes; and it goes in a moment in which nobody puts, when
  /// no recipe has come that needs more of it. Killed at any point, it leaves every content as it was.
  ///
  /// - Parameters:
  ///   - grace: seconds.
  ///   - patience: seconds that are waited for those who put.
  ///   - now: seconds since 1970.
  /// - Returns: what was done.
  /// - Throws: `LargeFailure.busy` if they took longer.
  @discardableResult
  package func collect(
    grace: Int64 = graceSeconds, patience: Double = 60, now: Int64 = presentSeconds
  ) throws -> LargeCollection {
    guard folder.isThere else { return LargeCollection() }
    var failure: BucketFailure?
    do { try finishErasing(patience: patience) } catch let found as BucketFailure {
      failure = found
    }
    var report = try collect(grace: grace, patience: patience, only: nil, now)
    do {
      let left = try locks.ifFree("upload.lock", patience: 2) {
        try removeLeft(since: now - grace, shelf)
      }
      (report.removedAway, report.removedAwayBytes) = left ?? (0, 0)
    } catch let found as BucketFailure {
      failure = found
    }
    report.bucketFailure = report.bucketFailure ?? failure
    return report
  }

  private func collect(
    grace: Int64, patience: Double, only packs: Set<ContentDigest>?, _ now: Int64
  ) throws -> LargeCollection {
    var named = NamedChunks()
    _ = try named.update(self)
    let index = try freshIndex()
    var sorted = try sort(index, named, grace, only: packs, now)
    let leaving = Set(sorted.removed + sorted.rewritten)
    guard !leaving.isEmpty else {
      try forgetDamage(named)
      return sorted.report
    }
    let (failed, failure) = try rewrite(sorted.rewritten, leaving, index, named)
    sorted.report.bucketFailure = failure
    for pack in failed { sorted.rewritten.removeAll { $0 == pack } }
    let copied = try reloadIndex()
    try locks.alone(patience: patience) {
      let isNew = try named.update(self)
      for pack in sorted.removed + sorted.rewritten {
        do {
          if isNew, try isNeeded(pack, leaving, copied, named) { continue }
        } catch let failure as BucketFailure {
          sorted.report.bucketFailure = failure
          continue
        }
        try leave(pack, now: packs == nil ? now : 0)
      }
    }
    // Names that come back after a power cut are only space.
    try rebuildIndex()
    try forgetDamage(named)
    return sorted.report
  }

  private func forgetDamage(_ named: NamedChunks) throws {
    let packs = try freshIndex().packs
    try ChunkDamage.forget(folder, packs: packs, isNamed: named.contains)
  }

  // MARK: Choosing

  private static let smallPackBytes: Int64 = 16 << 20
  private static let smallPacksMax = 16

  private func sort(
    _ index: ChunkIndex, _ named: NamedChunks, _ grace: Int64, only: Set<ContentDigest>?,
    _ now: Int64
  ) throws -> Sorted {
    var out = Sorted()
    var small: [ContentDigest] = []
    for pack in index.packs.sorted() {
      guard let (bytes, time) = packStand(pack) else { continue }
      out.report.packs += 1
      out.report.bytes += bytes
      if let only, !only.contains(pack) { continue }
      // One that is damaged may hold what only a person can save; one of a later format is not ours to judge.
      guard let (table, isWhole) = try ChunkIndex.table(of: pack, folder), isWhole else { continue }
      var (needed, unneeded): (Int64, Int64) = (0, 0)
      for position in 0..<table.count {
        guard let entry = table.entry(position) else { continue }
        if named.contains(entry.digest) {
          needed += Int64(entry.frameBytes)
        } else {
          unneeded += Int64(entry.frameBytes)
          out.report.unneededChunks += 1
        }
      }
      out.report.unneededBytes += unneeded
      let isOld = now - time >= grace
      // Another replica put it there: rewriting it would give no space back.
      let isForeign = awayStore(of: pack).map { $0 != shelf?.store } ?? false
      if isOld, needed == 0 {
        out.removed.append(pack)
      } else if isOld, unneeded > 0,
        only != nil || !isForeign && unneeded * 4 >= needed + unneeded
      {
        out.rewritten.append(pack)
      } else {
        out.report.keptBytes += unneeded
        if isOld, !isForeign, bytes < LargeStore.smallPackBytes { small.append(pack) }
      }
    }
    if only == nil, small.count >= LargeStore.smallPacksMax { out.rewritten += small }
    out.report.unneededPacks = out.removed.count
    out.report.rewrittenPacks = out.rewritten.count
    return out
  }

  // MARK: Rewriting

  /// Copies what is named of some packs into new ones.
  ///
  /// - Returns: packs of which a chunk could not be copied, since it is damaged or out of reach: they stay. Why it is.
  private func rewrite(
    _ packs: [ContentDigest], _ leaving: Set<ContentDigest>, _ index: ChunkIndex,
    _ named: NamedChunks
  ) throws -> ([ContentDigest], BucketFailure?) {
    var failure: BucketFailure?
    let writer = PackWriter(folder, disk)
    var done: Set<ContentDigest> = []
    var failed: [ContentDigest] = []
    for pack in packs {
      guard let (table, _) = try ChunkIndex.table(of: pack, folder) else { continue }
      // In the order in which they lie: what lies in the bucket comes in few requests.
      let wanted = (0..<table.count).compactMap(table.entry).filter { named.contains($0.digest) }
        .sorted { $0.offset < $1.offset }
      do {
        let isWhole = try copy(wanted, of: pack, to: writer, &done) {
          try isElsewhere($0, leaving, index)
        }
        if !isWhole { failed.append(pack) }
      } catch let found as BucketFailure {
        failure = found
        failed.append(pack)
      }
    }
    try writer.seal()
    return (failed, failure)
  }

  /// - Returns: false if one of them could not be copied.
  private func copy(
    _ entries: [ChunkTable.Entry], of pack: ContentDigest, to writer: PackWriter,
    _ done: inout Set<ContentDigest>, isElsewhere: (ContentDigest) throws -> Bool
  ) throws -> Bool {
    var isWhole = true
    var ahead: FetchedFrames?
    var aheadEnd = 0
    for (number, entry) in entries.enumerated() where !done.contains(entry.digest) {
      if try isElsewhere(entry.digest) { continue }
      if number >= aheadEnd, access(folder.pack(pack), F_OK) != 0 {
        var bytes = 0
        aheadEnd = number
        while aheadEnd < entries.count, bytes < LargeStore.aheadBytes {
          bytes += Int(entries[aheadEnd].frameBytes)
          aheadEnd += 1
        }
        ahead = try fetch(
          entries[number..<aheadEnd].map {
            ChunkPlace(pack: pack, offset: $0.offset, frameBytes: $0.frameBytes)
          })
      }
      let place = ChunkPlace(pack: pack, offset: entry.offset, frameBytes: entry.frameBytes)
      let isCopied = try ChunkPacker.withOne { packer in
        guard
          case .good = try look(
            at: place, for: entry.digest, packer, into: packer.chunkRoom, ahead: ahead)
        else { return false }
        let frame = UnsafeRawBufferPointer(rebasing: packer.frameRoom[..<Int(entry.frameBytes)])
        guard let head = ChunkFrame(head: frame) else { return false }
        try writer.add(frame, head)
        return true
      }
      if isCopied { done.insert(entry.digest) } else { isWhole = false }
      if writer.size >= packBytes { try writer.seal() }
    }
    return isWhole
  }

  /// True if a pack that stays has a good copy.
  private func isElsewhere(
    _ chunk: ContentDigest, _ leaving: Set<ContentDigest>, _ index: ChunkIndex
  ) throws -> Bool {
    for place in index.places(of: chunk) where !leaving.contains(place.pack) {
      let isGood = try ChunkPacker.withOne { packer in
        if case .good = try look(at: place, for: chunk, packer, into: packer.chunkRoom) {
          true
        } else {
          false
        }
      }
      if isGood { return true }
    }
    return false
  }

  /// True if a recipe that came meanwhile names a chunk that is only in packs that are to go.
  private func isNeeded(
    _ pack: ContentDigest, _ leaving: Set<ContentDigest>, _ index: ChunkIndex,
    _ named: NamedChunks
  ) throws -> Bool {
    guard let (table, _) = try ChunkIndex.table(of: pack, folder) else { return true }
    for position in 0..<table.count {
      guard let entry = table.entry(position) else { return true }
      guard named.contains(entry.digest) else { continue }
      if try !isElsewhere(entry.digest, leaving, index) { return true }
    }
    return false
  }

  // MARK: Erasing

  private func hasPurgedLeaving() throws -> Bool {
    try leavingPacks().contains { $0.time == 0 }
  }

  /// Takes a content away: at once as a content, and the bytes that only it had as soon as nobody puts.
  ///
  /// - Parameter patience: seconds that are waited for those who put.
  /// - Throws: `LargeFailure.busy` if they took longer: then `finishErasing` goes on later.
  package func erase(_ content: ContentDigest, patience: Double = 10) throws {
    let discarded = try trash.entries(of: content)
    for entry in discarded { try disk.rename(entry.path, to: folder.erasing(content)) }
    if !discarded.isEmpty { try disk.syncFolder(folder.trash) }
    if access(folder.recipe(content), F_OK) == 0 {
      try disk.rename(folder.recipe(content), to: folder.erasing(content))
      try disk.syncFolder(folder.recipes)
    } else if discarded.isEmpty {
      return
    }
    try finishErasing(patience: patience)
  }

  /// Goes on where `erase` was interrupted.
  ///
  /// - Parameter mayAsk: false: what needs a bucket is left for later, so that nobody waits for it.
  /// - Throws: `BucketFailure` if the bucket still has bytes of it.
  package func finishErasing(patience: Double = 0, mayAsk: Bool = true) throws {
    for content in try LargeFolder.digests(in: folder.erasing) {
      var packs: Set<ContentDigest> = []
      let index = try freshIndex()
      if let recipe = try? recipe(at: folder.erasing(content), of: content) {
        for position in 0..<recipe.count {
          packs.formUnion(index.places(of: recipe[position].digest).map(\.pack))
        }
      }
      let isAway = try packs.contains { awayStore(of: $0) != nil } || hasPurgedLeaving()
      if isAway, !mayAsk { continue }
      let report = try collect(
        grace: 0, patience: patience, only: packs, LargeStore.presentSeconds)
      try disk.syncFolder(folder.packs)
      if let failure = report.bucketFailure { throw failure }
      if isAway {
        let isDone = try locks.ifFree("upload.lock", patience: patience) {
          try removeLeft(since: 0, shelf)
        }
        guard isDone != nil else { throw LargeFailure.busy }
      }
      try disk.remove(folder.erasing(content))
    }
  }
}
