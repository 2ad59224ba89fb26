import FieldbookModel
import FieldbookWorkspace

// The fields that searches share.
extension Fields {
  /// MLflow's parser finds no statement in blanks alone.
  func filter() throws(MLflowError) -> String {
    let filter = try text("filter") ?? ""
    guard filter.isEmpty || filter.contains(where: { !$0.isWhitespace }) else {
      throw .invalid("Invalid filter \(PythonText.repr(filter)). Could not be parsed.")
    }
    return filter
  }

  /// Shows `max_results` as it was told: of a query, as a text.
  func tooMany(_ limit: Int64) -> MLflowError {
    Fields.wrongType("max_results", self["max_results"] ?? .integer(limit))
  }

  func pageToken() throws(MLflowError) -> String? {
    guard let token = try text("page_token"), !token.isEmpty else { return nil }
    return token
  }

  /// `ACTIVE_ONLY` and its like, or their numbers.
  func lifecycleView(_ name: String) throws(MLflowError) -> LifecycleView {
    guard let value = self[name] else { return .active }
    switch value {
    case .string("ACTIVE_ONLY"), .string("1"), .integer(1): return .active
    case .string("DELETED_ONLY"), .string("2"), .integer(2): return .deleted
    case .string("ALL"), .string("3"), .integer(3): return .all
    default: throw Fields.wrongType(name, value)
    }
  }
}

enum PageLimit {
  static func checked(_ limit: Int64, atMost most: Int) throws(MLflowError) -> Int {
    let start = "Invalid value \(limit) for parameter 'max_results' supplied."
    guard limit > 0 else { throw .invalid(start + " It must be a positive integer") }
    guard limit <= most else { throw .invalid(start + " It must be at most \(most)") }
    return Int(limit)
  }
}
