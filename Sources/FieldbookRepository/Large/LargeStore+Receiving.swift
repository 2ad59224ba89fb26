import FieldbookModel
import Foundation

/// Takes in chunks that a peer sends, in any order.
///
/// They are safe after `flush`, and in packs of `packBytes` on the way: what was sealed need not be sent again, in whatever process.
/// Chunks that no recipe names yet stay for `collect`'s grace period.
///
/// Unchecked: what changes is touched with the lock held.
package final class ChunkIntake: @unchecked Sendable {
  private let store: LargeStore
  private let lock = NSLock()
  private let writer: PackWriter
  private var unsealed: Set<ContentDigest> = []

  /// So much is sent again at most after the process was killed.
  private static let packBytes = 16 << 20

  init(_ store: LargeStore) throws {
    self.store = store
    try store.folder.make(store.disk)
    writer = PackWriter(store.folder, store.disk)
  }

  /// Verifies a frame and keeps it. One that is here already changes nothing.
  ///
  /// - Returns: which chunk it is.
  /// - Throws: `LargeFailure.badFrame`.
  @discardableResult
  package func add(_ frame: [UInt8]) throws -> ContentDigest {
    try frame.withUnsafeBytes { frame in
      try ChunkPacker.withOne { packer in
        // `holds` wants the chunk's room for itself.
        let chunk = UnsafeMutableRawBufferPointer.allocate(
          byteCount: ChunkLimits.maxBytes, alignment: 64)
        defer { chunk.deallocate() }
        guard let head = ChunkFrame.unpack(frame, expecting: nil, packer, into: chunk) else {
          throw LargeFailure.badFrame
        }
        let bytes = UnsafeRawBufferPointer(rebasing: chunk[..<head.byteCount])
        try lock.withLock {
          if unsealed.contains(head.digest) { return }
          if try store.holds(bytes, head.digest, packer) { return }
          try writer.add(frame, head)
          unsealed.insert(head.digest)
          if writer.size >= min(ChunkIntake.packBytes, store.packBytes) { try seal() }
        }
        return head.digest
      }
    }
  }

  /// What was added survives a power cut on return.
  package func flush() throws { try lock.withLock { try seal() } }

  private func seal() throws {
    try writer.seal()
    unsealed = []
  }
}

extension LargeStore {
  package func intake() throws -> ChunkIntake { try ChunkIntake(self) }

  /// Chunks of a recipe that are not here, or damaged, each once, in the order of the content.
  package func missingChunks(of recipe: Recipe) throws -> [ContentDigest] {
    let index = try freshIndex()
    var seen: Set<ContentDigest> = []
    return (0..<recipe.count).map { recipe[$0].digest }.filter {
      seen.insert($0).inserted && !index.contains($0)
    }
  }

  /// A chunk as it is sent: verified, packed as it lies here; nil if it is not here.
  ///
  /// - Parameter ahead: what was fetched of it, and others, from the bucket.
  /// - Throws: `LargeFailure.altered` if it was damaged on this disk; `BucketFailure` if it lies in a bucket that is out of reach.
  package func frame(of chunk: ContentDigest, ahead: FetchedFrames? = nil) throws -> [UInt8]? {
    guard try freshIndex().contains(chunk) else { return nil }
    return try ChunkPacker.withOne { packer in
      let place = try read(chunk, of: chunk, packer, into: packer.chunkRoom, ahead: ahead).place
      return Array(packer.frameRoom[..<Int(place.frameBytes)])
    }
  }

  /// Makes a content of chunks that were sent: reads all of it, and compares the hash over the whole.
  ///
  /// - Throws: `LargeFailure.chunkMissing`, or `.altered`, for a chunk that has to be sent (again); `ContentFailure.altered` if the
  ///   recipe does not make the content that it says. Nothing is here then that was not.
  package func finish(_ recipe: Recipe) throws {
    try folder.make(disk)
    try locks.whilePutting {
      let reader = LargeReader(self, recipe, 0..<recipe.size)
      guard try digest(of: reader) == recipe.content else {
        throw ContentFailure.altered(recipe.content)
      }
      try place(recipe)
    }
  }
}
