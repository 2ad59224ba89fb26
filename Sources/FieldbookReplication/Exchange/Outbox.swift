import FieldbookModel

/// Segments that the other side of an exchange lacks, found once and given window by window: an answer need not have come
/// for the next to go. What was lost on the way is found when all were given, and the other side says what it holds.
package struct Outbox: Sendable {
  private var rows: ArraySlice<Int64>

  /// - Parameter rows: their numbers here, in the order in which they came: a causal one.
  package init(_ rows: [Int64] = []) { self.rows = rows[...] }

  package var isEmpty: Bool { rows.isEmpty }
  package var rest: ArraySlice<Int64> { rows }

  package mutating func removeFirst(_ count: Int) { rows.removeFirst(count) }
}

/// Own heads that are said in several messages, in the order in which their segments came here.
package struct HeadsListing: Sendable {
  /// The last segment that was looked at, by its row here; 0 before the first message.
  package var end: Int64 = 0
  /// Of all heads, when `moment` was the last segment.
  package var digest: ContentDigest
  package var moment: Int64

  package init(digest: ContentDigest, moment: Int64) {
    self.digest = digest
    self.moment = moment
  }
}
