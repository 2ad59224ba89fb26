/// JSON that came in a text, as what sends OpenTelemetry has to do it: its SDKs know no maps. MLflow's server takes it for what it says, where
/// it is a text, a list or a map, and answers everywhere as if that had been sent. Here the text stays what was sent; whoever is
/// answered as MLflow answers gets it unpacked. Source: MLflow 3.17, `sanitize_attributes`.
extension SpanValue {
  /// What a text says that is JSON of a text, a list or a map; nil for every other value.
  private var told: JSON? {
    guard let text, let first = text.utf8.first(where: { ![9, 10, 13, 32].contains($0) }),
      [34, 91, 123].contains(first)
    else { return nil }
    return try? JSONParser.parse(Array(text.utf8))
  }

  /// Itself, or what the JSON in it says.
  package var unpacked: SpanValue { told.map { SpanValue($0) } ?? self }

  /// The JSON of it, in which what came as JSON is not packed twice.
  package var jsonPackedOnce: String {
    guard let text, told != nil else { return json }
    return text
  }
}

extension SpanValue {
  /// What is nested deeper than a span may have it stays JSON.
  package init(_ json: JSON, depth: Int = 0) {
    switch json {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .integer(number)
    case .number(let number): self = .real(number)
    case .string(let text): self = .text(text)
    case .array, .object:
      guard depth < SpanValue.depth - 8 else {
        self = .text(json.pythonText)
        return
      }
      if case .object(let members) = json {
        self = .map(members.map { ($0.name, SpanValue($0.value, depth: depth + 1)) })
      } else {
        self = .list((json.items ?? []).map { SpanValue($0, depth: depth + 1) })
      }
    }
  }
}
