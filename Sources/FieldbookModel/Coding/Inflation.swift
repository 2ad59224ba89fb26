/// Unpacks what gzip and zlib packed, into at most so many bytes.
/// Source: RFC 1951 (DEFLATE), RFC 1950 (zlib), RFC 1952 (gzip).
package enum Inflation {
  /// One member; what follows it is refused.
  package static func gzip(_ bytes: [UInt8], limit: Int) throws(InflationFailure) -> [UInt8] {
    guard bytes.count >= 18, bytes[0] == 0x1f, bytes[1] == 0x8b, bytes[2] == 8 else {
      throw .malformed
    }
    let flags = bytes[3]
    var place = 10
    if flags & 4 != 0 {
      guard place + 2 <= bytes.count else { throw .truncated }
      place += 2 + Int(bytes[place]) + Int(bytes[place + 1]) << 8
    }
    for flag in [UInt8(8), 16] where flags & flag != 0 {
      guard place < bytes.count, let end = bytes[place...].firstIndex(of: 0) else {
        throw .truncated
      }
      place = end + 1
    }
    if flags & 2 != 0 { place += 2 }
    var bits = BitStream(bytes, from: place)
    let out = try inflate(&bits, limit: limit)
    let trailer = bits.wholeByte
    guard bytes.count == trailer + 8 else { throw .malformed }
    func word(_ start: Int) -> UInt32 {
      bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard word(trailer + 4) == UInt32(truncatingIfNeeded: out.count),
      word(trailer) == CRC32.of(out)
    else { throw .malformed }
    return out
  }

  /// With zlib's frame, or without one, as some clients send it.
  package static func zlib(_ bytes: [UInt8], limit: Int) throws(InflationFailure) -> [UInt8] {
    let isFramed =
      bytes.count >= 6 && bytes[0] & 0x0f == 8 && bytes[1] & 0x20 == 0
      && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
    var bits = BitStream(bytes, from: isFramed ? 2 : 0)
    return try inflate(&bits, limit: limit)
  }

  private static func inflate(_ bits: inout BitStream, limit: Int) throws(InflationFailure)
    -> [UInt8]
  {
    var out: [UInt8] = []
    var isLast = false
    while !isLast {
      isLast = try bits.take(1) == 1
      switch try bits.take(2) {
      case 0: try stored(&bits, &out, limit)
      case 1: try packed(&bits, &out, limit, fixedLiterals, fixedDistances)
      case 2:
        let (literals, distances) = try tables(&bits)
        try packed(&bits, &out, limit, literals, distances)
      default: throw .malformed
      }
    }
    return out
  }

  private static func stored(
    _ bits: inout BitStream, _ out: inout [UInt8], _ limit: Int
  ) throws(InflationFailure) {
    bits.skipToByte()
    let length = try bits.take(16)
    guard try bits.take(16) == length ^ 0xffff else { throw .malformed }
    guard out.count + length <= limit else { throw .tooLarge }
    out += try bits.bytes(length)
  }

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
    3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
  ]

  private static func packed(
    _ bits: inout BitStream, _ out: inout [UInt8], _ limit: Int, _ literals: HuffmanTable,
    _ distances: HuffmanTable
  ) throws(InflationFailure) {
    while true {
      let symbol = try literals.symbol(&bits)
      if symbol < 256 {
        guard out.count < limit else { throw .tooLarge }
        out.append(UInt8(symbol))
        continue
      }
      if symbol == 256 { return }
      guard symbol < 286 else { throw .malformed }
      let length = lengthBases[symbol - 257] + (try bits.take(lengthBits[symbol - 257]))
      let code = try distances.symbol(&bits)
      guard code < 30 else { throw .malformed }
      let distance = distanceBases[code] + (try bits.take(distanceBits[code]))
      guard distance <= out.count else { throw .malformed }
      guard out.count + length <= limit else { throw .tooLarge }
      // What is copied may be copied from itself.
      for _ in 0..<length { out.append(out[out.count - distance]) }
    }
  }

  private static let order = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  private static func tables(_ bits: inout BitStream) throws(InflationFailure)
    -> (HuffmanTable, HuffmanTable)
  {
    let literals = try bits.take(5) + 257
    let distances = try bits.take(5) + 1
    let codes = try bits.take(4) + 4
    guard literals <= 286, distances <= 30 else { throw .malformed }
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<codes { lengths[order[index]] = try bits.take(3) }
    let table = try HuffmanTable(lengths)
    var found: [Int] = []
    while found.count < literals + distances {
      let symbol = try table.symbol(&bits)
      switch symbol {
      case 0..<16: found.append(symbol)
      case 16:
        guard let last = found.last else { throw .malformed }
        found += [Int](repeating: last, count: 3 + (try bits.take(2)))
      case 17: found += [Int](repeating: 0, count: 3 + (try bits.take(3)))
      default: found += [Int](repeating: 0, count: 11 + (try bits.take(7)))
      }
    }
    guard found.count == literals + distances, found[256] > 0 else { throw .malformed }
    return (
      try HuffmanTable(Array(found[..<literals])), try HuffmanTable(Array(found[literals...]))
    )
  }

  private static let fixedLiterals = HuffmanTable(
    unchecked: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  private static let fixedDistances = HuffmanTable(
    unchecked: [Int](repeating: 5, count: 30))
}

/// Codes of up to 15 bits, as counts of each length and the symbols in the order of their codes.
private struct HuffmanTable: Sendable {
  private var counts = [Int](repeating: 0, count: 16)
  private var symbols: [Int] = []

  init(unchecked lengths: [Int]) {
    for length in lengths { counts[length] += 1 }
    counts[0] = 0
    for length in 1...15 { symbols += lengths.indices.filter { lengths[$0] == length } }
  }

  /// - Throws: for lengths that are those of no code.
  init(_ lengths: [Int]) throws(InflationFailure) {
    self.init(unchecked: lengths)
    var left = 1
    for length in 1...15 {
      left = left * 2 - counts[length]
      guard left >= 0 else { throw .malformed }
    }
  }

  func symbol(_ bits: inout BitStream) throws(InflationFailure) -> Int {
    var (code, first, index) = (0, 0, 0)
    for length in 1...15 {
      code |= try bits.take(1)
      if code - counts[length] < first { return symbols[index + code - first] }
      index += counts[length]
      first = (first + counts[length]) << 1
      code <<= 1
    }
    throw .malformed
  }
}

/// Bits from the least of each byte on.
private struct BitStream {
  private let bytes: [UInt8]
  private var place: Int
  private var held = 0
  private var heldBits = 0

  init(_ bytes: [UInt8], from place: Int) {
    self.bytes = bytes
    self.place = place
  }

  mutating func take(_ count: Int) throws(InflationFailure) -> Int {
    while heldBits < count {
      guard place < bytes.count else { throw .truncated }
      held |= Int(bytes[place]) << heldBits
      place += 1
      heldBits += 8
    }
    defer {
      held >>= count
      heldBits -= count
    }
    return held & (1 << count - 1)
  }

  mutating func skipToByte() { (held, heldBits) = (0, 0) }

  mutating func bytes(_ count: Int) throws(InflationFailure) -> ArraySlice<UInt8> {
    guard count <= bytes.count - place else { throw .truncated }
    defer { place += count }
    return bytes[place..<place + count]
  }

  /// Where the byte begins that follows what was read; never more than seven bits are held.
  var wholeByte: Int { place }
}

/// Source: RFC 1952, section 8.
private enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1
    }
  }

  static func of(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xff)] ^ $0 >> 8 }
  }
}

package enum InflationFailure: Failure, Equatable {
  case truncated
  case malformed
  case tooLarge

  package var message: String {
    switch self {
    case .truncated: "the packed data ends too early"
    case .malformed: "the packed data is damaged"
    case .tooLarge: "the packed data is larger than is taken in"
    }
  }

  package var hint: String { "send it again, in smaller parts" }
}
