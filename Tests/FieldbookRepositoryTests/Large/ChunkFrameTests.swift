import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookRepository

@Suite("Frames of chunks")
struct ChunkFrameTests {
  private func codec(_ frame: [UInt8]) -> ChunkCodec? { ChunkCodec(rawValue: frame[4]) }

  /// Noise in some bytes of each number, a few values in the others.
  private func numbers(_ count: Int, width: Int, noisy: Int) -> [UInt8] {
    let noise = LargeFixture.noise(count * width, seed: 3)
    return noise.indices.map { index in
      index % width < noisy ? noise[index] : 0x3c + noise[index] & 1
    }
  }

  @Test(
    "what was packed is unpacked, whatever it is",
    arguments: [1, 2, 3, 5, 47, 4095, 4096, 4097, 65_537, ChunkLimits.maxBytes])
  func roundTrip(count: Int) throws {
    let contents = [
      LargeFixture.noise(count, seed: 5), [UInt8](repeating: 7, count: count),
      Array(numbers(count / 2 + 1, width: 2, noisy: 1).prefix(count)),
      Array(numbers(count / 4 + 1, width: 4, noisy: 3).prefix(count)),
    ]
    for bytes in contents {
      let frame = ChunkFrame.pack(bytes)
      #expect(frame.count <= bytes.count + ChunkFrame.headBytes)
      let (digest, unpacked) = try ChunkFrame.unpack(frame)
      #expect(unpacked == bytes && digest == LargeFixture.digest(bytes))
    }
  }

  @Test("each kind of bytes gets the codec that suits it")
  func choice() {
    #expect(codec(ChunkFrame.pack(LargeFixture.noise(100_000, seed: 1))) == .plain)
    #expect(codec(ChunkFrame.pack([UInt8](repeating: 7, count: 100_000))) == .zstd)
    let halves = ChunkFrame.pack(numbers(50_000, width: 2, noisy: 1))
    #expect(codec(halves) == .zstdPairs && halves.count < 65_000)
    let floats = ChunkFrame.pack(numbers(25_000, width: 4, noisy: 3))
    #expect(codec(floats) == .zstdFours && floats.count < 85_000)
  }

  @Test("a frame that was cut, lengthened or altered anywhere is refused")
  func damage() throws {
    for bytes in [
      LargeFixture.noise(300, seed: 2), Array("weights ".utf8) + [UInt8](repeating: 9, count: 900),
    ] {
      let frame = ChunkFrame.pack(bytes)
      for cut in frame.cuts {
        #expect(throws: LargeFailure.badFrame) { try ChunkFrame.unpack(Array(cut)) }
      }
      for altered in frame.alterations(1) {
        // A bit of zstd's own that stands for nothing may change nothing.
        let read = try? ChunkFrame.unpack(altered)
        #expect(read == nil || read?.1 == bytes)
      }
      #expect(throws: LargeFailure.badFrame) { try ChunkFrame.unpack(frame + [0]) }
    }
  }

  @Test("a frame that unpacks to more than it says is refused")
  func bomb() throws {
    var frame = ChunkFrame.pack([UInt8](repeating: 0, count: 200_000))
    frame.withUnsafeMutableBytes { $0.store32(1000, at: 8) }
    #expect(throws: LargeFailure.badFrame) { try ChunkFrame.unpack(frame) }
    frame.withUnsafeMutableBytes { $0.store32(UInt32(ChunkLimits.maxBytes + 1), at: 8) }
    #expect(throws: LargeFailure.badFrame) { try ChunkFrame.unpack(frame) }
  }
}
