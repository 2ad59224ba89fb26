import Testing

@testable import FieldbookReplication

@Suite struct ByteCodingTests {
  /// Every power of two and its neighbours.
  private static let edges: [UInt64] = (0..<64).flatMap { bit -> [UInt64] in
    let power = UInt64(1) << bit
    return [power, power - 1, power &+ 1, 0 &- power]
  }

  @Test("numbers at every edge come back")
  func numbers() throws {
    for number in Self.edges {
      var writer = ByteWriter()
      writer.varint(number)
      writer.zigzag(Int64(bitPattern: number))
      writer.fixed64(number)
      var reader = ByteReader(writer.bytes)
      #expect(try reader.varint() == number)
      #expect(try reader.zigzag() == Int64(bitPattern: number))
      #expect(try reader.fixed64() == number)
      #expect(reader.isAtEnd && reader.remaining == 0)
    }
  }

  @Test("small numbers of either sign take one byte")
  func small() {
    var writer = ByteWriter()
    writer.varint(127)
    writer.zigzag(-64)
    writer.zigzag(63)
    #expect(writer.bytes == [127, 127, 126])
  }

  @Test("texts and bytes come back, also from the middle of something larger")
  func texts() throws {
    var writer = ByteWriter()
    writer.bytes([9, 9])
    writer.text("läuft")
    writer.lengthPrefixed([1, 2, 3])
    var reader = ByteReader(writer.bytes[2...])
    #expect(try reader.text(limit: 6) == "läuft")
    #expect(Array(try reader.lengthPrefixed(limit: 3)) == [1, 2, 3])
    #expect(reader.isAtEnd)
  }

  @Test(
    "a number longer than it need be is refused",
    arguments: [[0x80, 0], [0xff, 0], [0xff, 0x80, 0]] as [[UInt8]])
  func overlong(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    #expect(throws: DecodingFailure.malformed("number")) { try reader.varint() }
  }

  @Test("a number beyond 64 bits is refused")
  func beyond() {
    for end: [UInt8] in [[2], [0x7f], [0x81, 1], [0xff, 0xff]] {
      var reader = ByteReader([UInt8](repeating: 0xff, count: 9) + end)
      #expect(throws: DecodingFailure.malformed("number")) { try reader.varint() }
    }
  }

  @Test("what ends too early is refused")
  func truncated() {
    var empty = ByteReader([])
    #expect(throws: DecodingFailure.truncated) { try empty.varint() }
    var open = ByteReader([0x80])
    #expect(throws: DecodingFailure.truncated) { try open.varint() }
    var short = ByteReader([1, 2, 3, 4, 5, 6, 7])
    #expect(throws: DecodingFailure.truncated) { try short.fixed64() }
    var claim = ByteReader([5, 1, 2])
    #expect(throws: DecodingFailure.truncated) { try claim.lengthPrefixed(limit: 100) }
    var negative = ByteReader([1])
    #expect(throws: DecodingFailure.truncated) { try negative.bytes(count: -1) }
  }

  @Test("a length above the limit is refused before anything is read")
  func limit() {
    var writer = ByteWriter()
    writer.varint(.max)
    var reader = ByteReader(writer.bytes)
    #expect(throws: DecodingFailure.self) { try reader.lengthPrefixed(limit: 10) }
    var text = ByteReader([2, 65, 65])
    #expect(throws: DecodingFailure.tooLarge("a value of 2 bytes")) { try text.text(limit: 1) }
  }

  @Test("a text that is not UTF-8 is refused", arguments: [[0xff], [0xc0, 0x80], [0xe2, 0x82]])
  func invalidText(bytes: [UInt8]) {
    var writer = ByteWriter()
    writer.lengthPrefixed(bytes)
    var reader = ByteReader(writer.bytes)
    #expect(throws: DecodingFailure.malformed("text")) { try reader.text(limit: 10) }
  }
}
