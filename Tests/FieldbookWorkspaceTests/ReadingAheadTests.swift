import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// A large batch is read on another core while it is folded: nothing of what comes of it depends on that.
@Suite("Reading ahead")
struct ReadingAheadTests: TeamSuite {
  let team: Team

  init() throws {
    team = try Team(["hub", "ana", "bo"])
  }

  /// Segments of ana's, each of its own size; more than a batch must have to be read ahead.
  private func segments() throws -> [EncodedSegment] {
    let before = try ana.heads()
    var generator = SeededGenerator(seed: 7)
    for index in 0..<120 {
      let run = try ana.newRun("run \(index)")
      let text = (0..<index * 8).map { _ in
        String(UInt64.random(in: 0 ... .max, using: &generator), radix: 36)
      }
      try ana.setDescription(run.key, text.joined(separator: " "), durability: .script)
      try ana.seal()
    }
    let made = try ana.segments(notIn: before, maxBytes: .max, after: nil).segments
    #expect(made.reduce(0) { $0 + $1.bytes.count } > 128 * 1024)
    return made
  }

  @Test("at once or one by one, with damaged, known and early ones among them: one state")
  func same() throws {
    var given = try segments()
    let bytes = given[40].bytes
    given.insert(given[3], at: 20)
    given.swapAt(60, 70)
    var flipped = bytes
    flipped[bytes.count - 9] ^= 0x40
    given.insert(EncodedSegment(hash: given[40].hash, bytes: flipped), at: 30)
    given.insert(EncodedSegment(hash: given[40].hash, bytes: Array(bytes.prefix(99))), at: 80)
    given.append(EncodedSegment(hash: given[40].hash, bytes: []))

    let atOnce = try hub.apply(given, from: "test")
    var oneByOne = ApplyReport()
    for one in given {
      let report = try bo.apply([one], from: "test")
      oneByOne.applied += report.applied
      oneByOne.ops += report.ops
      oneByOne.duplicates += report.duplicates
      oneByOne.waiting += report.waiting
      oneByOne.refused += report.refused
    }
    #expect(atOnce == oneByOne)
    #expect(atOnce.refused.count == 3 && atOnce.duplicates == 1 && atOnce.waiting > 0)
    try expectEqual(members)
    #expect(try hub.runNames() == ana.runNames())
  }

  @Test("a batch of nothing but what is known, or of what does not read, ends")
  func nothing() throws {
    let given = try segments()
    _ = try hub.apply(given, from: "test")
    #expect(try hub.apply(given, from: "test").duplicates == given.count)
    let rubbish = (0..<50).map {
      EncodedSegment(hash: given[$0].hash, bytes: [UInt8](repeating: 7, count: 4000))
    }
    #expect(try hub.apply(rubbish, from: "test").refused.count == 50)
  }
}
