import Testing

@testable import FieldbookDocuments

@Suite("Differences of texts, line by line")
struct LineDifferenceTests {
  @Test("a line break at the end is no line, and a difference where one side alone has it")
  func lastLine() {
    #expect(LineDifference(from: "", to: "a\n").text == "+a\n")
    #expect(LineDifference(from: "a\n", to: "a\nb\n").text == " a\n+b\n")
    #expect(LineDifference(from: "a", to: "a\n").text == " a\n+\n")
    #expect(LineDifference(from: "", to: "\n").text == "+\n")
  }

  @Test("lines that stayed, went and came")
  func changes() {
    let difference = LineDifference(from: "one\ntwo\nthree", to: "one\n2\nthree\nfour")
    #expect(difference.text == " one\n-two\n+2\n three\n+four\n")
  }

  @Test("from nothing all is new, to nothing all is gone")
  func ends() {
    #expect(LineDifference(from: "", to: "a\nb").text == "+a\n+b\n")
    #expect(LineDifference(from: "a", to: "").text == "-a\n")
    #expect(LineDifference(from: "a", to: "a").text == " a\n")
  }

  @Test("far from any change, equal lines are left out")
  func context() {
    let base = (1...9).map(String.init).joined(separator: "\n")
    let changed = base.replacing("5", with: "five")
    let near = LineDifference(from: base, to: changed).near(context: 1)
    #expect(near.text == " 4\n-5\n+five\n 6\n")
  }
}
