import FieldbookTestSupport
import Testing

@testable import FieldbookModel

@Suite("Three-way merge of texts")
struct TextMergeTests {
  private func merge(_ base: String, _ left: String, _ right: String) -> TextMergeOutcome {
    TextMerge.merge(base: base, left: left, right: right, leftLabel: "ana", rightLabel: "bo")
  }

  // MARK: Examples

  @Test(
    "changes in different places merge",
    arguments: [
      ("1\n2\n3\n", "one\n2\n3\n", "1\n2\nthree\n", "one\n2\nthree\n"),
      ("1\n2\n", "0\n1\n2\n", "1\n2\n3\n", "0\n1\n2\n3\n"),
      ("1\n2\n3\n", "1\n3\n", "1\n2\n3\n4\n", "1\n3\n4\n"),
      ("1\n2\n3", "one\n2\n3", "1\n2\nthree", "one\n2\nthree"),
      ("lr is about 0.1\n", "lr is about 0.2\n", "lr was about 0.1\n", "lr was about 0.2\n"),
      ("a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"),
      ("ä\n\nö\n", "Ä\n\nö\n", "ä\n\nÖ 🙂\n", "Ä\n\nÖ 🙂\n"),
    ])
  func clean(base: String, left: String, right: String, merged: String) {
    #expect(merge(base, left, right) == .merged(merged))
  }

  @Test("what both changed differently stands between marks, with what was there before")
  func conflict() {
    #expect(
      merge("1\nx\n3\n", "1\nleft\n3\n", "1\nright\n3\n")
        == .conflicted(
          "1\n<<<<<<< ana\nleft\n||||||| base\nx\n=======\nright\n>>>>>>> bo\n3\n"))
    #expect(
      merge("x", "left", "")
        == .conflicted("<<<<<<< ana\nleft\n||||||| base\nx\n=======\n>>>>>>> bo\n"))
  }

  @Test(
    "marks stand on lines of their own whatever the line ends, without lines added",
    arguments: ["e", "é"])
  func lineEnds(letter: String) {
    let text = "\(letter)\r\n"
    #expect(
      merge(text, "1" + text, "2" + text)
        == .conflicted(
          "<<<<<<< ana\n1\(text)||||||| base\n\(text)=======\n2\(text)>>>>>>> bo\n"))
    #expect(
      merge("same\r\n" + text + "x", "same\r\n" + text + "y", "same\r\n" + text + "z")
        == .conflicted(
          "same\r\n\(text)<<<<<<< ana\ny\n||||||| base\nx\n=======\nz\n>>>>>>> bo\n"))
  }

  @Test("an accent that one side composed otherwise is a change, and stays")
  func composition() {
    for base in ["\u{e9} a", "x\n\u{e9} a\n"] {
      let other = base.replacing("\u{e9}", with: "e\u{301}")
      for outcome in [merge(base, base, other), merge(base, other, base)] {
        guard case .merged(let text) = outcome else { return #expect(Bool(false)) }
        #expect(text.utf8.elementsEqual(other.utf8))
      }
    }
  }

  // MARK: Laws

  private static let pieces = [
    "a", "b", "c", "a b", "lr = 0.1", "", " ", "é", "e\u{301}", "🙂", "\t", "\u{2028}", "<<<<<<<",
    "\0",
  ]
  private static let ends = ["\n", "\n", "\n", "\r\n", "\r", ""]

  private static func text(_ generator: inout SeededGenerator) -> String {
    (0..<Int.random(in: 0...8, using: &generator)).map { _ in
      pieces.randomElement(using: &generator)! + ends.randomElement(using: &generator)!
    }.joined()
  }

  private static func edited(_ text: String, _ generator: inout SeededGenerator) -> String {
    var lines = TextMerge.lines(text).map(\.text)
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let place = Int.random(in: 0...lines.count, using: &generator)
      if place < lines.count, generator.chance(50) { lines.remove(at: place) }
      if generator.chance(60) {
        lines.insert(pieces.randomElement(using: &generator)! + "\n", at: min(place, lines.count))
      }
    }
    return lines.joined()
  }

  @Test("equal changes are one, one side's change is taken, and no change is none")
  func identities() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<1000 {
      let (base, other) = (Self.text(&generator), Self.text(&generator))
      #expect(merge(base, other, other) == .merged(other))
      #expect(merge(base, base, other) == .merged(other))
      #expect(merge(base, other, base) == .merged(other))
      #expect(merge(base, base, base) == .merged(base))
    }
  }

  @Test("with sides exchanged the merge is the same, and a conflict has its sides exchanged")
  func symmetry() {
    var generator = SeededGenerator(seed: 2)
    var conflicts = 0
    for _ in 0..<1500 {
      let base = Self.text(&generator)
      let (left, right) = (Self.edited(base, &generator), Self.edited(base, &generator))
      switch (merge(base, left, right), merge(base, right, left)) {
      case (.merged(let one), .merged(let other)): #expect(one == other)
      case (.conflicted(let one), .conflicted(let other)):
        conflicts += 1
        #expect(one.utf8.sorted() == other.utf8.sorted(), "the same lines in another order")
      default: Issue.record("merged one way only: \(base.debugDescription)")
      }
    }
    #expect(conflicts > 100)
  }

  @Test("no line that a side added is lost, and none that nobody removed")
  func nothingLost() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<1500 {
      let base = (0..<Int.random(in: 0...10, using: &generator)).map { "base\($0)" }
      func edit(_ name: String) -> [String] {
        var lines = base.filter { _ in !generator.chance(15) }
        for number in 0..<Int.random(in: 0...3, using: &generator) {
          lines.insert(
            "\(name)\(number)", at: Int.random(in: 0...lines.count, using: &generator))
        }
        return lines
      }
      let (left, right) = (edit("left"), edit("right"))
      func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
      let outcome = merge(text(base), text(left), text(right))
      let kept = base.filter { left.contains($0) && right.contains($0) }
      let added = (left + right).filter { !base.contains($0) }
      switch outcome {
      case .merged(let out):
        #expect(out.split(separator: "\n").map(String.init).sorted() == (kept + added).sorted())
      case .conflicted(let out):
        let lines = Set(out.split(separator: "\n").map(String.init))
        #expect(lines.isSuperset(of: kept + added))
      }
    }
  }

  // MARK: Size

  @Test("two edits of a text of many lines merge")
  func long() {
    var lines = (0..<20_000).map { "line \($0)\n" }
    let base = lines.joined()
    lines[10] = "changed by ana\n"
    let left = lines.joined()
    lines[10] = "line 10\n"
    lines[19_990] = "changed by bo\n"
    let right = lines.joined()
    lines[10] = "changed by ana\n"
    #expect(merge(base, left, right) == .merged(lines.joined()))
  }

  /// With the whole difference, these would need gigabytes.
  @Test(
    "texts as large as they may be, with nothing in common, are one conflict",
    arguments: ["\n", " ", ""])
  func different(end: String) {
    func text(_ letter: String) -> String {
      (0..<Limits.textBytes / 8).map { "\(letter)\($0 % 10)" + end }.joined()
    }
    let (base, left, right) = (text("b"), text("l"), text("r"))
    guard case .conflicted(let out) = merge(base, left, right) else {
      Issue.record("they merged")
      return
    }
    #expect(out.contains(left) && out.contains(right))
    #expect(merge(base, left, left) == .merged(left))
  }
}
