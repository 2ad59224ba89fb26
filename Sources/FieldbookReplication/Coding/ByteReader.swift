/// Reads what `ByteWriter` wrote. Any bytes may come in: it throws on what it cannot read, it never
/// traps, and it never allocates more than there is to read.
///
/// After a failure the position is unspecified; a reader that threw is not to be read on.
package struct ByteReader: Sendable {
  private let source: ArraySlice<UInt8>
  private var position: Int

  package init(_ bytes: ArraySlice<UInt8>) {
    source = bytes
    position = bytes.startIndex
  }

  package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// How many bytes have not been read.
  package var remaining: Int { source.endIndex - position }
  package var isAtEnd: Bool { position == source.endIndex }

  /// Refuses a number written in more bytes than it needs: every value has one form.
  package mutating func varint() throws(DecodingFailure) -> UInt64 {
    if position < source.endIndex, source[position] < 0x80 {
      defer { position += 1 }
      return UInt64(source[position])
    }
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      let bits = UInt64(byte & 0x7f)
      guard shift < 63 || bits <= 1 else { throw .malformed("number") }
      number |= bits << shift
      if byte < 0x80 {
        guard byte != 0 || shift == 0 else { throw .malformed("number") }
        return number
      }
      shift += 7
      guard shift <= 63 else { throw .malformed("number") }
    }
  }

  package mutating func zigzag() throws(DecodingFailure) -> Int64 {
    ZigZag.decode(try varint())
  }

  package mutating func fixed32() throws(DecodingFailure) -> UInt32 {
    try bytes(count: 4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  package mutating func fixed64() throws(DecodingFailure) -> UInt64 {
    var number: UInt64 = 0
    for (index, byte) in try bytes(count: 8).enumerated() {
      number |= UInt64(byte) << UInt64(8 * index)
    }
    return number
  }

  package mutating func bytes(count: Int) throws(DecodingFailure) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw .truncated }
    defer { position += count }
    return source[position..<position + count]
  }

  /// Throws `tooLarge` when the declared length exceeds the limit, which is in bytes.
  package mutating func lengthPrefixed(limit: Int) throws(DecodingFailure) -> ArraySlice<UInt8> {
    let length = try varint()
    guard length <= UInt64(clamping: limit) else { throw .tooLarge("a value of \(length) bytes") }
    return try bytes(count: Int(length))
  }

  /// Throws `malformed` for what is not UTF-8. The limit is in bytes.
  package mutating func text(limit: Int) throws(DecodingFailure) -> String {
    let utf8 = try lengthPrefixed(limit: limit)
    guard let text = String(validating: utf8, as: UTF8.self) else { throw .malformed("text") }
    return text
  }

  private mutating func byte() throws(DecodingFailure) -> UInt8 {
    guard position < source.endIndex else { throw .truncated }
    defer { position += 1 }
    return source[position]
  }
}
