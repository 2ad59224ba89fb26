/// What stands before the first dot of a field's name: `tags` of `tags.K`.
package enum FieldFamily: UInt8, Sendable, CaseIterable {
  case tags, params, environment, labels, aliases, artifacts, datasets, inputs, outputs, metrics
  case metadata, assessments, links
  /// One that this version does not know.
  case other

  /// Nil for a name without a dot.
  init?(of name: UnsafeBufferPointer<UInt8>) {
    guard let dot = name.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    let word = UnsafeBufferPointer(rebasing: name[..<dot])
    self = FieldFamily.allCases.first { $0 != .other && $0.matches(word) } ?? .other
  }

  private func matches(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    let own = name
    guard own.utf8CodeUnitCount == word.count else { return false }
    return own.withUTF8Buffer { $0.elementsEqual(word) }
  }

  private var name: StaticString {
    switch self {
    case .tags: "tags"
    case .params: "params"
    case .environment: "environment"
    case .labels: "labels"
    case .aliases: "aliases"
    case .artifacts: "artifacts"
    case .datasets: "datasets"
    case .inputs: "inputs"
    case .outputs: "outputs"
    case .metrics: "metrics"
    case .metadata: "metadata"
    case .assessments: "assessments"
    case .links: "links"
    case .other: ""
    }
  }
}
