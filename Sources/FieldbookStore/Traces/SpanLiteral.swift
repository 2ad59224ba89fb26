import Foundation

/// Bytes that packed spans must have for a piece of a pattern to be in what they say: looked for there before anything is read.
///
/// What a span says (`TraceSpan.searchText`) is the texts in it, as they are between two signs of JSON, and what JSON adds: names of
/// members, numbers, digits of bytes, and escapes. A piece that none of these can be a part of is a part of a text.
struct SpanLiteral: Equatable {
  /// Without what could be the end of an escape.
  let bytes: [UInt8]
  /// Small and capital letters of ASCII are the same.
  let folds: Bool

  /// The longest piece of a pattern of LIKE; nil if none tells enough.
  init?(_ pattern: String, folds: Bool) {
    let pieces = pattern.utf8.split { !SpanLiteral.isPlain($0) }.compactMap(SpanLiteral.telling)
    guard let longest = pieces.max(by: { $0.count < $1.count }) else { return nil }
    (bytes, self.folds) = (longest, folds)
  }

  /// Of bytes that were told before.
  init(told text: String, folds: Bool) { (bytes, self.folds) = (Array(text.utf8), folds) }

  /// The most telling of several that all must be there.
  static func best(_ literals: [SpanLiteral?]) -> SpanLiteral? {
    literals.compactMap(\.self).max { $0.bytes.count < $1.bytes.count }
  }

  /// Neither one of the pattern's signs nor one that JSON has or escapes.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (32..<127).contains(byte) && !signs.contains(byte)
  }

  private static let signs = Array("%_\"\\{}[]:,".utf8)
  private static let least = 3

  /// Words that are in every span, or stand for a value.
  private static let words = [
    "name", "events", "attributes", "status", "code", "ok", "error", "unset", "message", "true",
    "false", "null", "nan", "infinity",
  ]

  private static func telling(_ piece: Substring.UTF8View.SubSequence) -> [UInt8]? {
    let space = UInt8(ascii: " ")
    var bytes = Array(piece.drop { $0 == space })
    while bytes.last == space { bytes.removeLast() }
    // Numbers and digits of bytes have no other letters.
    guard bytes.contains(where: { isLetter($0) && !isHexadecimal($0) }) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    guard !words.contains(where: { $0.contains(text) }) else { return nil }
    let rest = Array(bytes.dropFirst(escaped(bytes)))
    return rest.count >= least ? rest : nil
  }

  /// How many of the first bytes could be the end of an escape: `n`, `r`, `t`, or `u` and four digits.
  private static func escaped(_ bytes: [UInt8]) -> Int {
    let digits = bytes.prefix(4).prefix(while: isHexadecimal).count
    return switch bytes.first.map({ $0 | 32 }) {
    case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): 1
    case UInt8(ascii: "u"): 1 + bytes.dropFirst().prefix(4).prefix(while: isHexadecimal).count
    default: digits
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte | 32)
  }

  func isIn(_ content: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return true }
    return content.withUnsafeBytes { content in
      bytes.withUnsafeBytes { bytes in
        guard let start = content.baseAddress, let word = bytes.baseAddress else { return false }
        let first = bytes[0]
        guard folds else {
          return SpanLiteral.find(first, word, bytes.count, start, content.count, compare: memcmp)
        }
        // As it is, or in its two forms.
        let firsts = SpanLiteral.isLetter(first) ? [first | 32, first & ~32] : [first]
        return firsts.contains { first in
          SpanLiteral.find(first, word, bytes.count, start, content.count) { left, right, count in
            strncasecmp(
              left.assumingMemoryBound(to: CChar.self), right.assumingMemoryBound(to: CChar.self),
              count)
          }
        }
      }
    }
  }

  /// - Parameter first: what the word begins with there.
  private static func find(
    _ first: UInt8, _ word: UnsafeRawPointer, _ count: Int, _ start: UnsafeRawPointer, _ size: Int,
    compare: (UnsafeRawPointer, UnsafeRawPointer, Int) -> Int32
  ) -> Bool {
    var place = start
    let end = start + size
    while end - place >= count,
      let found = memchr(place, Int32(first), (end - place) - count + 1)
    {
      let found = UnsafeRawPointer(found)
      if compare(found, word, count) == 0 { return true }
      place = found + 1
    }
    return false
  }
}
