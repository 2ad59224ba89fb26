import FieldbookModel
import FieldbookTestSupport
import Foundation

@testable import FieldbookRepository

/// A chunk store whose packs go into a bucket in memory.
struct BucketFixture {
  let large: LargeFixture
  let bucket: MemoryBucket
  let name: BucketStore

  init(_ bucket: MemoryBucket = MemoryBucket(), name: UInt8 = 1) throws {
    large = try LargeFixture()
    self.bucket = bucket
    self.name = BucketStore(bytes: [UInt8](repeating: name, count: 16))!
    try shelf().putMark()
  }

  /// - Parameter isReading: it may not write to the bucket.
  func shelf(cache: Int64 = 0, isReading: Bool = false) -> PackShelf {
    PackShelf(bucket: bucket, store: isReading ? nil : name, cacheBytes: cache, rest: 0)
  }

  /// Another one in the same folder, as another process would have it.
  func store(
    cache: Int64 = 0, packBytes: Int = 150_000, disk: any StoreDisk = SystemDisk()
  ) -> LargeStore {
    LargeStore(
      path: large.path + "/large", staging: large.path + "/tmp", packBytes: packBytes, disk: disk,
      shelf: shelf(cache: cache))
  }

  func packs() throws -> [String] { try large.files("large/packs") }

  /// All that is here was put long ago.
  func age() throws {
    for sub in ["packs", "away", "recipes"] {
      for path in try large.files("large/" + sub) {
        var old = [timespec](repeating: timespec(tv_sec: 1_000_000_000, tv_nsec: 0), count: 2)
        utimensat(AT_FDCWD, path, &old, 0)
      }
    }
  }
}
