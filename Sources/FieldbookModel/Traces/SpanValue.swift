/// The value of an attribute of a span, as OpenTelemetry has them.
package indirect enum SpanValue: Equatable, Sendable {
  case null
  case text(String)
  case bool(Bool)
  case integer(Int64)
  case real(Double)
  case bytes([UInt8])
  case list([SpanValue])
  case map([(key: String, value: SpanValue)])

  package static func == (left: SpanValue, right: SpanValue) -> Bool { left.json == right.json }

  package var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The member of a map.
  package subscript(key: String) -> SpanValue? {
    guard case .map(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// As Python's `json.dumps` writes it, without escapes for what is not ASCII; bytes as hexadecimal digits.
  package var json: String {
    var out: [UInt8] = []
    write(to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  package func write(to out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .text(let text): SpanValue.write(text, to: &out)
    case .bool(let flag): out += (flag ? "true" : "false").utf8
    case .integer(let number): out += String(number).utf8
    case .real(let number):
      let text =
        number.isNaN
        ? "NaN" : number.isInfinite ? (number > 0 ? "Infinity" : "-Infinity") : number.description
      out += text.utf8
    case .bytes(let bytes): SpanValue.write(Hex.encode(bytes), to: &out)
    case .list(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out += ", ".utf8 }
        item.write(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .map(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out += ", ".utf8 }
        SpanValue.write(member.key, to: &out)
        out += ": ".utf8
        member.value.write(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// A text in quotes.
  package static func write(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out += "\\\"".utf8
      case UInt8(ascii: "\\"): out += "\\\\".utf8
      case 10: out += "\\n".utf8
      case 13: out += "\\r".utf8
      case 9: out += "\\t".utf8
      case 0..<32: out += ("\\u00" + Hex.encode([byte])).utf8
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  /// Every text within, keys aside.
  package func eachText(_ body: (String) throws -> Void) rethrows {
    switch self {
    case .text(let text): try body(text)
    case .list(let items): for item in items { try item.eachText(body) }
    case .map(let members): for member in members { try member.value.eachText(body) }
    case .null, .bool, .integer, .real, .bytes: break
    }
  }
}

extension SpanValue {
  /// Lists and maps within each other; what is deeper is refused.
  package static let depth = 48

  /// Reads OpenTelemetry's `AnyValue`.
  init(protobuf bytes: ArraySlice<UInt8>, depth: Int = 0) throws {
    guard depth < SpanValue.depth else { throw ProtobufFailure.nestedTooDeep }
    self = .null
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field.number {
      case 1: self = .text(try field.value.validText)
      case 2: self = .bool(field.value.flag ?? false)
      case 3: self = .integer(field.value.signed ?? 0)
      case 4: self = .real(field.value.real ?? 0)
      case 5:
        self = .list(
          try SpanValue.messages(1, in: field).map {
            try SpanValue(protobuf: $0, depth: depth + 1)
          })
      case 6:
        self = .map(
          try SpanValue.messages(1, in: field).map {
            try SpanValue.member(protobuf: $0, depth: depth + 1)
          })
      case 7: self = .bytes(Array(field.value.bytes ?? []))
      default: break
      }
    }
  }

  /// Reads OpenTelemetry's `KeyValue`.
  package static func member(protobuf bytes: ArraySlice<UInt8>, depth: Int = 0) throws
    -> (key: String, value: SpanValue)
  {
    var (key, value) = ("", SpanValue.null)
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field.number {
      case 1: key = try field.value.validText
      case 2:
        guard let inner = field.value.bytes else { throw ProtobufFailure.malformed }
        value = try SpanValue(protobuf: inner, depth: depth)
      default: break
      }
    }
    return (key, value)
  }

  private static func messages(_ number: Int, in field: ProtobufReader.Field) throws
    -> [ArraySlice<UInt8>]
  {
    guard let bytes = field.value.bytes else { throw ProtobufFailure.malformed }
    var found: [ArraySlice<UInt8>] = []
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard field.number == number, let inner = field.value.bytes else { continue }
      found.append(inner)
    }
    return found
  }

  /// Writes OpenTelemetry's `AnyValue`.
  package func write(to out: inout ProtobufWriter) {
    switch self {
    case .null: break
    case .text(let text): out.text(1, text)
    case .bool(let flag): out.varint(2, flag ? 1 : 0)
    case .integer(let number): out.varint(3, UInt64(bitPattern: number))
    case .real(let number): out.double(4, number)
    case .list(let items):
      out.message(5) { list in
        for item in items { list.message(1) { item.write(to: &$0) } }
      }
    case .map(let members):
      out.message(6) { map in
        for member in members {
          map.message(1) { pair in
            pair.text(1, member.key)
            pair.message(2) { member.value.write(to: &$0) }
          }
        }
      }
    case .bytes(let bytes): out.bytes(7, bytes)
    }
  }
}

extension ProtobufReader.Value {
  /// A `string`, which must be UTF-8.
  var validText: String {
    get throws(ProtobufFailure) {
      guard let text else { throw .malformed }
      return text
    }
  }
}
