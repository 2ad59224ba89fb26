import FieldbookReplication

/// Dots of this replica, 8 bytes each, greatest byte first.
package enum DotList {
  package static func encode(_ dots: [Dot]) -> [UInt8] {
    var out = ByteWriter()
    for dot in dots { out.fixed64(UInt64(bitPattern: dot.raw)) }
    return out.bytes
  }

  package static func decode(_ bytes: [UInt8]) throws -> [Dot] {
    var reader = ByteReader(bytes)
    var dots: [Dot] = []
    while !reader.isAtEnd { dots.append(Dot(raw: Int64(bitPattern: try reader.fixed64()))) }
    return dots
  }
}
