import FieldbookModel

/// Where a chunk lies.
struct ChunkPlace: Hashable, Sendable {
  var pack: ContentDigest
  /// Of the frame, from the pack's beginning.
  var offset: UInt32
  var frameBytes: UInt32
}

/// Chunks in the order of their digests: what a pack has at its end, and an index of several packs holds.
///
/// 44 bytes each, numbers little-endian: digest (32), the pack's number in the list that belongs to the table (4; 0 in a pack), offset
/// of the frame (4), its length (4). Whatever lies there, reading it ends and stays within it.
package struct ChunkTable: Sendable {
  static let entryBytes = 44

  package struct Entry: Sendable, Equatable {
    package var digest: ContentDigest
    package var pack: UInt32
    package var offset: UInt32
    package var frameBytes: UInt32

    package init(digest: ContentDigest, pack: UInt32, offset: UInt32, frameBytes: UInt32) {
      self.digest = digest
      self.pack = pack
      self.offset = offset
      self.frameBytes = frameBytes
    }
  }

  let bytes: StoredBytes
  /// Where the table begins in them.
  let start: Int
  package let count: Int

  /// Nil beyond the end, or where the disk cannot read.
  package func entry(_ index: Int) -> Entry? {
    guard (0..<count).contains(index) else { return nil }
    return withUnsafeTemporaryAllocation(
      byteCount: ChunkTable.entryBytes, alignment: 8
    ) { room -> Entry? in
      guard bytes.read(at: start + index * ChunkTable.entryBytes, into: room) else { return nil }
      let raw = UnsafeRawBufferPointer(room)
      return Entry(
        digest: raw.digest(at: 0), pack: raw.number32(at: 32), offset: raw.number32(at: 36),
        frameBytes: raw.number32(at: 40))
    }
  }

  private func key(_ index: Int) -> UInt64? {
    withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { room in
      guard bytes.read(at: start + index * ChunkTable.entryBytes, into: room) else { return nil }
      return UInt64(bigEndian: room.loadUnaligned(as: UInt64.self))
    }
  }

  /// All entries of a digest: as a rule none or one.
  ///
  /// Digests are evenly spread, so a few guesses by their value come close; then halves.
  package func entries(of digest: ContentDigest) -> [Entry] {
    let wanted = digest.prefix
    var (low, high) = (0, count)
    var (below, above): (UInt64, UInt64) = (0, .max)
    var guesses = 0
    // The first entry that is not below the digest.
    while low < high {
      var middle = low + (high - low) / 2
      if guesses < 6, above > below, high - low > 8 {
        let part = Double(wanted &- below) / Double(above &- below)
        let aim = low + Int(part.clamped * Double(high - low))
        // A little before or behind it, in turns: so that both ends close in.
        let step = max(1, Int(Double(high - low).squareRoot()))
        middle = min(max(low, guesses.isMultiple(of: 2) ? aim - step : aim + step), high - 1)
        guesses += 1
      }
      guard let key = key(middle) else { return [] }
      let isBelow: Bool
      if key == wanted {
        guard let entry = entry(middle) else { return [] }
        isBelow = entry.digest < digest
      } else {
        isBelow = key < wanted
      }
      if isBelow {
        low = middle + 1
        below = min(key, wanted)
      } else {
        high = middle
        above = max(key, wanted)
      }
    }
    var found: [Entry] = []
    // A table that is not in order could repeat without end.
    while found.count < 16, let entry = entry(low), entry.digest == digest {
      found.append(entry)
      low += 1
    }
    return found
  }

  /// Sorted and laid out.
  package static func encode(_ entries: [Entry]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(entries.count * entryBytes)
    for entry in entries.sorted(by: { ($0.digest, $0.offset) < ($1.digest, $1.offset) }) {
      append(entry, to: &out)
    }
    return out
  }

  static func append(_ entry: Entry, to out: inout [UInt8]) {
    out += entry.digest.bytes
    out.append32(entry.pack)
    out.append32(entry.offset)
    out.append32(entry.frameBytes)
  }
}

extension Double {
  fileprivate var clamped: Double { isNaN ? 0 : Swift.min(Swift.max(self, 0), 1) }
}
