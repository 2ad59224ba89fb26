import FieldbookModel
import Foundation
import Synchronization

/// The bucket of a chunk store, and what of it this replica may do.
package final class PackShelf: Sendable {
  package let bucket: any PackBucket
  /// Where this replica's own packs go; nil while it may only read: a copy of a folder must not remove what the original needs.
  package let store: BucketStore?
  /// Bytes of packs that stay here although they lie in the bucket.
  package let cacheBytes: Int64
  /// Seconds for which a bucket that was out of reach is not asked again by readers: each would wait for as long.
  private let rest: Double
  private let failing = Mutex<(failure: BucketFailure, until: ContinuousClock.Instant)?>(nil)
  private let marked = Mutex<Set<BucketStore>>([])

  package static let cacheBytes: Int64 = 1 << 30

  package init(
    bucket: any PackBucket, store: BucketStore?, cacheBytes: Int64 = PackShelf.cacheBytes,
    rest: Double = 5
  ) {
    self.bucket = bucket
    self.store = store
    self.cacheBytes = max(0, cacheBytes)
    self.rest = rest
  }

  /// A part of a pack.
  func read(_ pack: ContentDigest, in store: BucketStore, _ range: Range<Int64>) throws -> [UInt8] {
    if let known = failing.withLock({ $0 }), known.until > .now { throw known.failure }
    do {
      return try bucket.read(store.key(of: pack), range)
    } catch let failure as BucketFailure {
      if failure.kind == .notThere { try requireMark(store) }
      if failure.kind == .away {
        failing.withLock { $0 = (failure, .now + .seconds(rest)) }
      }
      throw failure
    }
  }

  /// Throws unless the store is in this bucket at all: a wrong prefix or endpoint is not to be taken for packs that are lost.
  package func requireMark(_ store: BucketStore) throws {
    if marked.withLock({ $0.contains(store) }) { return }
    guard try bucket.byteCount(of: store.mark) != nil else {
      throw BucketFailure(
        .misled, "\(bucket.address) holds nothing of this replica's store \(store)",
        hint: "check bucket, prefix and endpoint; if the bucket was emptied, say so: "
          + "fieldbook hub --objects \(bucket.address) --objects-anew, then fieldbook doctor --fix")
    }
    marked.withLock { _ = $0.insert(store) }
  }

  /// Makes the store known in the bucket; shows, too, whether it can be written to.
  package func putMark() throws {
    guard let store else { return }
    let bytes = Array("{\"fieldbook\":\"packs\",\"store\":\"\(store)\"}\n".utf8)
    try bucket.put(store.mark, .bytes(bytes), sha256: ContentDigest(sha256: bytes))
    marked.withLock { _ = $0.insert(store) }
  }
}
