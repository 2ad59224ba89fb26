import FieldbookModel
import FieldbookReplication

/// Finds contents that a log names, in whatever way: as the hexadecimal digits of their SHA-256 somewhere in a text, or as its
/// 32 bytes somewhere in other bytes. So a kind of op that this program does not know names them as well.
struct ContentMentions {
  private let wanted: Set<ContentDigest>
  /// The first eight bytes of each.
  private let prefixes: Set<UInt64>
  private(set) var found: Set<ContentDigest> = []

  init(_ wanted: Set<ContentDigest>) {
    self.wanted = wanted
    prefixes = Set(wanted.map { $0.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } })
  }

  /// Nothing more can be found.
  var isComplete: Bool { found.count == wanted.count }

  mutating func look(in bytes: [UInt8]) {
    guard bytes.count >= 32 else { return }
    var window: UInt64 = 0
    for index in bytes.indices {
      window = window << 8 | UInt64(bytes[index])
      let start = index - 7
      guard start >= 0, start + 32 <= bytes.count, prefixes.contains(window) else { continue }
      take(ContentDigest(bytes: Array(bytes[start..<start + 32])))
    }
  }

  mutating func look(in text: String) {
    var text = text
    text.withUTF8 { look(in: $0) }
  }

  private mutating func look(in digits: UnsafeBufferPointer<UInt8>) {
    guard digits.count >= 64 else { return }
    var (window, count): (UInt64, Int) = (0, 0)
    for index in digits.indices {
      guard let digit = ContentMentions.value(digits[index]) else {
        count = 0
        continue
      }
      window = window << 4 | UInt64(digit)
      count += 1
      let start = index - 15
      guard count >= 16, start + 64 <= digits.count, prefixes.contains(window) else { continue }
      take(
        ContentDigest(hex: String(decoding: digits[start..<start + 64], as: UTF8.self)))
    }
  }

  private mutating func take(_ content: ContentDigest?) {
    if let content, wanted.contains(content) { found.insert(content) }
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

extension WriteTransaction {
  /// Of some contents those that an op in the log names: also one whose value was overwritten or has no effect, one that waits
  /// for its past, one of a kind or level that this program does not know. All of the log is read.
  package func contents(namedAmong candidates: Set<ContentDigest>) throws -> Set<ContentDigest> {
    var mentions = ContentMentions(candidates)
    guard !mentions.isComplete else { return [] }
    func take<Reference>(_ op: Operation<Reference>) {
      for cell in op.cells {
        mentions.look(in: cell.field.text)
        if let text = cell.value?.text { mentions.look(in: text) }
        guard let bytes = cell.value?.bytes else { continue }
        mentions.look(in: bytes)
        guard cell.field == .spans else { continue }
        try? SpanChunk(encoded: bytes).eachText { mentions.look(in: $0) }
      }
    }
    for (_, op) in try journalOps() { take(op) }
    for query in ["SELECT id FROM segment ORDER BY id DESC", "SELECT id FROM waiting"] {
      let isWaiting = query.hasSuffix("waiting")
      for id in try sql.all(composed: query).compactMap({ $0[0].integer }) {
        guard !mentions.isComplete else { return mentions.found }
        let row =
          try isWaiting
          ? sql.first("SELECT bytes FROM waiting WHERE id = ?", .integer(id))
          : sql.first("SELECT bytes FROM segment WHERE id = ?", .integer(id))
        guard let bytes = row?[0].blob else {
          throw DatabaseFailure.corrupt("segment \(id) is missing")
        }
        do { for op in try Segment(encoded: bytes).body().ops { take(op) } } catch {
          throw DatabaseFailure.corrupt("a segment does not read")
        }
      }
    }
    return mentions.found
  }
}
