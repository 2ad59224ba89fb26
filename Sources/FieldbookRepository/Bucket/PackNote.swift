import FieldbookModel

/// What stays here of a pack that lies in a bucket: where, and its table, so that nobody is asked what it holds.
///
/// `FBaway01`; the store in the bucket (16); the pack's first 16 bytes; its table; its tail (56); SHA-256 of all before (32). The pack's
/// name proves the table, as it does in the pack; the tail says how long the pack is.
package struct PackNote: Equatable, Sendable {
  private static let magic = Array("FBaway01".utf8)
  static let headBytes = 24
  private static let hashBytes = 32
  static let bytesMax =
    headBytes + PackFormat.headBytes + ChunkLimits.packChunksMax * ChunkTable.entryBytes
    + PackFormat.tailBytes + hashBytes

  package let store: BucketStore
  package let pack: ContentDigest
  /// Of the pack.
  package let byteCount: Int64
  package let encoded: [UInt8]
  let tableStart: Int
  let tableCount: Int

  /// - Parameters:
  ///   - head: the pack's first bytes.
  ///   - ending: the pack's table and tail.
  package init?(store: BucketStore, head: [UInt8], ending: [UInt8]) {
    var out = PackNote.magic
    out += store.bytes
    out += head
    out += ending
    out += ContentDigest(sha256: out).bytes
    self.init(encoded: out)
  }

  /// Nil for anything that is no whole note.
  package init?(encoded bytes: [UInt8]) {
    let least =
      PackNote.headBytes + PackFormat.headBytes + PackFormat.tailBytes + PackNote.hashBytes
    guard bytes.count >= least, bytes.count <= PackNote.bytesMax,
      bytes.starts(with: PackNote.magic),
      let store = BucketStore(bytes: Array(bytes[8..<PackNote.headBytes])),
      ContentDigest(sha256: Array(bytes.dropLast(PackNote.hashBytes))).bytes
        == Array(bytes.suffix(PackNote.hashBytes))
    else { return nil }
    let start = PackNote.headBytes + PackFormat.headBytes
    let rest = Array(bytes[start..<bytes.count - PackNote.hashBytes])
    guard
      let found = PackFormat.ending(
        head: Array(bytes[PackNote.headBytes..<start]), table: rest.dropLast(PackFormat.tailBytes),
        tail: rest.suffix(PackFormat.tailBytes))
    else { return nil }
    self.store = store
    pack = found.name
    byteCount = Int64(found.packBytes)
    encoded = bytes
    tableStart = start
    tableCount = found.count
  }

  package var table: ChunkTable {
    ChunkTable(bytes: .memory(encoded), start: tableStart, count: tableCount)
  }

  /// Nil for a file that is gone, or is no whole note of this pack.
  static func read(_ path: String, of pack: ContentDigest) -> PackNote? {
    guard let file = (try? OpenFile(path)) ?? nil, file.count <= bytesMax,
      let bytes = StoredBytes.file(file).read(at: 0, count: file.count),
      let note = PackNote(encoded: bytes), note.pack == pack
    else { return nil }
    return note
  }

  /// How long the pack is, by the note's last bytes alone; nil if they are not a note's.
  static func byteCount(at path: String) -> Int64? {
    guard let file = (try? OpenFile(path)) ?? nil,
      let end = StoredBytes.file(file).read(
        at: file.count - hashBytes - PackFormat.tailBytes, count: PackFormat.tailBytes),
      let table = PackFormat.tableBytes(tail: end)
    else { return nil }
    let start = end.withUnsafeBytes { $0.number64(at: 32) }
    guard start <= UInt64(ChunkLimits.packBytesMax) else { return nil }
    return Int64(start) + Int64(table + PackFormat.tailBytes)
  }

  /// Where the pack lies, by the note's first bytes alone.
  static func store(at path: String) -> BucketStore? {
    guard let file = (try? OpenFile(path)) ?? nil,
      let head = StoredBytes.file(file).read(at: 0, count: headBytes), head.starts(with: magic)
    else { return nil }
    return BucketStore(bytes: Array(head[8...]))
  }
}

/// A folder in the bucket that one replica alone writes to and removes from, by a random number of 128 bits.
package struct BucketStore: Hashable, Sendable, Codable, CustomStringConvertible {
  package let hex: String

  package init?(hex: String) {
    guard hex.utf8.count == 32, Hex.decode(hex) != nil, hex == hex.lowercased() else { return nil }
    self.hex = hex
  }

  package init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    hex = Hex.encode(bytes)
  }

  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let store = BucketStore(hex: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no store"))
    }
    self = store
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  package var description: String { hex }
  var bytes: [UInt8] { Hex.decode(hex) ?? [] }

  var packs: String { hex + "/packs/" }
  /// Says that the store is there: a bucket without it is another one.
  var mark: String { hex + "/store.json" }

  func key(of pack: ContentDigest) -> String { packs + pack.hex + ".pack" }

  /// The pack that a key is of; nil for another one.
  func pack(ofKey key: String) -> ContentDigest? {
    guard key.hasPrefix(packs), key.hasSuffix(".pack") else { return nil }
    return ContentDigest(hex: key.dropFirst(packs.count).dropLast(5))
  }
}
