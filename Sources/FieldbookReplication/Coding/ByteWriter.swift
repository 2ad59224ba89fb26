/// Builds bytes from the few forms that every format of ours is made of.
package struct ByteWriter: Equatable, Sendable {
  package var bytes: [UInt8] = []

  package init() {}

  /// Little-endian base 128, in as few bytes as the number needs: one to ten.
  package mutating func varint(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// A signed number as a varint, small when it is near zero: 0, -1, 1, -2, …
  package mutating func zigzag(_ number: Int64) {
    varint(ZigZag.encode(number))
  }

  /// Four bytes, little-endian.
  package mutating func fixed32(_ number: UInt32) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Eight bytes, little-endian.
  package mutating func fixed64(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// The bytes alone: the reader knows how many there are.
  package mutating func bytes(_ raw: some Sequence<UInt8>) {
    bytes.append(contentsOf: raw)
  }

  /// A count, then the bytes.
  package mutating func lengthPrefixed(_ raw: some Collection<UInt8>) {
    varint(UInt64(raw.count))
    bytes.append(contentsOf: raw)
  }

  /// UTF-8, with its length in bytes before it.
  package mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { lengthPrefixed($0) }
  }
}
