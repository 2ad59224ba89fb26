/// What one field of one entity can hold.
///
/// `null` is a value: a removed tag is a tag whose value is null, so that a removal can conflict.
package enum FieldValue: Hashable, Sendable {
  case null
  case text(String)
  case integer(Int64)
  case bytes([UInt8])

  package var text: String? { if case .text(let text) = self { text } else { nil } }
  package var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
  package var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
  package var isNull: Bool { self == .null }

  /// The key that a 16-byte value refers to.
  package var key: EntityKey? { bytes.flatMap { EntityKey(bytes: $0) } }

  package static func == (left: FieldValue, right: FieldValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.text(let left), .text(let right)): ExactText(left) == ExactText(right)
    case (.integer(let left), .integer(let right)): left == right
    case (.bytes(let left), .bytes(let right)): left == right
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .text(let text): hasher.combine(ExactText(text))
    case .integer(let number): hasher.combine(number)
    case .bytes(let bytes): hasher.combine(bytes)
    }
  }

  package static func reference(_ key: EntityKey) -> FieldValue { .bytes(key.bytes) }

  /// As a person reads it; nil for null.
  package var display: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .integer(let number): String(number)
    case .bytes(let bytes): Hex.encode(bytes)
    }
  }
}
