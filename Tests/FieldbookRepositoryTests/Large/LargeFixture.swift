import Crypto
import FieldbookModel
import FieldbookTestSupport
import Foundation

@testable import FieldbookRepository

/// A chunk store in a folder of its own, and contents to put there.
struct LargeFixture {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path
    try FileManager.default.createDirectory(
      atPath: path + "/tmp", withIntermediateDirectories: true)
  }

  /// Another one in the same folder, as another process would have it.
  func store(packBytes: Int = ChunkLimits.packBytes, disk: any StoreDisk = SystemDisk())
    -> LargeStore
  {
    LargeStore(path: path + "/large", staging: path + "/tmp", packBytes: packBytes, disk: disk)
  }

  func files(_ sub: String) throws -> [String] {
    try LargeFolder.names(in: path + "/" + sub).map { path + "/" + sub + "/" + $0 }.sorted()
  }

  /// Bytes that do not compress.
  static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      for index in 0..<count / 8 {
        UnsafeMutableRawBufferPointer(out).storeBytes(
          of: generator.next().littleEndian, toByteOffset: index * 8, as: UInt64.self)
      }
      for index in count / 8 * 8..<count {
        out[index] = UInt8(truncatingIfNeeded: generator.next())
      }
      filled = count
    }
  }

  static func digest(_ bytes: [UInt8]) -> ContentDigest { ContentDigest(sha256: bytes) }
}

extension LargeStore {
  @discardableResult
  func put(_ bytes: [UInt8]) throws -> ContentDigest {
    var position = 0
    let (digest, size) = try put { room in
      // In odd pieces, as a socket gives them.
      let count = min(room.count, bytes.count - position, 77_777)
      room.copyBytes(from: bytes[position..<position + count])
      position += count
      return count
    }
    assert(size == bytes.count)
    return digest
  }

  func bytes(of content: ContentDigest, _ range: Range<Int64>? = nil) throws -> [UInt8] {
    let reader = try reader(of: content, range: range)
    var bytes: [UInt8] = []
    while let piece = try reader.next() { bytes += piece }
    return bytes
  }
}
