import FieldbookModel

/// A filter, an order or a page token that does not read.
package enum SearchFailure: Failure, Equatable {
  case malformed(String)
  /// A word that is no attribute's.
  case unknownAttribute(String)
  case badToken

  package var message: String {
    switch self {
    case .malformed(let text): text
    case .unknownAttribute(let name): "Invalid attribute key '\(name)' specified"
    case .badToken: "Invalid page token, could not base64-decode"
    }
  }

  package var hint: String { hint(about: .runs) }

  package func hint(about subject: SearchSubject) -> String {
    switch (self, subject) {
    case (.malformed, .traces), (.unknownAttribute, .traces):
      "write it like: total_cost > 0.1 and status = 'ERROR' and tags.k LIKE 'x%'"
    case (.malformed, _), (.unknownAttribute, _):
      "write it like: metrics.acc > 0.9 and params.lr = '0.1' and tags.k LIKE 'x%'"
    case (.badToken, _): "start again from the first page"
    }
  }
}

enum SearchLimits {
  static let bytes = 64 * 1024
  static let clauses = 1000
  /// SQLite's own limit is 50,000, and GLOB's brackets can make it three times as long.
  static let patternBytes = 16_000
  /// What SQLite can take with 32 parts at each level.
  static let depth = 15
}
