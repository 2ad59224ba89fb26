/// Reads one JSON document out of bytes that anyone may have sent.
///
/// Bounded in depth and in the number of values, so that a small body cannot cost much memory.
/// Beyond RFC 8259 it takes `NaN`, `Infinity` and `-Infinity`, which Python writes. Numbers
/// without fraction and exponent that fit 64 bits are integers, all others doubles.
package struct JSONParser {
  package static let depthLimit = 64
  package static let valueLimit = 500_000

  private let bytes: [UInt8]
  private var position = 0
  private var valueCount = 0

  package static func parse(_ bytes: [UInt8]) throws(JSONFailure) -> JSON {
    var parser = JSONParser(bytes)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.failure("expected nothing more") }
    return value
  }

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func failure(_ what: String) -> JSONFailure {
    JSONFailure(message: what, offset: position)
  }

  private mutating func value(depth: Int) throws(JSONFailure) -> JSON {
    guard depth < JSONParser.depthLimit else { throw failure("nested too deeply") }
    valueCount += 1
    guard valueCount <= JSONParser.valueLimit else { throw failure("too many values") }
    guard let first = next else { throw failure("expected a value, found the end") }
    switch first {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N"): return try word("NaN", .number(.nan))
    case UInt8(ascii: "I"): return try word("Infinity", .number(.infinity))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure("expected a value")
    }
  }

  private mutating func object(depth: Int) throws(JSONFailure) -> JSON {
    position += 1
    var members: [JSON.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      guard next == UInt8(ascii: "\"") else { throw failure("expected the name of a member") }
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
      skipSpace()
      members.append(JSON.Member(name: name, value: try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or '}'") }
      skipSpace()
    }
  }

  private mutating func array(depth: Int) throws(JSONFailure) -> JSON {
    position += 1
    var items: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(items) }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(items) }
      guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or ']'") }
      skipSpace()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONFailure) -> JSON {
    let text = word.withUTF8Buffer { Array($0) }
    guard bytes[position...].starts(with: text) else { throw failure("expected a value") }
    position += text.count
    return value
  }

  private mutating func number() throws(JSONFailure) -> JSON {
    let start = position
    let isNegative = take(UInt8(ascii: "-"))
    if isNegative, next == UInt8(ascii: "I") {
      return try word("Infinity", .number(-.infinity))
    }
    let hasLeadingZero = next == UInt8(ascii: "0")
    guard let whole = digits() else { throw failure("expected a digit") }
    guard !hasLeadingZero || whole.count == 1 else { throw failure("a number cannot start with 0") }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      guard digits() != nil else { throw failure("expected a digit") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() != nil else { throw failure("expected a digit") }
    }
    if isInteger, let integer = JSONParser.integer(bytes[whole], isNegative: isNegative) {
      return .integer(integer)
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let number = Double(text) else { throw failure("not a number") }
    return .number(number)
  }

  /// Nil when the digits do not fit 64 bits.
  private static func integer(_ digits: ArraySlice<UInt8>, isNegative: Bool) -> Int64? {
    var magnitude: Int64 = 0
    for digit in digits {
      let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
      let unit = Int64(digit - UInt8(ascii: "0"))
      // Towards the sign from the start: -2^63 has no positive counterpart.
      let (sum, exceeded) =
        isNegative
        ? product.subtractingReportingOverflow(unit) : product.addingReportingOverflow(unit)
      guard !overflowed, !exceeded else { return nil }
      magnitude = sum
    }
    return magnitude
  }

  /// The range of one digit or more; nil without any.
  private mutating func digits() -> Range<Int>? {
    let start = position
    while let digit = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit { position += 1 }
    return start < position ? start..<position : nil
  }

  private mutating func string() throws(JSONFailure) -> String {
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 32 {
      position += 1
    }
    if take(UInt8(ascii: "\"")) { return try text(bytes[start..<(position - 1)]) }
    var out = Array(bytes[start..<position])
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(out[...])
      case UInt8(ascii: "\\"): try escape(into: &out)
      case 0..<32: throw failure("a control character in a string")
      default: out.append(byte)
      }
    }
    throw failure("expected the end of a string")
  }

  private func text(_ bytes: ArraySlice<UInt8>) throws(JSONFailure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure("a string is not valid UTF-8")
    }
    return text
  }

  private mutating func escape(into out: inout [UInt8]) throws(JSONFailure) {
    guard let byte = next else { throw failure("expected an escaped character") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(8)
    case UInt8(ascii: "f"): out.append(12)
    case UInt8(ascii: "n"): out.append(10)
    case UInt8(ascii: "r"): out.append(13)
    case UInt8(ascii: "t"): out.append(9)
    case UInt8(ascii: "u"):
      var code = UInt32(try unit())
      if 0xD800...0xDBFF ~= code, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
        let low = UInt32(try unit())
        guard 0xDC00...0xDFFF ~= low else { throw failure("half a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
      out.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    default: throw failure("no such escape")
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(JSONFailure) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = next, let nibble = Hex.nibble(digit) else {
        throw failure("expected four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(nibble)
      position += 1
    }
    return unit
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }
}

/// Why a body is not JSON, and at which byte.
package struct JSONFailure: Error, Equatable {
  package var message: String
  package var offset: Int
}
