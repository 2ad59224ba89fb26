/// How the values of a series are told as whole numbers, exactly.
enum ValueMapping: Equatable {
  /// `value == Double(number) / Double(divisor)`: counts, decimals of a few digits, and shares such
  /// as an accuracy over 360 samples. The divisor is 1...2^53.
  case quotient(divisor: UInt64)
  /// The bits of the magnitude without `shift` low bits, which are zero in all values of the
  /// series; a negative value is the complement of that. Numbers are in the order of the values.
  /// Float32 values have at least 29 such bits.
  case floating(shift: Int)

  /// The mapping that suits any values, given as bit patterns; fills the column with their numbers.
  static func floating(
    _ values: UnsafeBufferPointer<Int64>, into column: UnsafeMutableBufferPointer<Int64>
  ) -> ValueMapping {
    var used: Int64 = 0
    for bits in values { used |= bits }
    let shift = min((used & magnitudeMask).trailingZeroBitCount, shiftMax)
    for index in values.indices {
      let magnitude = (values[index] & magnitudeMask) &>> Int64(shift)
      let sign = values[index] >> 63
      column[index] = magnitude ^ sign
    }
    return .floating(shift: shift)
  }

  /// Replaces numbers by the bit patterns of their values. Any numbers have some.
  func restore(_ column: UnsafeMutableBufferPointer<Int64>) {
    switch self {
    case .quotient(let divisor):
      let divisor = Double(divisor)
      for index in column.indices {
        column[index] = Int64(bitPattern: (Double(column[index]) / divisor).bitPattern)
      }
    case .floating(let shift):
      for index in column.indices {
        let sign = column[index] >> 63
        let magnitude = (column[index] ^ sign) &<< Int64(shift)
        column[index] = magnitude & ValueMapping.magnitudeMask | sign << 63
      }
    }
  }

  func write(to head: inout ByteWriter) {
    switch self {
    case .floating(let shift): head.varint(UInt64(shift) << 1)
    case .quotient(let divisor): head.varint(divisor << 1 | 1)
    }
  }

  init(from head: inout ByteReader) throws(DecodingFailure) {
    let code = try head.varint()
    if code & 1 == 0 {
      guard code >> 1 <= UInt64(ValueMapping.shiftMax) else {
        throw .malformed("shift of metric values")
      }
      self = .floating(shift: Int(code >> 1))
    } else {
      guard (1...Divisor.greatestExact).contains(code >> 1) else {
        throw .malformed("divisor of metric values")
      }
      self = .quotient(divisor: code >> 1)
    }
  }

  private static let magnitudeMask = Int64.max
  private static let shiftMax = 62
}
