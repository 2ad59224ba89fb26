import FieldbookFuzzing
import FieldbookTestSupport
import Testing

/// What `make fuzz` plays for hours, for seconds and without libFuzzer.
@Suite("Decoders of bytes from outside") struct CorpusTests {
  private static let names = FuzzTarget.all.map(\.name)
  private static func play(_ target: FuzzTarget, _ bytes: [UInt8]) {
    #expect(throws: Never.self, "\(bytes)") { try target.play(bytes) }
  }

  @Test("every input that is kept is read or refused", arguments: names)
  func corpus(name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let inputs = try Corpus.inputs(name)
    #expect(!inputs.isEmpty)
    for bytes in inputs { Self.play(target, bytes) }
  }

  @Test("so is what seeded changes make of them", arguments: names)
  func mutations(name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let inputs = try Corpus.inputs(name)
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<target.rounds {
      let bytes = Mutation.of(
        inputs.randomElement(using: &generator)!, with: inputs.randomElement(using: &generator)!,
        maxBytes: target.maxBytes, &generator)
      Self.play(target, bytes)
    }
  }

  @Test("what real encoders write is among them", arguments: names)
  func seeds(name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let seeds = try target.seeds()
    #expect(!seeds.isEmpty)
    for bytes in seeds {
      #expect(bytes.count <= target.maxBytes)
      Self.play(target, bytes)
    }
  }

  @Test("a broken promise is told, a refusal is not")
  func broken() throws {
    let target = FuzzTarget("t", seeds: []) { bytes in
      if bytes == [1] { throw BrokenPromise("one") }
      throw TestFailure("refused")
    }
    #expect(throws: BrokenPromise.self) { try target.play([1]) }
    try target.play([2])
  }
}
