import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import Testing

@testable import FieldbookStore

@Suite("Looking for words in packed spans")
struct SpanLiteralTests {
  /// What escapes, numbers and words of JSON are made of is frequent.
  private static func text(_ generator: inout SeededGenerator) -> String {
    let parts = [
      "n", "r", "t", "u", "0", "a", "f", "e", "x", "word", "Tool ", "true", " ", "\"", "\\", "\n",
      "\u{1b}",
      "\u{7}", "ü", "\u{2028}", "1", "-", ".", ",", ":", "{", "[", "%", "_", "name",
      "{\"a\": \"b\\nc\"}", "K", "k",
    ]
    return (0..<Int.random(in: 0...8, using: &generator)).map { _ in
      parts.randomElement(using: &generator) ?? ""
    }.joined()
  }

  private static func value(_ generator: inout SeededGenerator, depth: Int = 0) -> SpanValue {
    switch Int.random(in: 0...(depth < 2 ? 9 : 6), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .integer(Int64.random(in: -99...99999, using: &generator))
    case 3:
      return .real([0.1, 1e-05, .nan, .infinity, -1e300].randomElement(using: &generator) ?? 0)
    case 4: return .bytes((0..<5).map { _ in UInt8.random(in: 0...255, using: &generator) })
    case 5, 6: return .text(text(&generator))
    case 7: return .list((0..<3).map { _ in value(&generator, depth: depth + 1) })
    case 8: return .text(value(&generator, depth: 2).json)
    default:
      return .map((0..<2).map { _ in (text(&generator), value(&generator, depth: depth + 1)) })
    }
  }

  private static func span(_ generator: inout SeededGenerator) -> TraceSpan {
    func members(_ count: Int) -> [(key: String, value: SpanValue)] {
      (0..<count).map { _ in (text(&generator), value(&generator)) }
    }
    return TraceSpan(
      trace: TraceID(EntityKey(high: 1, low: 1)), id: 1, parent: nil, name: text(&generator),
      kind: 0,
      start: 1, end: 2, status: .error, statusMessage: text(&generator), attributes: members(4),
      events: [.init(name: text(&generator), time: 1, attributes: members(1))], links: [])
  }

  private static func content(_ spans: [TraceSpan]) throws -> [UInt8] {
    var chunk = SpanChunk()
    chunk.entries = spans.map { SpanChunk.Entry(resource: nil, scope: nil, span: $0.protobuf) }
    return try SpanChunk.unpack(chunk.encoded)
  }

  @Test(
    "any piece of what a span says is found in it, packed, or is looked for in the text",
    arguments: 1...40)
  func sound(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let span = SpanLiteralTests.span(&generator)
    let content = try SpanLiteralTests.content([span, SpanLiteralTests.span(&generator)])
    let said = Array(span.searchText.unicodeScalars)
    for _ in 0..<400 {
      let start = Int.random(in: 0..<said.count, using: &generator)
      let end = min(said.count, start + Int.random(in: 1...14, using: &generator))
      var piece = String(String.UnicodeScalarView(said[start..<end]))
      if Bool.random(using: &generator) { piece = "%" + piece + "%" }
      if let literal = SpanLiteral(piece, folds: false) {
        #expect(literal.isIn(content), "\(piece)")
      }
      let other = Bool.random(using: &generator) ? piece.uppercased() : piece.lowercased()
      // Signs beyond ASCII change with their case, which no search minds.
      if other.utf8.count == piece.utf8.count, let literal = SpanLiteral(other, folds: true) {
        #expect(literal.isIn(content), "\(other)")
      }
    }
  }

  @Test(
    "words tell; what JSON adds by itself does not",
    arguments: [
      ("%timeout%", "imeout"), ("%small-1%", "small-1"), ("%a_long word%", "long word"),
      ("%u00ffxyz%", "xyz"),
      ("%beefwork%", "work"), ("%1e-05%", nil), ("%deadbeef%", nil), ("%status%", nil),
      ("%NULL%", nil),
      ("%\": \"%", nil), ("%ox%", nil), ("%ü%", nil), ("", nil), ("% why %", "why"),
    ] as [(String, String?)])
  func telling(pattern: String, expected: String?) {
    let found = SpanLiteral(pattern, folds: true)
    #expect(found.map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
  }

  @Test("case is minded or not; what is not there is not found")
  func cases() throws {
    let content = Array("..\0Wo\0Word..wORD 1-WORD".utf8)
    for (word, folds, isThere) in [
      ("word", true, true), ("word", false, false), ("1-wOrD", true, true),
      ("1-wOrD", false, false), ("Word", false, true), ("wORDs", true, false),
    ] {
      let literal = try #require(SpanLiteral(word, folds: folds))
      #expect(literal.isIn(content) == isThere, "\(word)")
    }
    #expect(!(try #require(SpanLiteral("word", folds: true)).isIn([])))
  }
}
