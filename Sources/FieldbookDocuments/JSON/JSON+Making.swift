import FieldbookModel

/// Documents, written down as they read: members keep the order that they were written in.
extension JSON {
  package static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
  package static func optional(_ number: Int?) -> JSON {
    number.map { .integer(Int64($0)) } ?? .null
  }
  package static func count(_ number: Int) -> JSON { .integer(Int64(number)) }

  /// RFC 3339 in UTC with milliseconds.
  package static func time(_ time: Timestamp?) -> JSON { time.map { .string($0.rfc3339) } ?? .null }

  package static func strings(_ texts: some Sequence<String>) -> JSON {
    .array(texts.map { .string($0) })
  }

  /// Members by key, in the order of the keys.
  package static func map<Value>(
    _ values: [String: Value], _ transform: (Value) throws -> JSON
  ) rethrows -> JSON {
    .object(
      try values.sorted { $0.key < $1.key }.map {
        Member(name: $0.key, value: try transform($0.value))
      })
  }

  package static func map(_ values: [String: String]) -> JSON { map(values) { .string($0) } }

  /// The members of two objects, one after the other; anything else is left as it is.
  package func adding(_ other: JSON) -> JSON {
    guard case .object(let mine) = self, case .object(let theirs) = other else { return self }
    return .object(mine + theirs)
  }
}

extension JSON: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }
}

extension JSON: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByBooleanLiteral {
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}
