import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookRepository

@Suite("Where contents are cut")
struct ChunkCutterTests {
  private static let bytes = LargeFixture.noise(4_000_000, seed: 1)

  private func chunks(_ bytes: [UInt8]) -> [ContentDigest] {
    var start = 0
    return ChunkCutter.ends(in: bytes).map { end in
      defer { start = end }
      return ContentDigest(sha256: Array(bytes[start..<end]))
    }
  }

  @Test("chunks have their sizes, about 64 KiB in the mean, and make the whole")
  func sizes() {
    let ends = ChunkCutter.ends(in: Self.bytes)
    let lengths = zip(ends, [0] + ends).map { $0 - $1 }
    #expect(lengths.reduce(0, +) == Self.bytes.count)
    #expect(lengths.dropLast().allSatisfy { (16 << 10...256 << 10).contains($0) })
    let mean = Self.bytes.count / lengths.count
    #expect((48 << 10...96 << 10).contains(mean), "\(mean)")
  }

  @Test("a byte put in at the start, or in the middle, changes only the chunks there")
  func insertion() {
    let before = chunks(Self.bytes)
    for place in [0, Self.bytes.count / 2] {
      var changed = Self.bytes
      changed.insert(7, at: place)
      let after = chunks(changed)
      let new = Set(after).subtracting(before).count
      #expect(new <= 3, "\(new) of \(after.count)")
    }
  }

  @Test("bytes without any change are cut at the greatest length")
  func uniform() {
    let zeros = [UInt8](repeating: 0, count: ChunkLimits.maxBytes * 2 + 5)
    #expect(
      ChunkCutter.ends(in: zeros)
        == [ChunkLimits.maxBytes, ChunkLimits.maxBytes * 2, ChunkLimits.maxBytes * 2 + 5])
  }

  @Test("what is at most the least length is one chunk", arguments: [0, 1, 16383, 16384])
  func short(count: Int) {
    #expect(ChunkCutter.ends(in: Array(Self.bytes.prefix(count))) == (count == 0 ? [] : [count]))
  }

  @Test("the cuts are part of the format")
  func golden() {
    #expect(Gear.table.count == 256)
    #expect(Gear.table[0] == 16_728_368_821_381_712_300)
    #expect(Gear.table[255] == 14_585_845_756_442_422_771)
    #expect(
      ChunkCutter.ends(in: Array(Self.bytes.prefix(400_000)))
        == [68_088, 135_464, 202_302, 268_885, 333_201, 400_000])
  }
}
