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
    var name: String
    var value: JSON
  }

  /// An object, without the members whose value is nil.
  static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(
      members.compactMap { member in member.value.map { Member(name: member.key, value: $0) } })
  }

  /// Nil for no items: MLflow leaves empty lists out of its answers.
  static func list(_ items: [JSON]) -> JSON? { items.isEmpty ? nil : .array(items) }
  static func text(_ text: String?) -> JSON? { text.map(JSON.string) }

  /// The member of an object; nil for null, for a missing one and for what is no object.
  subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    guard let member = members.last(where: { $0.name == name }) else { return nil }
    return member.value == .null ? nil : member.value
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var items: [JSON]? { if case .array(let items) = self { items } else { nil } }

  /// What Python calls the type: MLflow's messages name it.
  var pythonType: String {
    switch self {
    case .null: "NoneType"
    case .bool: "bool"
    case .integer: "int"
    case .number: "float"
    case .string: "str"
    case .array: "list"
    case .object: "dict"
    }
  }
}
