import Foundation

/// Tokens and money that a trace took; nil where nobody told. Costs are US dollars.
package struct TraceUsage: Equatable, Sendable {
  package var inputTokens: Int64?
  package var outputTokens: Int64?
  package var totalTokens: Int64?
  package var cacheReadTokens: Int64?
  package var cacheCreationTokens: Int64?
  /// Of `cacheCreationTokens`, those kept for an hour.
  package var longCacheCreationTokens: Int64?
  package var inputCost: Double?
  package var outputCost: Double?
  package var totalCost: Double?

  package init() {}

  /// What a client wrote of tokens: a JSON object. Another text tells nothing.
  package mutating func readTokens(_ json: String) {
    let members = TraceUsage.numbers(json)
    for (key, path) in TraceUsage.tokenMembers {
      self[keyPath: path] = members[key].flatMap { Int64(exactly: $0) }
    }
  }

  /// The same of cost.
  package mutating func readCost(_ json: String) {
    let members = TraceUsage.numbers(json)
    for (key, path) in TraceUsage.costMembers { self[keyPath: path] = members[key] }
  }

  package var hasTokens: Bool { TraceUsage.tokenMembers.contains { self[keyPath: $0.1] != nil } }
  package var hasCost: Bool { TraceUsage.costMembers.contains { self[keyPath: $0.1] != nil } }

  /// As Python's `json.dumps` writes it, in MLflow's order; nil if nobody told.
  package var tokensJSON: String? {
    let parts = TraceUsage.tokenMembers.compactMap { key, path in
      self[keyPath: path].map { "\"\(key)\": \($0)" }
    }
    return parts.isEmpty ? nil : "{" + parts.joined(separator: ", ") + "}"
  }

  package var costJSON: String? {
    let parts = TraceUsage.costMembers.compactMap { key, path in
      self[keyPath: path].map { "\"\(key)\": \($0)" }
    }
    return parts.isEmpty ? nil : "{" + parts.joined(separator: ", ") + "}"
  }

  package static let tokenMembers: [(String, WritableKeyPath<TraceUsage, Int64?> & Sendable)] = [
    ("input_tokens", \.inputTokens), ("output_tokens", \.outputTokens),
    ("total_tokens", \.totalTokens), ("cache_read_input_tokens", \.cacheReadTokens),
    ("cache_creation_input_tokens", \.cacheCreationTokens),
    ("cache_creation_input_tokens_above_1hr", \.longCacheCreationTokens),
  ]
  package static let costMembers: [(String, WritableKeyPath<TraceUsage, Double?> & Sendable)] = [
    ("input_cost", \.inputCost), ("output_cost", \.outputCost), ("total_cost", \.totalCost),
  ]

  /// Finite numbers of a flat object.
  private static func numbers(_ json: String) -> [String: Double] {
    guard json.utf8.count <= 4096,
      let members = try? JSONDecoder().decode([String: Member].self, from: Data(json.utf8))
    else { return [:] }
    return members.compactMapValues(\.number)
  }

  /// What is no finite number is nothing, and no error.
  private struct Member: Decodable {
    let number: Double?

    init(from decoder: any Decoder) throws {
      let told = try? decoder.singleValueContainer().decode(Double.self)
      number = told.flatMap { $0.isFinite ? $0 : nil }
    }
  }
}

/// What one span says of tokens and money, and where it stands in the tree.
package struct SpanUsage: Equatable, Sendable {
  package var span: UInt64
  /// Nil for a root.
  package var parent: UInt64?
  package var usage: TraceUsage

  package init(span: UInt64, parent: UInt64?, usage: TraceUsage) {
    self.span = span
    self.parent = parent
    self.usage = usage
  }
}

extension TraceUsage {
  /// What the spans of a trace took together. A span that says so speaks for what is below it: agents repeat what the
  /// calls within took. Tokens and cost are summed apart. Source: MLflow 3.17, aggregation over span nodes.
  package static func total(_ spans: [SpanUsage]) -> TraceUsage {
    var total = TraceUsage()
    let nodes = Dictionary(spans.map { ($0.span, $0) }) { first, _ in first }
    func isTold(above span: SpanUsage, _ says: (TraceUsage) -> Bool) -> Bool {
      var seen: Set<UInt64> = [span.span]
      var next = span.parent
      while let id = next, let node = nodes[id], seen.insert(id).inserted {
        if says(node.usage) { return true }
        next = node.parent
      }
      return false
    }
    for span in spans where span.usage.hasTokens && !isTold(above: span, \.hasTokens) {
      for (index, (_, path)) in tokenMembers.enumerated() {
        let own = span.usage[keyPath: path]
        // The first three are always told together.
        guard own != nil || index < 3 else { continue }
        let (sum, isTooLarge) = (total[keyPath: path] ?? 0).addingReportingOverflow(own ?? 0)
        total[keyPath: path] = isTooLarge ? .max : sum
      }
    }
    for span in spans where span.usage.hasCost && !isTold(above: span, \.hasCost) {
      for (_, path) in costMembers {
        total[keyPath: path] = (total[keyPath: path] ?? 0) + (span.usage[keyPath: path] ?? 0)
      }
    }
    return total
  }
}
