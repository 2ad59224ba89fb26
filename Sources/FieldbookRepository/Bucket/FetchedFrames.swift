import FieldbookModel
import Foundation
import Synchronization

/// Frames that were fetched from a bucket with few requests, before they are needed.
package final class FetchedFrames: Sendable {
  struct Span {
    let pack: ContentDigest
    let start: Int
    let bytes: [UInt8]
  }

  private let spans: [Span]

  init(_ spans: [Span]) { self.spans = spans }

  /// False if the place is not among them; else its bytes are in `room`.
  func copy(_ place: ChunkPlace, into room: UnsafeMutableRawBufferPointer) -> Bool {
    let (start, count) = (Int(place.offset), room.count)
    for span in spans
    where span.pack == place.pack && span.start <= start
      && start + count <= span.start + span.bytes.count
    {
      span.bytes.withUnsafeBytes {
        room.copyMemory(
          from: UnsafeRawBufferPointer(
            rebasing: $0[start - span.start..<start - span.start + count]))
      }
      return true
    }
    return false
  }
}

/// Places in packs, joined to the parts that are asked for at once.
struct FetchPlan {
  /// Frames that lie no further apart are fetched with what is between them.
  static let gapMax = 128 << 10
  /// A little more than what is fetched ahead, heads included.
  static let spanMax = 12 << 20

  private(set) var parts: [(pack: ContentDigest, range: Range<Int>)] = []

  init(_ places: [ChunkPlace]) {
    for place in places.sorted(by: { ($0.pack, $0.offset) < ($1.pack, $1.offset) }) {
      let (start, end) = (Int(place.offset), Int(place.offset) + Int(place.frameBytes))
      if let last = parts.last, last.pack == place.pack,
        start <= last.range.upperBound + FetchPlan.gapMax,
        end - last.range.lowerBound <= FetchPlan.spanMax
      {
        let upper = max(last.range.upperBound, end)
        parts[parts.count - 1].range = last.range.lowerBound..<upper
      } else {
        parts.append((place.pack, start..<end))
      }
    }
  }
}

extension LargeStore {
  /// How much of a content is fetched at once.
  package static let aheadBytes = 8 << 20

  /// Fetches of these chunks, in their order, those that lie in the bucket alone, up to `bytesMax`; nil if there are none.
  ///
  /// - Throws: `BucketFailure` if the bucket is out of reach. What is not in it is left out: whoever looks finds that out.
  package func fetchAhead(_ chunks: [ContentDigest], bytesMax: Int = aheadBytes) throws
    -> FetchedFrames?
  {
    guard hasShelf else { return nil }
    let index = try freshIndex()
    guard index.hasAway else { return nil }
    var places: [ChunkPlace] = []
    var total = 0
    for chunk in chunks {
      guard let place = index.places(of: chunk).first else { continue }
      total += Int(place.frameBytes)
      if total > bytesMax, !places.isEmpty { break }
      if !index.isHere(place.pack) { places.append(place) }
    }
    return try fetch(places)
  }

  func fetch(_ places: [ChunkPlace]) throws -> FetchedFrames? {
    let parts = FetchPlan(places.filter { Int($0.frameBytes) <= ChunkFrame.bytesMax }).parts
    guard !parts.isEmpty else { return nil }
    let found = Mutex<(spans: [FetchedFrames.Span], failure: (any Error)?)>(([], nil))
    DispatchQueue.concurrentPerform(iterations: parts.count) { number in
      let part = parts[number]
      do {
        guard found.withLock({ $0.failure == nil }),
          let bytes = try bucketBytes(part.pack, part.range)
        else { return }
        found.withLock {
          $0.spans.append(.init(pack: part.pack, start: part.range.lowerBound, bytes: bytes))
        }
      } catch {
        found.withLock { $0.failure = $0.failure ?? error }
      }
    }
    let (spans, failure) = found.withLock { $0 }
    if let failure { throw failure }
    return FetchedFrames(spans)
  }

  /// Nil for a pack that is not in the bucket: not noted there, or gone from it.
  func bucketBytes(_ pack: ContentDigest, _ range: Range<Int>) throws -> [UInt8]? {
    guard let store = awayStore(of: pack) else { return nil }
    guard let shelf else { throw LargeStore.withoutShelf }
    do {
      return try shelf.read(pack, in: store, Int64(range.lowerBound)..<Int64(range.upperBound))
    } catch let failure as BucketFailure where failure.kind == .notThere {
      return nil
    }
  }

  static let withoutShelf = BucketFailure(
    .misled, "packs of this replica lie in an object storage that it is not told of any more",
    hint: "say where: fieldbook hub --objects s3://BUCKET/PREFIX")
}
