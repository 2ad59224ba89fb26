import Foundation
import GRDB
import Synchronization

/// A regular expression of a filter. Some take for ever: one that does is refused, whoever wrote it.
enum SearchPattern {
  static let tooCostly = "the pattern takes too long: write it without repeats inside of repeats"

  /// What is longer is not looked through.
  private static let textBytes = 64 * 1024
  /// ICU tells of its progress every 10,000 steps or so: this many are about 50 ms.
  private static let strides = 100

  /// The texts of one search follow each other.
  private static let last = Mutex<(pattern: String, expression: NSRegularExpression)?>(nil)

  /// Nil for a pattern that is none.
  ///
  /// - Throws: `DatabaseError` with `tooCostly`.
  static func matches(_ text: String, _ pattern: String) throws -> Bool? {
    guard text.utf8.count <= textBytes, let expression = read(pattern) else { return nil }
    var found = false
    var strides = 0
    expression.enumerateMatches(
      in: text, options: [.reportProgress], range: NSRange(text.startIndex..., in: text)
    ) { match, _, stop in
      if match != nil { found = true } else { strides += 1 }
      if found || strides > SearchPattern.strides { stop.pointee = true }
    }
    guard found || strides <= SearchPattern.strides else {
      throw DatabaseError(resultCode: .SQLITE_ABORT, message: tooCostly)
    }
    return found
  }

  private static func read(_ pattern: String) -> NSRegularExpression? {
    let known = last.withLock { $0.flatMap { $0.pattern == pattern ? $0.expression : nil } }
    guard let expression = known ?? (try? NSRegularExpression(pattern: pattern)) else { return nil }
    if known == nil { last.withLock { $0 = (pattern, expression) } }
    return expression
  }
}
