/// Reads the wire format of Protocol Buffers, field by field, out of bytes that anyone may have sent.
///
/// Nothing is copied: the contents of fields are slices of the bytes. Fields come in the order in which they were written,
/// repeated ones once each; what a field's number means is the caller's to know. Groups, which nobody writes any more, are
/// passed over. Source: protobuf.dev, "Encoding".
package struct ProtobufReader: Sendable {
  /// What stands behind a field's number. The wire says how long it is, not what it is.
  package enum Value: Equatable, Sendable {
    case varint(UInt64)
    /// Little-endian on the wire; also a `double`, an `sfixed64`.
    case fixed64(UInt64)
    /// A text, bytes, a message, or a packed list of numbers.
    case bytes(ArraySlice<UInt8>)
    /// Little-endian on the wire; also a `float`.
    case fixed32(UInt32)
  }

  package struct Field: Equatable, Sendable {
    /// 1 to 2^29 - 1.
    package let number: Int
    package let value: Value
  }

  /// Groups within groups that are passed over.
  package static let groupDepth = 64

  private let source: ArraySlice<UInt8>
  private var position: Int

  package init(_ bytes: ArraySlice<UInt8>) {
    source = bytes
    position = bytes.startIndex
  }

  package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  package var isAtEnd: Bool { position == source.endIndex }

  /// The next field; nil at the end.
  package mutating func next() throws(ProtobufFailure) -> Field? {
    var open: [Int] = []
    while position < source.endIndex {
      let (number, wire) = try tag()
      switch wire {
      case 3:
        guard open.count < ProtobufReader.groupDepth else { throw .nestedTooDeep }
        open.append(number)
      case 4:
        guard open.popLast() == number else { throw .malformed }
      default:
        let value = try value(wire)
        if open.isEmpty { return Field(number: number, value: value) }
      }
    }
    guard open.isEmpty else { throw .truncated }
    return nil
  }

  /// Calls `body` with each field.
  package static func fields<Failure: Error>(
    of bytes: ArraySlice<UInt8>, _ body: (Field) throws(Failure) -> Void
  ) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() { try body(field) }
  }

  private mutating func tag() throws(ProtobufFailure) -> (number: Int, wire: UInt64) {
    let key = try varint()
    guard (1..<1 << 29).contains(key >> 3) else { throw .malformed }
    return (Int(key >> 3), key & 7)
  }

  private mutating func value(_ wire: UInt64) throws(ProtobufFailure) -> Value {
    switch wire {
    case 0: return .varint(try varint())
    case 1: return .fixed64(ProtobufReader.littleEndian(try bytes(8)))
    case 2:
      let length = try varint()
      guard length <= UInt64(source.endIndex - position) else { throw .truncated }
      return .bytes(try bytes(Int(length)))
    case 5:
      return .fixed32(UInt32(truncatingIfNeeded: ProtobufReader.littleEndian(try bytes(4))))
    default: throw .malformed
    }
  }

  /// Base 128, least part first, ten bytes at most. One with more bytes than it needs is fine here.
  private mutating func varint() throws(ProtobufFailure) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < source.endIndex else { throw .truncated }
      let byte = source[position]
      position += 1
      // Bits beyond the 64th are dropped, as other readers do.
      number |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return number }
    }
    throw .malformed
  }

  private mutating func bytes(_ count: Int) throws(ProtobufFailure) -> ArraySlice<UInt8> {
    guard count <= source.endIndex - position else { throw .truncated }
    defer { position += count }
    return source[position..<position + count]
  }

  fileprivate static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

// What a caller who knows the field's type reads in it; nil where the wire says another type.
extension ProtobufReader.Value {
  package var bytes: ArraySlice<UInt8>? { if case .bytes(let bytes) = self { bytes } else { nil } }

  /// Nil for what is no UTF-8, too.
  package var text: String? { bytes.flatMap { String(validating: $0, as: UTF8.self) } }

  /// `uint64`, `uint32`, `bool`, enumerations; also `fixed64` and `fixed32`.
  package var unsigned: UInt64? {
    switch self {
    case .varint(let number), .fixed64(let number): number
    case .fixed32(let number): UInt64(number)
    case .bytes: nil
    }
  }

  /// `int64` and `int32`, which are never zigzag; also `sfixed64`.
  package var signed: Int64? { unsigned.map(Int64.init(bitPattern:)) }

  /// `sint64` and `sint32`.
  package var zigzag: Int64? {
    if case .varint(let code) = self {
      Int64(bitPattern: code >> 1) ^ -Int64(bitPattern: code & 1)
    } else {
      nil
    }
  }

  package var flag: Bool? { if case .varint(let number) = self { number != 0 } else { nil } }

  /// A `double`, or a `float` widened.
  package var real: Double? {
    switch self {
    case .fixed64(let bits): Double(bitPattern: bits)
    case .fixed32(let bits): Double(Float(bitPattern: bits))
    case .varint, .bytes: nil
    }
  }

  /// A repeated `double`, or `float` with four bytes each: packed, or one of it alone.
  ///
  /// - Parameter width: bytes of each, 8 or 4.
  package func reals(width: Int) -> [Double]? {
    guard let packed = bytes else { return real.map { [$0] } }
    guard packed.count.isMultiple(of: width) else { return nil }
    return stride(from: packed.startIndex, to: packed.endIndex, by: width).map { start in
      let bits = ProtobufReader.littleEndian(packed[start..<start + width])
      return width == 8
        ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    }
  }
}

/// Why bytes are no message.
package enum ProtobufFailure: Failure, Equatable {
  case truncated
  case malformed
  case nestedTooDeep

  package var message: String {
    switch self {
    case .truncated: "the message ends too early"
    case .malformed: "the message is damaged, or no Protocol Buffers message"
    case .nestedTooDeep: "the message is nested too deep"
    }
  }

  package var hint: String { "send it again; what was sent is not kept" }
}
