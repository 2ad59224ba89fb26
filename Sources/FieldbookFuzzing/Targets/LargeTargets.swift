import FieldbookModel
import FieldbookRepository

extension FuzzTarget {
  /// The chunk store's files, and what peers send of it.
  static let large: [FuzzTarget] = [
    FuzzTarget("chunk-frame", seeds: chunks.map(ChunkFrame.pack)) { bytes in
      let (digest, chunk) = try ChunkFrame.unpack(bytes)
      try promise(chunk.count <= ChunkLimits.maxBytes, "chunk-frame: larger than a chunk")
      try promise(ContentDigest(sha256: chunk) == digest, "chunk-frame: not what it says")
    },
    FuzzTarget("recipe", seeds: recipes) { bytes in
      let bytes = bytes.dropLast(32) + ContentDigest(sha256: Array(bytes.dropLast(32))).bytes
      let recipe = try Recipe(encoded: Array(bytes))
      try promise(recipe.encoded == Array(bytes), "recipe: what was read is written otherwise")
      let sum = (0..<recipe.count).reduce(0) { $0 + Int64(recipe[$1].byteCount) }
      try promise(sum == recipe.size, "recipe: chunks do not add up")
    },
    FuzzTarget("chunk-batch", seeds: [[], chunks.flatMap(ChunkFrame.pack)]) { bytes in
      let parts = try ChunkBatch.split(bytes)
      try promise(parts.flatMap(\.frame) == bytes, "chunk-batch: not what it was cut from")
      try promise(
        parts.allSatisfy { $0.frame.count <= ChunkFrame.bytesMax }, "chunk-batch: a long frame")
    },
    FuzzTarget("chunk-marks", seeds: [[0, 0], [0xff, 0x1f], [5, 0]]) { bytes in
      let chunks = try marked.chunks(marked: bytes)
      try promise(Set(chunks).count == chunks.count, "chunk-marks: one of them twice")
      try promise(
        marked.marks(of: chunks).count == bytes.count, "chunk-marks: another number of bits")
      try promise(
        try Set(marked.chunks(marked: marked.marks(of: chunks))) == Set(chunks),
        "chunk-marks: others")
    },
    FuzzTarget("pack", seeds: [pack]) { bytes in
      let stored = StoredBytes.memory(named(bytes))
      if let (_, table) = PackFormat.table(of: stored) { try look(table) }
      let found = PackFormat.scan(stored)
      try promise(found.count * ChunkFrame.headBytes <= bytes.count, "pack: more than there is")
      try look(found)
      for index in 0..<found.count {
        guard let entry = found.entry(index) else { continue }
        try promise(
          stored.read(at: Int(entry.offset), count: Int(entry.frameBytes)) != nil,
          "pack: a frame beyond its end")
      }
    },
    FuzzTarget("chunk-index", seeds: [index]) { bytes in
      guard let index = IndexFile(.memory(signed(bytes))) else { return }
      try look(index.table)
    },
  ]

  /// Whatever a table holds, looking into it ends, and what is found is what was looked for.
  private static func look(_ table: ChunkTable) throws {
    for index in 0..<table.count {
      guard let entry = table.entry(index) else { throw BrokenPromise("table: a hole") }
      let found = table.entries(of: entry.digest)
      try promise(found.count <= 16, "table: one digest fills it")
      try promise(found.allSatisfy { $0.digest == entry.digest }, "table: another digest")
    }
    try promise(table.entry(table.count) == nil, "table: an entry behind its end")
  }

  private static let chunks = [
    Array("a chunk of little".utf8), [UInt8](repeating: 0, count: 2000),
    (0..<900).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) },
    (0..<1200).map { $0.isMultiple(of: 2) ? 0x3c : UInt8(truncatingIfNeeded: $0 &* 167 >> 2) },
  ]

  private static var recipes: [[UInt8]] {
    [0, 1, 5].map { count in
      var draft = Recipe.Draft()
      for index in 0..<count {
        draft.add(ContentDigest(sha256: [UInt8(index)]), byteCount: 16384 + index)
      }
      return draft.finish(ContentDigest(sha256: [])).encoded
    }
  }

  /// With 13 chunks, one of them twice.
  private static let marked: Recipe = {
    var draft = Recipe.Draft()
    for index in 0..<13 {
      draft.add(ContentDigest(sha256: [UInt8(index % 12)]), byteCount: 16384)
    }
    return draft.finish(ContentDigest(sha256: []))
  }()

  private static let pack: [UInt8] = {
    var bytes = PackFormat.head()
    bytes.replaceSubrange(8..<16, with: [1, 2, 3, 4, 5, 6, 7, 8])
    var entries: [ChunkTable.Entry] = []
    for chunk in chunks.prefix(2) {
      let frame = ChunkFrame.pack(chunk)
      entries.append(
        ChunkTable.Entry(
          digest: ContentDigest(sha256: chunk), pack: 0, offset: UInt32(bytes.count),
          frameBytes: UInt32(frame.count)))
      bytes += frame
    }
    let table = ChunkTable.encode(entries)
    let name = PackFormat.name(table: table, head: Array(bytes.prefix(16)))
    return bytes + table + PackFormat.tail(name: name, start: bytes.count, count: entries.count)
  }()

  /// The same bytes with the name put right, if there is a tail that says where the table is.
  private static func named(_ bytes: [UInt8]) -> [UInt8] {
    let (head, tail) = (PackFormat.headBytes, PackFormat.tailBytes)
    guard bytes.count >= head + tail else { return bytes }
    let end = bytes.count - tail
    let start = bytes[end + 32..<end + 40].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard start >= UInt64(head), start <= UInt64(end) else { return bytes }
    let name = PackFormat.name(
      table: Array(bytes[Int(start)..<end]), head: Array(bytes.prefix(head)))
    return bytes[..<end] + name.bytes + bytes[(end + 32)...]
  }

  private static let index: [UInt8] = {
    let entries = (0..<12).map { number in
      ChunkTable.Entry(
        digest: ContentDigest(sha256: [UInt8(number)]), pack: UInt32(number % 2),
        offset: UInt32(number * 1000), frameBytes: 999)
    }
    let packs = [ContentDigest(sha256: [100]), ContentDigest(sha256: [101])]
    return IndexFile.head(packs: packs, count: entries.count) + ChunkTable.encode(entries)
  }()

  /// The same bytes with the hash over the list of packs put right.
  private static func signed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 24 else { return bytes }
    let packs = bytes[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) }
    let end = 24 + packs * 32
    guard end + 32 <= bytes.count else { return bytes }
    return bytes[..<end] + ContentDigest(sha256: Array(bytes[..<end])).bytes + bytes[(end + 32)...]
  }
}
