extension JSON {
  /// Protocol Buffers' `Value` has doubles alone.
  package var asProtobuf: JSON {
    switch self {
    case .integer(let integer): .number(Double(integer))
    case .array(let items): .array(items.map(\.asProtobuf))
    case .object(let members):
      .object(members.map { Member(name: $0.name, value: $0.value.asProtobuf) })
    default: self
    }
  }

  /// As Python's `json.dumps` prints it; numbers as the doubles that Protocol Buffers make of them.
  package var pythonText: String {
    switch self {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .number(let number): SpanValue.real(number).json
    case .string(let text): SpanValue.text(text).json
    case .array(let items): "[" + items.map(\.pythonText).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { SpanValue.text($0.name).json + ": " + $0.value.pythonText }
        .joined(separator: ", ") + "}"
    }
  }
}
