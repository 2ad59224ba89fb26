/// The part of a content that a request asks for. Source: RFC 9110, 14.2.
package enum ByteRange {
  /// It begins beyond the end.
  package struct Beyond: Error {}

  /// Nil for all of it: of several parts, and of words that are none, all is sent.
  package static func read(_ header: String?, of size: Int64) throws(Beyond) -> Range<Int64>? {
    guard let header, header.hasPrefix("bytes="), !header.contains(","), header.utf8.count < 64
    else { return nil }
    let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else { return nil }
    if ends[0].isEmpty {
      guard let count = Int64(ends[1]), count > 0 else { return nil }
      guard size > 0 else { throw Beyond() }
      return max(0, size - count)..<size
    }
    guard let start = Int64(ends[0]), start >= 0 else { return nil }
    guard start < size else { throw Beyond() }
    if ends[1].isEmpty { return start..<size }
    guard let end = Int64(ends[1]), end >= start else { return nil }
    return start..<min(end, size - 1) + 1
  }

  /// What an answer says that it holds.
  package static func header(_ range: Range<Int64>, of size: Int64) -> String {
    "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
  }
}
