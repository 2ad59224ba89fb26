import Testing

@testable import FieldbookModel

@Suite("Messages of Protocol Buffers")
struct ProtobufTests {
  private func fields(_ bytes: [UInt8]) throws -> [ProtobufReader.Field] {
    var reader = ProtobufReader(bytes)
    var out: [ProtobufReader.Field] = []
    while let field = try reader.next() { out.append(field) }
    return out
  }

  @Test("the examples of the format's own page read")
  func examples() throws {
    #expect(try fields([0x08, 0x96, 0x01]) == [.init(number: 1, value: .varint(150))])
    let text = try fields([0x12, 0x07] + Array("testing".utf8))
    #expect(text.first?.number == 2)
    #expect(text.first?.value.text == "testing")
  }

  @Test("what is written reads as it was")
  func written() throws {
    var out = ProtobufWriter()
    out.varint(1, .max)
    out.double(2, -0.5)
    out.fixed32(536_870_911, 7)
    out.message(3) { $0.text(1, "ä") }
    let read = try fields(out.bytes)
    #expect(read.map(\.number) == [1, 2, 536_870_911, 3])
    #expect(read[0].value.unsigned == .max)
    #expect(read[0].value.signed == -1)
    #expect(read[1].value.real == -0.5)
    #expect(read[2].value.unsigned == 7)
    let inner = try #require(read[3].value.bytes)
    var within = ProtobufReader(inner)
    #expect(try within.next()?.value.text == "ä")
  }

  @Test("packed lists, and numbers that are zigzag")
  func packed() throws {
    var out = ProtobufWriter()
    out.bytes(1, [0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
    out.bytes(2, [0, 0, 0x80, 0x3f])
    out.varint(3, 3)
    let read = try fields(out.bytes)
    #expect(read[0].value.reals(width: 8) == [0.5, 1])
    #expect(read[0].value.reals(width: 3) == nil)
    #expect(read[1].value.reals(width: 4) == [1])
    #expect(read[2].value.zigzag == -2)
  }

  @Test("groups are passed over, also within each other")
  func groups() throws {
    let bytes: [UInt8] = [0x3b, 0x43, 0x08, 0x01, 0x44, 0x3c, 0x08, 0x02]
    #expect(try fields(bytes) == [.init(number: 1, value: .varint(2))])
  }

  @Test(
    "what is no message is refused",
    arguments: [
      ([0x08], ProtobufFailure.truncated), ([0x12, 0x02, 0x00], .truncated),
      ([0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], .truncated),
      ([0x09, 0, 0, 0], .truncated), ([0x0d, 0], .truncated), ([0x00], .malformed),
      ([0x0e, 0], .malformed), ([0x0f, 0], .malformed), ([0x3c], .malformed),
      ([0x3b, 0x44], .malformed), ([0x3b, 0x08, 0x01], .truncated),
      ([UInt8](repeating: 0x80, count: 11), .malformed),
      ([0x80, 0x80, 0x80, 0x80, 0x10, 0x00], .malformed),
      ([UInt8](repeating: 0x3b, count: 65), .nestedTooDeep),
    ] as [([UInt8], ProtobufFailure)])
  func refused(bytes: [UInt8], failure: ProtobufFailure) {
    #expect(throws: failure) { try fields(bytes) }
  }
}
