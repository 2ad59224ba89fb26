/// How the comparisons of a filter are joined, whatever they compare: by AND; in the extended dialect by OR and in
/// parentheses too, AND binding closer.
protocol FilterGrammar {
  var tokens: ArraySlice<SearchToken> { get set }
  var depth: Int { get set }
  var isExtended: Bool { get }
  /// As MLflow writes the word that it does not know.
  var wordOr: String { get }

  /// Reads one comparison.
  mutating func comparison() throws(SearchFailure) -> SearchExpression
  /// What is said of something that follows the whole.
  func refusal(ofRest token: SearchToken) -> String
}

extension FilterGrammar {
  static func tokens(of filter: String, isExtended: Bool) throws(SearchFailure)
    -> ArraySlice<SearchToken>
  {
    var tokens = try SearchToken.scan(filter)[...]
    // MLflow takes no offence at an AND too many.
    while !isExtended, tokens.first?.isAnd == true { tokens.removeFirst() }
    while !isExtended, tokens.last?.isAnd == true { tokens.removeLast() }
    return tokens
  }

  /// Reads to the end.
  mutating func whole() throws(SearchFailure) -> SearchExpression {
    if tokens.isEmpty { return .all }
    let expression = try alternatives()
    if let rest = tokens.first { throw .malformed(refusal(ofRest: rest)) }
    return expression
  }

  private mutating func alternatives() throws(SearchFailure) -> SearchExpression {
    var parts = [try conjunction()]
    while takeWord("or") {
      guard isExtended else {
        throw .malformed("Invalid clause(s) in filter string: \(wordOr)")
      }
      parts.append(try conjunction())
    }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction() throws(SearchFailure) -> SearchExpression {
    var parts = [try term()]
    while takeWord("and") {
      while !isExtended, takeWord("and") {}
      parts.append(try term())
    }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func term() throws(SearchFailure) -> SearchExpression {
    guard isExtended, tokens.first == .open else { return try comparison() }
    depth += 1
    guard depth <= SearchLimits.depth else { throw .malformed("Invalid filter: nested too deep") }
    tokens.removeFirst()
    let inner = try alternatives()
    guard tokens.popFirst() == .close else {
      throw .malformed("Invalid filter: a parenthesis is never closed")
    }
    depth -= 1
    return inner
  }

  /// A list of quoted texts.
  ///
  /// - Parameters:
  ///   - item: what is said of something else in it.
  ///   - end: what is said of one without an end.
  mutating func list(item: String, end: String) throws(SearchFailure) -> [String] {
    guard tokens.popFirst() == .open else { throw .malformed("IN wants a list in parentheses") }
    var out: [String] = []
    while true {
      guard let text = tokens.popFirst()?.text else { throw .malformed(item) }
      out.append(text)
      guard out.count <= SearchLimits.clauses else { throw .malformed("the list is too long") }
      switch tokens.popFirst() {
      case .comma: continue
      case .close: return out
      default: throw .malformed(end)
      }
    }
  }

  /// What LIKE and ILIKE compare with.
  func like(_ pattern: String, sensitive: Bool) throws(SearchFailure) -> SearchTest {
    guard pattern.utf8.count <= SearchLimits.patternBytes else {
      throw .malformed(
        "Invalid filter: a pattern is longer than \(SearchLimits.patternBytes) bytes")
    }
    return .like(pattern, sensitive: sensitive)
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard case .name(let found)? = tokens.first, found.lowercased() == word else { return false }
    tokens.removeFirst()
    return true
  }
}
