import FieldbookModel
import FieldbookReplication
import Foundation

/// Reads the segments of a batch on another core, a few ahead of the one that is folded: decompressing, decoding, hashing
/// and the signature are a third of the work of a merge, and need nothing of the database.
final class ReadingAhead: @unchecked Sendable {
  /// Below this, starting another thread is not worth it.
  private static let bytesWorth = 64 * 1024
  /// Segments that lie ready: what bounds the memory.
  private static let window = 3

  private let segments: [EncodedSegment]
  private let condition = NSCondition()
  /// The first that nobody has begun.
  private var next = 0
  /// How many were asked for.
  private var asked = 0
  private var ready: [Int: ReadSegment?] = [:]
  private var isStopped = false

  /// Nil for a batch that is soon read anyway.
  init?(_ segments: [EncodedSegment]) {
    guard segments.count > 1,
      segments.reduce(0, { $0 + $1.bytes.count }) >= ReadingAhead.bytesWorth
    else { return nil }
    self.segments = segments
    Thread.detachNewThread { [self] in work() }
  }

  /// What was found out of a segment; nil if nobody has begun it, or if it does not read.
  ///
  /// - Parameter index: greater than any before.
  func take(_ index: Int) -> ReadSegment? {
    condition.lock()
    defer { condition.unlock() }
    asked = index + 1
    condition.broadcast()
    guard index < next else {
      next = index + 1
      return nil
    }
    while true {
      if let found = ready.removeValue(forKey: index) { return found }
      condition.wait()
    }
  }

  func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    condition.unlock()
  }

  private func work() {
    var headers: [SegmentHash: SegmentHeader] = [:]
    var seen = 0
    while let index = begin() {
      // Those that the other thread took are read for their headers alone.
      for skipped in seen..<index {
        guard let header = try? Segment(encoded: segments[skipped].bytes).header else { continue }
        headers[header.hash] = header
      }
      seen = index + 1
      let segment = try? Segment(encoded: segments[index].bytes)
      let read = segment.map { ReadSegment(ahead: $0, earlier: headers) }
      if let header = segment?.header { headers[header.hash] = header }
      condition.lock()
      ready[index] = .some(read)
      condition.broadcast()
      condition.unlock()
    }
  }

  /// Takes the next one; nil when there is none, or nobody wants it.
  private func begin() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, next < segments.count, next >= asked + ReadingAhead.window {
      condition.wait()
    }
    guard !isStopped, next < segments.count else { return nil }
    defer { next += 1 }
    return next
  }
}
