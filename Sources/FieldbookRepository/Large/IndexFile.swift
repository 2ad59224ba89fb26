import FieldbookModel
import Foundation

/// An index of several packs: one `ChunkTable` instead of one in each of them. Derived: it can be removed at any time.
///
/// `FBindex1`; how many packs (4) and four zeros; how many chunks (8); the packs' names (32 each); SHA-256 of all before (32); a
/// `ChunkTable` whose pack numbers count these names. Of what is read here nothing is believed but where to look.
package struct IndexFile: Sendable {
  private static let magic = Array("FBindex1".utf8)
  private static let headBytes = 24
  private static let packsMax = 1 << 20

  package let packs: [ContentDigest]
  package let table: ChunkTable

  /// Nil for anything else, an index that was cut included.
  package init?(_ bytes: StoredBytes) {
    guard let head = bytes.read(at: 0, count: IndexFile.headBytes),
      head.starts(with: IndexFile.magic)
    else { return nil }
    let (packCount, zero, count) = head.withUnsafeBytes {
      (Int($0.number32(at: 8)), $0.number32(at: 12), $0.number64(at: 16))
    }
    let listEnd = IndexFile.headBytes + packCount * 32
    guard packCount <= IndexFile.packsMax, zero == 0,
      count <= UInt64(bytes.count / ChunkTable.entryBytes),
      listEnd + 32 + Int(count) * ChunkTable.entryBytes == bytes.count,
      let list = bytes.read(at: IndexFile.headBytes, count: packCount * 32),
      let hash = bytes.read(at: listEnd, count: 32),
      ContentDigest(sha256: head + list).bytes == hash
    else { return nil }
    packs = list.withUnsafeBytes { list in
      (0..<packCount).map { list.digest(at: $0 * 32) }
    }
    table = ChunkTable(bytes: bytes, start: listEnd + 32, count: Int(count))
  }

  package static func head(packs: [ContentDigest], count: Int) -> [UInt8] {
    var out = magic
    out.append32(UInt32(packs.count))
    out.append32(0)
    out.append64(UInt64(count))
    out += packs.flatMap(\.bytes)
    return out + ContentDigest(sha256: out).bytes
  }
}
