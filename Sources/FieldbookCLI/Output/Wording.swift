import FieldbookDocuments
import FieldbookModel
import Foundation

/// Numbers and times as people read them. JSON has the exact ones.
enum Wording {
  /// `1 run`, `3 runs`.
  static func count(_ number: Int, _ noun: String) -> String {
    Amount.of(number, noun)
  }

  /// Six significant digits.
  static func number(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return String(format: "%.6g", number)
  }

  static func bytes(_ count: Int64) -> String { ByteSize.words(count) }

  static func duration(milliseconds: Int64) -> String {
    let seconds = milliseconds / 1000
    switch seconds {
    case ..<10: return String(format: "%.1f s", Double(milliseconds) / 1000)
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
    case ..<86_400: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    default: return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }
  }

  /// `3 min ago`; the date when it is more than a month ago, or ahead by more than a clock's error.
  static func ago(_ time: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(time) / 1000
    switch seconds {
    case ..<(-300): return date(time)
    case ..<10: return "just now"
    case ..<60: return "\(seconds) s ago"
    case ..<3600: return "\(seconds / 60) min ago"
    case ..<86_400: return "\(seconds / 3600) h ago"
    case ..<2_678_400: return count(Int(seconds / 86_400), "day") + " ago"
    default: return date(time)
    }
  }

  /// `2026-11-21`.
  static func date(_ time: Timestamp) -> String { String(time.rfc3339.prefix(10)) }

  /// `2026-11-21 05:44:12 UTC`.
  static func moment(_ time: Timestamp) -> String {
    let text = time.rfc3339
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
  }

  /// On one line: the first line of a text, `…` when more follows; `(none)` for null.
  static func brief(_ value: String?) -> Phrase {
    guard let value else { return Phrase("(none)", .faint) }
    if value.isEmpty { return Phrase("(empty)", .faint) }
    guard let end = value.firstIndex(where: \.isNewline) else { return Phrase(value) }
    return Phrase(String(value[..<end])) + Phrase(" …", .faint)
  }
}
