import Testing

@testable import FieldbookCLI

@Suite("Tables for people")
struct TableTests {
  private func lines(_ table: Table, width: Int? = nil) -> [String] {
    table.lines(width: width).map(\.plain)
  }

  @Test("columns are aligned, numbers at their right, without trailing spaces")
  func alignment() {
    var table = Table([.init("name"), .init("n", isRightAligned: true), .init("note")])
    table.row(["a", "1", "first"])
    table.row(["longer", "1234", ""])
    #expect(
      lines(table) == [
        "name       n  note",
        "a          1  first",
        "longer  1234",
      ])
  }

  @Test("wide characters take two columns, marks none")
  func unicodeWidth() {
    #expect(DisplayWidth.of("abc") == 3)
    #expect(DisplayWidth.of("日本") == 4)
    #expect(DisplayWidth.of("e\u{301}") == 1)
    #expect(DisplayWidth.of("👩‍👩‍👧") == 2)
    #expect(DisplayWidth.of("❤\u{FE0F}") == 2)
    #expect(DisplayWidth.of("▁▃█…é") == 5)
    var table = Table([.init(""), .init("")], hasHeadings: false)
    table.row(["日本", "x"])
    table.row(["abcd", "y"])
    #expect(lines(table) == ["日本  x", "abcd  y"])
  }

  @Test("the widest column gives way first, and no line is wider than the terminal")
  func narrow() {
    var table = Table([.init("id", shrinks: false), .init("name"), .init("text")])
    table.row(["a3f91c02", "brisk-heron", "a rather long text that goes on"])
    #expect(lines(table, width: 40)[1] == "a3f91c02  brisk-heron  a rather long te…")
    for width in [60, 40, 30, 20, 10, 3] {
      #expect(table.lines(width: width).allSatisfy { $0.width <= width })
    }
  }

  @Test("a cut keeps whole characters")
  func truncation() {
    #expect(Phrase("日本語").truncated(to: 6).plain == "日本語")
    #expect(Phrase("日本語").truncated(to: 5).plain == "日本…")
    #expect(Phrase("日本語").truncated(to: 4).plain == "日…")
    #expect(Phrase("abc").truncated(to: 0).plain == "")
  }
}

@Suite("Phrases")
struct PhraseTests {
  @Test("what a peer named something cannot command the terminal")
  func harmless() {
    #expect(Phrase("a\u{1B}[2Jb").plain == "a\\u{1b}[2Jb")
    #expect(Phrase("x\u{202E}y").plain == "x\\u{202e}y")
    #expect(Phrase("one\ntwo\tthree").plain == "one⏎two three")
    #expect(Phrase("\u{9B}31m").plain == "\\u{9b}31m")
  }

  @Test("colour is added only where it is wanted")
  func colour() {
    let phrase = Phrase("ok", .green) + Phrase(" then")
    #expect(phrase.rendered(inColour: false) == "ok then")
    #expect(phrase.rendered(inColour: true) == "\u{1B}[32mok\u{1B}[0m then")
  }
}
