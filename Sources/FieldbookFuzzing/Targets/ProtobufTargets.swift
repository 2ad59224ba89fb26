import FieldbookModel

extension FuzzTarget {
  /// Messages of other programs' formats.
  static let protobuf: [FuzzTarget] = [
    FuzzTarget("protobuf", seeds: [message]) { bytes in
      var out = ProtobufWriter()
      var fields: [ProtobufReader.Field] = []
      var reader = ProtobufReader(bytes)
      while let field = try reader.next() {
        fields.append(field)
        switch field.value {
        case .varint(let number): out.varint(field.number, number)
        case .fixed64(let number): out.fixed64(field.number, number)
        case .fixed32(let number): out.fixed32(field.number, number)
        case .bytes(let content): out.bytes(field.number, content)
        }
        _ = (field.value.text, field.value.zigzag, field.value.reals(width: 4))
      }
      try promise(fields.count <= bytes.count / 2, "protobuf: more fields than there is room for")
      var again = ProtobufReader(out.bytes)
      for field in fields {
        try promise(try again.next() == field, "protobuf: written again it reads otherwise")
      }
      try promise(try again.next() == nil, "protobuf: written again it has more fields")
    }
  ]

  private static let message: [UInt8] = {
    var out = ProtobufWriter()
    out.varint(1, 300)
    out.fixed64(2, 7)
    out.double(3, 0.5)
    out.fixed32(4, 9)
    out.text(5, "text")
    out.message(6) { $0.message(1) { $0.varint(1, .max) } }
    // A group with a field in it.
    return out.bytes + [0x3b, 0x08, 0x01, 0x3c]
  }()
}
