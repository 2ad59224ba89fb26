import Crypto

/// A random number for each byte, from which the rolling hash is made.
///
/// Part of the format: entry `b` is the first eight bytes, little-endian, of SHA-256 over the ASCII bytes
/// `fieldbook gear 1`, then the byte `b`.
enum Gear {
  static let table: [UInt64] = (0...255).map { byte in
    let seed = Array("fieldbook gear 1".utf8) + [UInt8(byte)]
    return SHA256.hash(data: seed).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
