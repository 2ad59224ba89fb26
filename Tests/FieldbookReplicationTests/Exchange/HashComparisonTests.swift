import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import Testing

@Suite("Comparing segments by ranges") struct HashComparisonTests {
  private static func hashes(_ count: Int, _ generator: inout SeededGenerator) -> [SegmentHash] {
    (0..<count).map { _ in
      SegmentHash(bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })!
    }
  }

  /// Messages and bytes that it took, both ways.
  private func compare(_ here: [SegmentHash], _ there: [SegmentHash]) throws
    -> (comparison: HashComparison, messages: Int, bytes: Int)
  {
    let peer = HashSet(there)
    var comparison = HashComparison(HashSet(here))
    var (messages, bytes) = (0, 0)
    while let question = comparison.question() {
      let asked = HashRangeCoding.encode(question)
      let answer = HashRangeCoding.encode(
        try HashRangeCoding.decodeRanges(asked).map(peer.answer))
      try comparison.take(HashRangeCoding.decodeAnswers(answer))
      messages += 1
      bytes += asked.count + answer.count
    }
    return (comparison, messages, bytes)
  }

  @Test(
    "finds exactly what each side lacks",
    arguments: [
      (0, 0, 0), (0, 0, 5), (0, 5, 0), (1, 0, 0), (31, 1, 1), (32, 1, 0), (33, 0, 1), (500, 7, 3),
      (20_000, 0, 0), (20_000, 1, 0), (20_000, 0, 1), (20_000, 40, 60), (0, 3000, 0), (0, 0, 3000),
      (10, 2000, 2000),
    ])
  func differences(common: Int, here: Int, there: Int) throws {
    var generator = SeededGenerator(seed: UInt64(common + 3 * here + 7 * there))
    let both = Self.hashes(common, &generator)
    let ours = Self.hashes(here, &generator)
    let theirs = Self.hashes(there, &generator)
    let (found, _, _) = try compare(both + ours, both + theirs)
    #expect(found.onlyHere.sorted() == ours.sorted())
    #expect(found.onlyThere.sorted() == theirs.sorted())
  }

  @Test("costs what the differences cost, not what the history would")
  func costs() throws {
    var generator = SeededGenerator(seed: 1)
    let both = Self.hashes(50_000, &generator)
    let equal = try compare(both, both)
    #expect(equal.messages == 1 && equal.bytes < 100)
    let one = try compare(both, Array(both.dropFirst()))
    #expect(one.messages <= 5 && one.bytes < 20_000, "\(one.messages) \(one.bytes)")
  }

  @Test("hashes that differ only at their end")
  func neighbours() throws {
    let all = (0..<200).map { index in
      SegmentHash(bytes: [UInt8](repeating: 9, count: 31) + [UInt8(index)])!
    }
    let (found, _, _) = try compare(Array(all.dropFirst(3)), Array(all.dropLast(2)))
    #expect(found.onlyHere == Array(all.suffix(2)))
    #expect(found.onlyThere == Array(all.prefix(3)))
  }

  @Test(
    "answers that do not fit the question are refused, and a peer cannot keep one busy for ever")
  func lies() throws {
    var generator = SeededGenerator(seed: 2)
    let own = HashSet(Self.hashes(100, &generator))
    let foreign = HashSet(Self.hashes(1000, &generator))
    func expectRefused(_ answers: [HashRangeAnswer]) {
      var comparison = HashComparison(own)
      _ = comparison.question()
      #expect(throws: DecodingFailure.self) { try comparison.take(answers) }
    }
    expectRefused([])
    expectRefused([.equal, .equal])
    expectRefused([.parts([])])
    expectRefused([.parts([foreign.whole])])
    guard case .parts(let parts) = foreign.answer(own.whole) else {
      Issue.record("a large set is told in parts")
      return
    }
    expectRefused([.parts(Array(parts.dropFirst()))])
    expectRefused([.parts(Array(parts.dropLast()))])
    expectRefused([.parts(parts.reversed())])
    var narrowed = HashComparison(own)
    _ = narrowed.question()
    try narrowed.take([.parts(parts)])
    let question = narrowed.question()
    let asked = try #require(question)
    let outside = own.hashes(from: asked.last?.lower, to: nil)
    #expect(throws: DecodingFailure.self) {
      try narrowed.take(asked.map { _ in .hashes(Array(outside.prefix(5))) })
    }
  }

  @Test("any bytes are refused or read, and read bytes are written the same")
  func anything() throws {
    var generator = SeededGenerator(seed: 3)
    let set = HashSet(Self.hashes(300, &generator))
    let good = [
      HashRangeCoding.encode([set.whole]),
      HashRangeCoding.encode([set.answer(HashSet([]).whole), .equal, .hashes([])]),
    ]
    for _ in 0..<3000 {
      var bytes = good.randomElement(using: &generator)!
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
          1 << UInt8.random(in: 0..<8, using: &generator)
      }
      if generator.chance(30) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
      }
      if let ranges = try? HashRangeCoding.decodeRanges(bytes) {
        #expect(HashRangeCoding.encode(ranges) == bytes)
      }
      if let answers = try? HashRangeCoding.decodeAnswers(bytes) {
        #expect(HashRangeCoding.encode(answers) == bytes)
      }
    }
  }
}
