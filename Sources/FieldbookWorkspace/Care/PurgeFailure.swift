import FieldbookModel

/// Why something cannot be purged.
package enum PurgeFailure: Failure, Equatable {
  case contentPurged(path: String)
  case structural(field: String)
  case standingName(kind: String)
  case onlyRuns(kind: String)
  case nothing(field: String)
  case noReason

  package var message: String {
    switch self {
    case .contentPurged(let path): "the content of '\(path)' was purged from this workspace"
    case .structural(let field): "'\(field)' holds the thing together: it cannot be purged"
    case .standingName(let kind):
      "the present name of \(kind == "experiment" ? "an" : "a") \(kind) cannot be purged"
    case .onlyRuns(let kind):
      "only a run can be purged as a whole, not \(kind == "experiment" ? "an" : "a") \(kind)"
    case .nothing(let field): "'\(field)' has no value that could be purged"
    case .noReason: "a purge keeps its reason, and none was given"
    }
  }

  package var hint: String {
    switch self {
    case .contentPurged: "see why: fieldbook purges"
    case .structural:
      "tags.K, params.K, metrics.K, artifacts.PATH, description, comments, labels.L, name, ... can be"
    case .standingName:
      "rename it first: fieldbook rename REF NAME; then the former names can be purged"
    case .onlyRuns: "purge its fields, or its runs"
    case .nothing: "see what there is: fieldbook history REF"
    case .noReason: "say why: --reason TEXT"
    }
  }
}
