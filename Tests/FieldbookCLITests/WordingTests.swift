import FieldbookModel
import Testing

@testable import FieldbookCLI

@Suite("Numbers and times as people read them")
struct WordingTests {
  private static let now = Timestamp(milliseconds: 1_795_000_000_000)

  @Test(
    "how long ago",
    arguments: [
      (-301_000, "2026-11-18"), (-299_000, "just now"), (0, "just now"), (9_999, "just now"),
      (10_000, "10 s ago"), (59_999, "59 s ago"), (60_000, "1 min ago"), (180_000, "3 min ago"),
      (3_599_999, "59 min ago"), (3_600_000, "1 h ago"), (86_399_999, "23 h ago"),
      (86_400_000, "1 day ago"), (172_800_000, "2 days ago"), (2_678_399_000, "30 days ago"),
      (2_678_400_000, "2026-10-18"),
    ] as [(Int64, String)])
  func ago(_ milliseconds: Int64, _ words: String) {
    let time = Timestamp(milliseconds: Self.now.milliseconds - milliseconds)
    #expect(Wording.ago(time, now: Self.now) == words)
  }

  @Test(
    "sizes",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (9_949, "9.9 kB"), (99_999, "100 kB"),
      (999_499, "999 kB"), (999_500, "1.0 MB"), (123_456_789, "123 MB"),
      (5_000_000_000_000, "5.0 TB"),
    ] as [(Int64, String)])
  func sizes(_ bytes: Int64, _ words: String) {
    #expect(Wording.bytes(bytes) == words)
  }

  @Test(
    "durations",
    arguments: [
      (1_234, "1.2 s"), (12_900, "12 s"), (61_000, "1 min 1 s"), (3_720_000, "1 h 2 min"),
      (90_000_000, "1 d 1 h"),
    ] as [(Int64, String)])
  func durations(_ milliseconds: Int64, _ words: String) {
    #expect(Wording.duration(milliseconds: milliseconds) == words)
  }

  @Test("metrics have six digits at most")
  func numbers() {
    #expect(Wording.number(0.91304347) == "0.913043")
    #expect(Wording.number(3) == "3")
    #expect(Wording.number(.nan) == "NaN")
    #expect(Wording.number(-.infinity) == "-Infinity")
  }

  @Test("a long text is its first line")
  func brief() {
    #expect(Wording.brief("one\ntwo").plain == "one …")
    #expect(Wording.brief("one").plain == "one")
    #expect(Wording.brief(nil).plain == "(none)")
    #expect(Wording.brief("").plain == "(empty)")
  }

  @Test("short ids are eight digits, and more where eight are not enough")
  func shortIDs() {
    let ids = ShortIDs(["a3f91c0211", "77aa01bc00"])
    #expect(ids("a3f91c0211") == "a3f91c02")
    let alike = ShortIDs(["a3f91c0211", "a3f91c0299", "77aa01bc00"])
    #expect(alike("a3f91c0211") == "a3f91c021")
    #expect(alike("a3f91c0299") == "a3f91c029")
  }
}
