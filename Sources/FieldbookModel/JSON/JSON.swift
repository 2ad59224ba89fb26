/// A JSON value whose integers stay exact.
///
/// Members keep their order; of two with one name the later counts, as in Python.
package enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  package struct Member: Equatable, Sendable {
    package var name: String
    package var value: JSON

    package init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// An object, without the members whose value is nil.
  package static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(
      members.compactMap { member in member.value.map { Member(name: member.key, value: $0) } })
  }

  /// Nil for no items: MLflow leaves empty lists out of its answers.
  package static func list(_ items: [JSON]) -> JSON? { items.isEmpty ? nil : .array(items) }
  package static func text(_ text: String?) -> JSON? { text.map(JSON.string) }

  /// The member of an object; nil for null, for a missing one and for what is no object.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    guard let member = members.last(where: { $0.name == name }) else { return nil }
    return member.value == .null ? nil : member.value
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var items: [JSON]? { if case .array(let items) = self { items } else { nil } }
}
