import FieldbookModel
import FieldbookReplication
import FieldbookRepository

extension ContentStore {
  /// What one message carries of a content: from `offset`, which is not beyond its end, at most `SyncLimits.objectBytes`.
  func part(of digest: ContentDigest, from offset: Int64, _ size: Int64) throws -> [UInt8] {
    let end = min(size, offset + Int64(SyncLimits.objectBytes))
    let reader = try reader(of: digest, range: offset..<end)
    var bytes: [UInt8] = []
    while let piece = try reader.next() { bytes += piece }
    return bytes
  }
}
