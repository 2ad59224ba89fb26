import Testing

@testable import FieldbookModel

@Suite("What gzip and zlib packed")
struct InflationTests {
  @Test("gzip, with the checksum held against it")
  func gzip() throws {
    let packed: [UInt8] = [
      0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x4c, 0x4a, 6, 0, 0xc2, 0x41, 0x24, 0x35, 3, 0, 0,
      0,
    ]
    #expect(try Inflation.gzip(packed, limit: 3) == Array("abc".utf8))
    #expect(throws: InflationFailure.tooLarge) { try Inflation.gzip(packed, limit: 2) }
    for place in [12, 15, 20] {
      var other = packed
      other[place] ^= 1
      #expect(throws: InflationFailure.self) { try Inflation.gzip(other, limit: 100) }
    }
    for count in packed.indices {
      #expect(throws: InflationFailure.self) {
        try Inflation.gzip(Array(packed[..<count]), limit: 100)
      }
    }
  }

  @Test("zlib's frame, and none")
  func zlib() throws {
    let framed: [UInt8] = [0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0, 2, 0x4d, 1, 0x27]
    #expect(try Inflation.zlib(framed, limit: 100) == Array("abc".utf8))
    #expect(try Inflation.zlib(Array(framed[2...]), limit: 100) == Array("abc".utf8))
    let stored: [UInt8] = [1, 3, 0, 0xfc, 0xff, 0x61, 0x62, 0x63]
    #expect(try Inflation.zlib(stored, limit: 100) == Array("abc".utf8))
  }

  @Test("codes of its own, and copies that reach into themselves")
  func dynamic() throws {
    // `zlib.compress(bytes(i * i % 251 % 17 for i in range(3000)), 9)`, then 5,000 times `a`.
    #expect(try Inflation.zlib(InflationSamples.dynamic, limit: 4000) == InflationSamples.squares)
    #expect(
      try Inflation.zlib(InflationSamples.run, limit: 5000)
        == [UInt8](repeating: UInt8(ascii: "a"), count: 5000))
  }
}
