import Crypto
import FieldbookModel

/// Numbers of fixed width, little-endian and at any place, as the formats of the chunk store have them.
extension UnsafeRawBufferPointer {
  func number32(at offset: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  func number64(at offset: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  func digest(at offset: Int) -> ContentDigest {
    ContentDigest(bytes: Array(self[offset..<offset + 32]))!
  }
}

extension UnsafeMutableRawBufferPointer {
  func store32(_ number: UInt32, at offset: Int) {
    storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt32.self)
  }

  func store64(_ number: UInt64, at offset: Int) {
    storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt64.self)
  }

  func store(_ digest: ContentDigest, at offset: Int) {
    UnsafeMutableRawBufferPointer(rebasing: self[offset..<offset + 32])
      .copyBytes(from: digest.bytes)
  }
}

extension [UInt8] {
  mutating func append32(_ number: UInt32) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  mutating func append64(_ number: UInt64) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

extension ContentDigest {
  init(sha256 bytes: UnsafeRawBufferPointer) {
    var hasher = SHA256()
    hasher.update(bufferPointer: bytes)
    self.init(finishing: hasher)
  }

  package init(sha256 bytes: [UInt8]) { self = bytes.withUnsafeBytes { ContentDigest(sha256: $0) } }

  init(finishing hasher: SHA256) { self.init(bytes: Array(hasher.finalize()))! }

  /// Its first eight bytes as a number that sorts like it.
  var prefix: UInt64 {
    bytes.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
  }
}
