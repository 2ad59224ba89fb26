import FieldbookModel
import Foundation
import Testing

@testable import FieldbookDocuments

@Suite("JSON as the contract has it")
struct JSONIndentedTests {
  @Test("members keep the order that they were written in")
  func order() {
    let document: JSON = ["zeta": .count(1), "alpha": [.null, true, "x"]]
    #expect(document.text(isIndented: false) == #"{"zeta":1,"alpha":[null,true,"x"]}"#)
  }

  @Test("an indented document says the same as one on a line")
  func indentation() {
    let document: JSON = ["a": ["b": [], "c": [:]], "d": [.count(1), .count(2)]]
    #expect(
      document.text(isIndented: true) == """
        {
          "a": {
            "b": [],
            "c": {}
          },
          "d": [
            1,
            2
          ]
        }
        """)
    let spaces = document.text(isIndented: true).filter { !$0.isWhitespace }
    #expect(spaces == document.text(isIndented: false))
  }

  @Test(
    "floats round-trip",
    arguments: [
      0.1, -0.0, 1, 1.0 / 3, .leastNonzeroMagnitude, 1.7976931348623157e308, 1e16, -2.5e-7,
      0.30000000000000004,
    ])
  func floats(_ number: Double) throws {
    let text = JSON.number(number).text(isIndented: false)
    #expect(Double(text)?.bitPattern == number.bitPattern)
    #expect(try JSONDecoder().decode([Double].self, from: Data("[\(text)]".utf8)) == [number])
  }

  @Test("NaN and the infinities are strings")
  func noNumbers() {
    let document: JSON = [.number(.nan), .number(.infinity), .number(-.infinity)]
    #expect(document.text(isIndented: false) == #"["NaN","Infinity","-Infinity"]"#)
  }

  @Test(
    "any text comes back as it was",
    arguments: ["", "\"quoted\\\"", "line\nbreak\r\tand\u{0}\u{1F}\u{7F}", "日本 👩‍👩‍👧 é", "\u{2028}"])
  func texts(_ text: String) throws {
    let encoded = JSON.array([.string(text)]).text(isIndented: false)
    let decoded = try JSONDecoder().decode([String].self, from: Data(encoded.utf8))
    #expect(decoded.first.map { Array($0.utf8) } == Array(text.utf8))
  }

  @Test("times are RFC 3339 in UTC with milliseconds, unknown ones null")
  func times() {
    let time = Timestamp(milliseconds: 1_763_703_608_412)
    #expect(JSON.time(time) == "2025-11-21T05:40:08.412Z")
    #expect(JSON.time(nil) == .null)
  }

  @Test("maps are ordered by key")
  func maps() {
    #expect(
      JSON.map(["b": "2", "a": "1"]).text(isIndented: false) == #"{"a":"1","b":"2"}"#)
  }
}
