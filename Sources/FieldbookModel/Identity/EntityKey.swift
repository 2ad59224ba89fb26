/// The 128-bit name of an entity, the same on every replica.
///
/// Ordered as an unsigned big-endian number, which is also the order of its hexadecimal form.
package struct EntityKey: Hashable, Comparable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads 16 big-endian bytes; nil for any other length.
  package init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == 16 else { return nil }
    let words = bytes.withUnsafeBytes { raw in
      (
        raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
        raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      )
    }
    self.init(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
  }

  package init?(bytes: [UInt8]) { self.init(bytes: bytes[...]) }

  /// Reads 32 hexadecimal digits of either case; nil for anything else.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 32 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for (index, digit) in digits.enumerated() {
      guard let nibble = Hex.nibble(digit) else { return nil }
      if index < 16 {
        words.0 = words.0 << 4 | UInt64(nibble)
      } else {
        words.1 = words.1 << 4 | UInt64(nibble)
      }
    }
    self.init(high: words.0, low: words.1)
  }

  /// Bytes of a fresh key that are drawn: with 96 random bits, two of a billion runs have one key with a chance of one in
  /// a hundred billion. The last four follow from them, so that a segment need not carry them.
  package static let freshBytes = 12

  /// A key for something new.
  ///
  /// - Parameter random: draws that many bytes.
  package static func fresh(_ random: (Int) -> [UInt8]) -> EntityKey {
    let drawn = EntityKey(bytes: random(freshBytes) + [0, 0, 0, 0])!
    return drawn.withTail(drawn.impliedTail)
  }

  /// The last 32 bits of a key whose other 96 were drawn here. Source: the finalizer of SplitMix64 (Steele, Lea, Flood,
  /// "Fast splittable pseudorandom number generators", 2014), over both words.
  package var impliedTail: UInt32 {
    var mixed = high ^ (low &>> 32) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return UInt32(truncatingIfNeeded: mixed ^ mixed >> 31)
  }

  package var tail: UInt32 { UInt32(truncatingIfNeeded: low) }

  package func withTail(_ tail: UInt32) -> EntityKey {
    EntityKey(high: high, low: (low &>> 32) &<< 32 | UInt64(tail))
  }

  package static func random(using generator: inout some RandomNumberGenerator) -> EntityKey {
    EntityKey(high: generator.next(), low: generator.next())
  }

  package static func random() -> EntityKey {
    var generator = SystemRandomNumberGenerator()
    return random(using: &generator)
  }

  /// 16 bytes, big-endian.
  package var bytes: [UInt8] {
    var out = [UInt8]()
    out.reserveCapacity(16)
    appendBytes(to: &out)
    return out
  }

  package func appendBytes(to out: inout [UInt8]) {
    withUnsafeBytes(of: high.bigEndian) { out.append(contentsOf: $0) }
    withUnsafeBytes(of: low.bigEndian) { out.append(contentsOf: $0) }
  }

  /// 32 lower-case hexadecimal digits.
  package var hex: String { Hex.encode(bytes) }

  /// The first eight digits, as shown after `~` in provisional names.
  package var short: String { String(hex.prefix(8)) }

  package static func < (left: EntityKey, right: EntityKey) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension EntityKey: CustomStringConvertible {
  package var description: String { hex }
}
