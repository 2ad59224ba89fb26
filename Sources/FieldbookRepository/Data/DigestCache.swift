import Crypto
import FieldbookModel
import Foundation

/// The digests that the files of some data had when they were last read, with what tells that they are the same still.
///
/// Losing it costs time only: a file that does not read is done without. Its form is ours and may change: a head, entries,
/// and the SHA-256 of all that.
package struct DigestCache: Equatable {
  struct Entry: Equatable {
    var stamp: FileStamp
    var digest: ContentDigest
  }

  private(set) var entries: [TreePath: Entry] = [:]

  package init() {}

  private static let bytesMax = 1 << 30
  private static let head = Array("fieldbook-digests 1\n".utf8)
  private static let digestBytes = 32
  /// Without the path: its length, four numbers, the digest.
  private static let entryBytes = 4 + 4 * 8 + digestBytes

  func digest(of path: TreePath, _ info: stat) -> ContentDigest? {
    guard let entry = entries[path], entry.stamp == FileStamp(info) else { return nil }
    return entry.digest
  }

  /// - Parameter moment: when reading began, in seconds; what changed within the second before is not kept.
  mutating func note(_ path: TreePath, _ info: stat, _ digest: ContentDigest, at moment: Int) {
    let stamp = FileStamp(info)
    guard stamp.isSettled(at: moment) else { return }
    entries[path] = Entry(stamp: stamp, digest: digest)
  }

  // MARK: The file

  init(file: String) {
    var info = stat()
    guard stat(file, &info) == 0, Int64(info.st_size) <= Int64(DigestCache.bytesMax),
      let data = FileManager.default.contents(atPath: file),
      let read = DigestCache(Array(data))
    else { return }
    self = read
  }

  /// Nil for anything that `bytes` did not write.
  package init?(_ bytes: [UInt8]) {
    let end = bytes.count - DigestCache.digestBytes
    guard end >= DigestCache.head.count, bytes.starts(with: DigestCache.head),
      SHA256.hash(data: bytes[..<end]).elementsEqual(bytes[end...])
    else { return nil }
    var place = DigestCache.head.count
    var last: TreePath?
    while place < end {
      guard end - place >= DigestCache.entryBytes else { return nil }
      let length = Int(DigestCache.number(bytes, place, 4))
      guard length <= end - place - DigestCache.entryBytes else { return nil }
      var at = place + 4
      let numbers = (0..<4).map { DigestCache.number(bytes, at + $0 * 8, 8) }
      at += 32
      let digest = ContentDigest(bytes: Array(bytes[at..<at + DigestCache.digestBytes]))!
      at += DigestCache.digestBytes
      let path = TreePath(bytes: Array(bytes[at..<at + length]))
      if let last, !(last < path) { return nil }
      last = path
      let stamp = FileStamp(
        size: Int64(bitPattern: numbers[0]), modified: Int64(bitPattern: numbers[1]),
        changed: Int64(bitPattern: numbers[2]), inode: numbers[3])
      entries[path] = Entry(stamp: stamp, digest: digest)
      place = at + length
    }
  }

  package var bytes: [UInt8] {
    var out = DigestCache.head
    for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
      DigestCache.put(UInt64(path.bytes.count), 4, &out)
      for number in [entry.stamp.size, entry.stamp.modified, entry.stamp.changed] {
        DigestCache.put(UInt64(bitPattern: number), 8, &out)
      }
      DigestCache.put(entry.stamp.inode, 8, &out)
      out += entry.digest.bytes
      out += path.bytes
    }
    return out + Array(SHA256.hash(data: out))
  }

  /// Whole or not at all; a failure is no trouble.
  func save(_ file: String) {
    let scratch = file + "." + UUID().uuidString
    let isWritten = FileManager.default.createFile(
      atPath: scratch, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
    if !isWritten || rename(scratch, file) != 0 { unlink(scratch) }
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  private static func put(_ number: UInt64, _ count: Int, _ out: inout [UInt8]) {
    for place in 0..<count { out.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * place))) }
  }
}
