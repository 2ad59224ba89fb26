import FieldbookModel

/// A pack is a file of many chunks that is written once.
///
/// `FBpack`, version 1 (2 bytes), eight random bytes; frames (`ChunkFrame`), one behind the other; a `ChunkTable` of them; and a tail of 56
/// bytes: the pack's name (32), where the table begins (8), how many frames (4), four zeros, `FBpack` and the version again. Numbers
/// little-endian. The name is the SHA-256 of the table and the random bytes: two packs never have the same, so that what is known of
/// one is not taken for the other's.
package enum PackFormat {
  package static let headBytes = 16
  package static let tailBytes = 56
  static let version: UInt16 = 1
  private static let magic = Array("FBpack".utf8)

  /// Of a new pack.
  package static func head() -> [UInt8] {
    mark + (0..<8).map { _ in UInt8.random(in: 0...255) }
  }

  package static func name(table: [UInt8], head: [UInt8]) -> ContentDigest {
    ContentDigest(sha256: table + head.suffix(8))
  }

  private static let mark = magic + [UInt8(truncatingIfNeeded: version), UInt8(version >> 8)]

  enum Head { case ours, later, damaged }

  static func head(_ bytes: [UInt8]?) -> Head {
    guard let bytes, bytes.starts(with: magic) else { return .damaged }
    return bytes.starts(with: mark) ? .ours : .later
  }

  package static func tail(name: ContentDigest, start: Int, count: Int) -> [UInt8] {
    var out = name.bytes
    out.append64(UInt64(start))
    out.append32(UInt32(count))
    out.append32(0)
    return out + mark
  }

  /// The end of a pack without what is before it: its name, how many chunks, and how long the whole pack is. Nil unless they prove
  /// each other.
  package static func ending(
    head: [UInt8], table: some Collection<UInt8>, tail: some Collection<UInt8>
  )
    -> (name: ContentDigest, count: Int, packBytes: Int)?
  {
    let (table, tail) = (Array(table), Array(tail))
    guard head.count == headBytes, head.starts(with: mark), tail.count == tailBytes,
      Array(tail.suffix(8)) == mark
    else { return nil }
    let (name, start, count, rest) = tail.withUnsafeBytes {
      ($0.digest(at: 0), $0.number64(at: 32), Int($0.number32(at: 40)), $0.number32(at: 44))
    }
    guard rest == 0, count <= ChunkLimits.packChunksMax, start >= UInt64(headBytes),
      start <= UInt64(ChunkLimits.packBytesMax), table.count == count * ChunkTable.entryBytes,
      self.name(table: table, head: head) == name
    else { return nil }
    return (name, count, Int(start) + table.count + tailBytes)
  }

  /// How long the table is that a tail tells of; nil for what is no tail.
  package static func tableBytes(tail: [UInt8]) -> Int? {
    guard tail.count == tailBytes, Array(tail.suffix(8)) == mark else { return nil }
    let count = tail.withUnsafeBytes { Int($0.number32(at: 40)) }
    return count <= ChunkLimits.packChunksMax ? count * ChunkTable.entryBytes : nil
  }

  /// The table at the end, if it is whole: the name holds and it fits the file. Its entries are believed no further.
  package static func table(of pack: StoredBytes) -> (name: ContentDigest, table: ChunkTable)? {
    let size = pack.count
    guard let head = pack.read(at: 0, count: headBytes), head.starts(with: mark),
      let tail = pack.read(at: size - tailBytes, count: tailBytes), Array(tail.suffix(8)) == mark
    else { return nil }
    let (name, start, count, rest) = tail.withUnsafeBytes {
      ($0.digest(at: 0), $0.number64(at: 32), Int($0.number32(at: 40)), $0.number32(at: 44))
    }
    guard rest == 0, count <= ChunkLimits.packChunksMax, start >= UInt64(headBytes),
      start <= UInt64(ChunkLimits.packBytesMax),
      Int(start) + count * ChunkTable.entryBytes + tailBytes == size,
      let table = pack.read(at: Int(start), count: count * ChunkTable.entryBytes),
      self.name(table: table, head: head) == name
    else { return nil }
    return (name, ChunkTable(bytes: .memory(table), start: 0, count: count))
  }

  /// Finds the frames of a pack whose table is damaged: by their heads, one behind the other, and, where one is damaged, by
  /// looking for the next. What is found is believed when it is read.
  package static func scan(_ pack: StoredBytes) -> ChunkTable {
    var entries: [ChunkTable.Entry] = []
    let end = min(pack.count, ChunkLimits.packBytesMax)
    var position = headBytes
    while position + ChunkFrame.headBytes <= end, entries.count < ChunkLimits.packChunksMax {
      if let frame = frame(in: pack, at: position, end) {
        entries.append(
          ChunkTable.Entry(
            digest: frame.digest, pack: 0, offset: UInt32(position),
            frameBytes: UInt32(frame.frameBytes)))
        position += frame.frameBytes
      } else {
        guard let next = next(in: pack, from: position + 1, end) else { break }
        position = next
      }
    }
    return ChunkTable(
      bytes: .memory(ChunkTable.encode(entries)), start: 0, count: entries.count)
  }

  private static func frame(in pack: StoredBytes, at position: Int, _ end: Int) -> ChunkFrame? {
    guard let head = pack.read(at: position, count: ChunkFrame.headBytes),
      let frame = head.withUnsafeBytes({ ChunkFrame(head: $0) }),
      position + frame.frameBytes <= end
    else { return nil }
    return frame
  }

  /// Where the next head begins that reads and fits.
  private static func next(in pack: StoredBytes, from start: Int, _ end: Int) -> Int? {
    let step = 1 << 16
    var position = start
    while position + ChunkFrame.headBytes <= end {
      let count = min(step, end - position)
      guard let window = pack.read(at: position, count: count) else { return nil }
      for offset in 0..<max(0, count - 3)
      where window[offset] == 0x46 && window[offset + 1] == 0x42 && window[offset + 2] == 0x63
        && window[offset + 3] == 0x31
      {
        if frame(in: pack, at: position + offset, end) != nil { return position + offset }
      }
      if count < step { return nil }
      position += count - 3
    }
    return nil
  }
}
