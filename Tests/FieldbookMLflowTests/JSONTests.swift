import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookMLflow

@Suite("JSON")
struct JSONTests {
  private func parse(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

  @Test("integers stay exact up to 64 bits, beyond that they are doubles")
  func integers() throws {
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("-9223372036854775808") == .integer(.min))
    #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try parse("-0") == .integer(0))
    #expect(try parse("0.5e1") == .number(5))
  }

  @Test("what Python writes for numbers that are none is read")
  func specialNumbers() throws {
    #expect(
      try parse("[Infinity, -Infinity]") == .array([.number(.infinity), .number(-.infinity)]))
    guard case .number(let number) = try parse("NaN") else {
      Issue.record("NaN is no number")
      return
    }
    #expect(number.isNaN)
  }

  @Test("strings are unescaped, surrogate pairs joined")
  func strings() throws {
    #expect(try parse(#""a\"\\\/\b\f\n\r\té😀""#) == .string("a\"\\/\u{8}\u{c}\n\r\té😀"))
    #expect(try parse(#""☃ ä""#) == .string("☃ ä"))
  }

  @Test("members keep their order and the later of two counts")
  func members() throws {
    let value = try parse(#" { "b" : 1 , "a" : null , "b" : 2 } "#)
    #expect(value["b"] == .integer(2))
    #expect(value["a"] == nil)
    #expect(value["c"] == nil)
  }

  @Test(
    "what is not JSON is refused",
    arguments: [
      "", " ", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "-", "1.",
      ".5",
      "1e", "+1", "tru", "nul", "1 2", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
      "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "'a'", "-Inf", "Infinit", "{\"a\":1}}",
      "\u{feff}1",
    ])
  func malformed(_ text: String) {
    #expect(throws: JSONFailure.self) { try parse(text) }
  }

  @Test("invalid UTF-8 is refused, in plain strings and in escaped ones")
  func invalidUTF8() {
    let quote = UInt8(ascii: "\"")
    for bytes: [UInt8] in [
      [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC0, 0x80],
    ] {
      #expect(throws: JSONFailure.self) { try JSONParser.parse([quote] + bytes + [quote]) }
      let escaped = Array("\"\\n".utf8) + bytes + [quote]
      #expect(throws: JSONFailure.self) { try JSONParser.parse(escaped) }
    }
  }

  @Test("depth and number of values are bounded")
  func bounds() throws {
    let limit = JSONParser.depthLimit
    let fits = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(throws: Never.self) { try parse(fits) }
    #expect(throws: JSONFailure.self) { try parse("[" + fits + "]") }
    #expect(throws: JSONFailure.self) { try parse(String(repeating: "[", count: 100_000)) }
    #expect(throws: JSONFailure.self) { try parse(String(repeating: "{\"\":", count: 100_000)) }
    let many = "[" + String(repeating: "0,", count: JSONParser.valueLimit) + "0]"
    #expect(throws: JSONFailure.self) { try parse(many) }
  }

  @Test("what is written reads back the same")
  func roundTrip() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      let value = JSON.random(depth: 4, using: &random)
      #expect(try JSONParser.parse(value.utf8) == value)
      #expect(try JSONParser.parse(Array(value.asciiText.utf8)) == value)
    }
  }

  @Test("no input traps")
  func fuzz() {
    var random = SeededGenerator(seed: 42)
    let alphabet =
      Array("{}[]:,\"\\u0123456789.eE+-truefalsnN Infinity\u{0}\u{1f}äé😀".utf8) + [0xFF, 0xC3]
    for _ in 0..<20_000 {
      var bytes = JSON.random(depth: 3, using: &random).utf8
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        case 1: if place < bytes.count { bytes.remove(at: place) }
        default: bytes.removeSubrange(place...)
        }
      }
      // Either it reads, and then writes what reads the same, or it is refused.
      guard let value = try? JSONParser.parse(bytes) else { continue }
      #expect((try? JSONParser.parse(value.utf8))?.utf8 == value.utf8)
    }
  }

  @Test("doubles are written so that they read back the same, the others as MLflow's words")
  func numbers() {
    let values: [Double] = [
      0.1, -0.0, .leastNonzeroMagnitude, 1.7976931348623157e308, .nan, .infinity, -.infinity, 3,
    ]
    #expect(
      String(decoding: JSON.array(values.map(JSON.number)).utf8, as: UTF8.self)
        == "[0.1,-0.0,5e-324,1.7976931348623157e+308,\"NaN\",\"Infinity\",\"-Infinity\",3.0]")
  }
}

extension JSON {
  static func random(depth: Int, using random: inout SeededGenerator) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2:
      return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
    case 3:
      let number = Double(bitPattern: random.next())
      return .number(number.isFinite ? number : 0.25)
    case 4, 5: return .string(text(using: &random))
    case 6:
      return .array(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          JSON.random(depth: depth - 1, using: &random)
        })
    default:
      return .object(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          Member(name: text(using: &random), value: JSON.random(depth: depth - 1, using: &random))
        })
    }
  }

  private static func text(using random: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0..<8, using: &random) {
      let limit: UInt32 = Bool.random(using: &random) ? 0x80 : 0x1F700
      text.unicodeScalars.append(
        Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) ?? "?")
    }
    return text
  }
}
