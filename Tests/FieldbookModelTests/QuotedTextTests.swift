import FieldbookModel
import Testing

@Suite("Texts in quotes")
struct QuotedTextTests {
  @Test("any character comes back from JSON, and what commands a terminal is written in digits")
  func roundTrip() throws {
    let all =
      (0..<0x3000).compactMap(UnicodeScalar.init)
      + ["\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "\u{1F600}", "\u{10FFFF}"]
    let text = String(String.UnicodeScalarView(all))
    let quoted = QuotedText.of(text)
    #expect(try JSONParser.parse(Array(quoted.utf8)) == .string(text))
    #expect(!quoted.unicodeScalars.contains { $0.value < 32 || (127..<160).contains($0.value) })
    #expect(!quoted.contains("\u{2028}") && quoted.contains("\\u2028"))
  }

  @Test("one is told from many, with its verb")
  func amounts() {
    #expect(Amount.of(1, "file") == "1 file" && Amount.of(0, "file") == "0 files")
    #expect(Amount.of(1, "segment", ("waits", "wait")) == "1 segment waits")
    #expect(Amount.of(Int64(2), "segment", ("waits", "wait")) == "2 segments wait")
  }
}
