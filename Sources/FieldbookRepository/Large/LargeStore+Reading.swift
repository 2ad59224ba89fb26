import Crypto
import FieldbookModel
import Foundation
import Synchronization

/// Reads a content, or a part of it, from one piece to the next. Every byte was verified before it is handed out.
///
/// Unchecked: whoever reads calls `next` from one thread at a time.
package final class LargeReader: @unchecked Sendable {
  /// Of the content's bytes, those that are read.
  package let range: Range<Int64>
  /// Of the whole content.
  package var size: Int64 { recipe.size }
  private let store: LargeStore
  private let recipe: Recipe
  private var chunk = 0
  /// Where that chunk begins in the content.
  private var chunkStart: Int64 = 0

  /// What was fetched from the bucket of the next chunks, and up to which.
  private var ahead: FetchedFrames?
  private var aheadEnd = 0

  private static let pieceBytes = 4 << 20

  init(_ store: LargeStore, _ recipe: Recipe, _ range: Range<Int64>) {
    self.store = store
    self.recipe = recipe
    self.range = range
    while chunk < recipe.count {
      let end = chunkStart + Int64(recipe.byteCount(chunk))
      if end > range.lowerBound { break }
      chunkStart = end
      chunk += 1
    }
  }

  private struct Part {
    var chunk: Int
    /// Of the chunk's bytes.
    var wanted: Range<Int>
    /// In the piece.
    var place: Int
  }

  /// At most about 4 MiB; nil at the end.
  ///
  /// - Throws: `LargeFailure.altered` or `.chunkMissing`; the content then counts as not here. `BucketFailure` if it lies in a bucket
  ///   that is out of reach.
  package func next() throws -> [UInt8]? {
    try lookAhead()
    let (parts, total) = takeParts()
    guard !parts.isEmpty else { return nil }
    let failure = Mutex<(any Error)?>(nil)
    let piece = [UInt8](unsafeUninitializedCapacity: total) { out, count in
      // Each part has a place of its own.
      nonisolated(unsafe) let out = UnsafeMutableRawBufferPointer(out)
      DispatchQueue.concurrentPerform(iterations: parts.count) { index in
        do { try read(parts[index], into: out) } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
      count = failure.withLock { $0 } == nil ? total : 0
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return piece
  }

  /// Asks the bucket for several pieces at once.
  private func lookAhead() throws {
    guard chunk >= aheadEnd else { return }
    var (end, bytes, start) = (chunk, 0, chunkStart)
    while end < recipe.count, start < range.upperBound, bytes < LargeStore.aheadBytes {
      start += Int64(recipe.byteCount(end))
      bytes += recipe.byteCount(end)
      end += 1
    }
    let wanted = (chunk..<end).map { recipe[$0].digest }
    ahead = try store.fetchAhead(wanted, bytesMax: .max)
    aheadEnd = end
  }

  private func takeParts() -> ([Part], Int) {
    var (parts, total): ([Part], Int) = ([], 0)
    while chunk < aheadEnd, chunkStart < range.upperBound, total < LargeReader.pieceBytes {
      let count = recipe.byteCount(chunk)
      let lower = Int(max(range.lowerBound - chunkStart, 0))
      let upper = Int(min(range.upperBound - chunkStart, Int64(count)))
      if lower < upper {
        parts.append(Part(chunk: chunk, wanted: lower..<upper, place: total))
        total += upper - lower
      }
      chunkStart += Int64(count)
      chunk += 1
    }
    return (parts, total)
  }

  private func read(_ part: Part, into out: UnsafeMutableRawBufferPointer) throws {
    let (digest, byteCount) = recipe[part.chunk]
    try ChunkPacker.withOne { packer in
      let target = UnsafeMutableRawBufferPointer(
        rebasing: out[part.place..<part.place + part.wanted.count])
      let isWhole = part.wanted.count == byteCount
      let room = isWhole ? target : packer.chunkRoom
      let count = try store.read(digest, of: recipe.content, packer, into: room, ahead: ahead)
        .count
      guard count == byteCount else {
        throw LargeFailure.badRecipe(reason: "a chunk has another length")
      }
      guard !isWhole else { return }
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[part.wanted]))
    }
  }
}

extension LargeStore {
  /// - Parameter range: of its bytes; nil: all of them.
  /// - Throws: `LargeFailure.notHere`, or `.badRange` for one that does not lie within.
  package func reader(of content: ContentDigest, range: Range<Int64>? = nil) throws -> LargeReader {
    guard let recipe = try recipe(of: content) else { throw LargeFailure.notHere(content) }
    let range = range ?? 0..<recipe.size
    guard range.lowerBound >= 0, range.upperBound <= recipe.size else {
      throw LargeFailure.badRange(size: recipe.size)
    }
    return LargeReader(self, recipe, range)
  }

  /// Reads everything again; false if some of it is not what it was. What is damaged counts as not here from then on.
  package func verify(_ content: ContentDigest) throws -> Bool {
    do {
      return try digest(of: try reader(of: content)) == content
    } catch is LargeFailure {
      return false
    }
  }

  func digest(of reader: LargeReader) throws -> ContentDigest {
    var hasher = SHA256()
    while let piece = try reader.next() { hasher.update(data: piece) }
    return ContentDigest(finishing: hasher)
  }
}
