/// Cyclic redundancy checks of 32 bits, reflected, as two file formats use them.
struct CRC32: Sendable {
  /// Of zip and PNG. Source: ISO 3309.
  static let plain = CRC32(polynomial: 0xedb8_8320)
  /// Castagnoli's. Source: RFC 3720, appendix B.4.
  static let castagnoli = CRC32(polynomial: 0x82f6_3b78)

  private let table: [UInt32]

  private init(polynomial: UInt32) {
    table = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
    }
  }

  func of(_ parts: ArraySlice<UInt8>...) -> UInt32 {
    var crc = UInt32.max
    table.withUnsafeBufferPointer { table in
      for part in parts {
        part.withUnsafeBufferPointer { bytes in
          for byte in bytes { crc = crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 0xff)] }
        }
      }
    }
    return ~crc
  }
}
