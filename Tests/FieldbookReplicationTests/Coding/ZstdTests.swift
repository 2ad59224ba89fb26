import FieldbookTestSupport
import Testing

@testable import FieldbookReplication

@Suite struct ZstdTests {
  @Test("what is packed unpacks", arguments: [0, 1, 100, 70_000, 300_000])
  func roundTrip(count: Int) throws {
    var numbers = SeededGenerator(seed: UInt64(count))
    let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
    for bytes in [noise, [UInt8](repeating: 7, count: count)] {
      for level: Int32 in [1, 3, 19] {
        #expect(try Zstd.decompress(Zstd.compress(bytes, level: level), limit: count) == bytes)
      }
      let cuts = [0, count / 3, count / 3, count / 2, count].sorted()
      let packed = Zstd.compress(bytes, level: 3, cuts: cuts)
      #expect(try Zstd.decompress(packed, limit: count) == bytes)
    }
  }

  @Test("a frame that declares more than the limit is refused")
  func limit() {
    let packed = Zstd.compress([UInt8](repeating: 0, count: 1_000_000))
    #expect(packed.count < 100)
    #expect(throws: DecodingFailure.tooLarge("1000000 bytes when unpacked")) {
      try Zstd.decompress(packed, limit: 999_999)
    }
  }

  @Test("two frames in a row, a frame and a rest, and half a frame are refused")
  func oneFrame() {
    let packed = Zstd.compress([1, 2, 3])
    for bytes in [packed + packed, packed + [0], Array(packed.dropLast()), []] {
      #expect(throws: DecodingFailure.malformed("compressed data")) {
        try Zstd.decompress(bytes, limit: 100)
      }
    }
  }

  @Test("a frame that does not declare its size is refused")
  func unsized() {
    // "a\n" by the command line tool from a pipe: no content size, no checksum.
    let unsized: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x11, 0x00, 0x00, 0x61, 0x0a]
    #expect(throws: DecodingFailure.malformed("compressed data without a size")) {
      try Zstd.decompress(unsized, limit: 100)
    }
  }

  @Test("a frame that the library would skip is refused")
  func skippable() {
    #expect(throws: DecodingFailure.malformed("compressed data")) {
      try Zstd.decompress([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 65], limit: 100)
    }
  }
}
