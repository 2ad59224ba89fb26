/// Writes the wire format of Protocol Buffers: what is written here, other programs read.
package struct ProtobufWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func varint(_ number: Int, _ value: UInt64) {
    tag(number, wire: 0)
    raw(value)
  }

  package mutating func fixed64(_ number: Int, _ value: UInt64) {
    tag(number, wire: 1)
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func double(_ number: Int, _ value: Double) {
    fixed64(number, value.bitPattern)
  }

  package mutating func fixed32(_ number: Int, _ value: UInt32) {
    tag(number, wire: 5)
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func bytes(_ number: Int, _ value: some Collection<UInt8>) {
    tag(number, wire: 2)
    raw(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func text(_ number: Int, _ value: String) { bytes(number, value.utf8) }

  /// A message within: whatever `body` writes.
  package mutating func message(_ number: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    bytes(number, inner.bytes)
  }

  private mutating func tag(_ number: Int, wire: UInt64) { raw(UInt64(number) << 3 | wire) }

  private mutating func raw(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
