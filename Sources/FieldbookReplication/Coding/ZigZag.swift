/// Maps signed numbers to unsigned ones so that those near zero stay small.
enum ZigZag {
  @inline(__always)
  static func encode(_ number: Int64) -> UInt64 {
    UInt64(bitPattern: (number << 1) ^ (number >> 63))
  }

  @inline(__always)
  static func decode(_ code: UInt64) -> Int64 {
    Int64(bitPattern: code >> 1) ^ -Int64(bitPattern: code & 1)
  }
}
