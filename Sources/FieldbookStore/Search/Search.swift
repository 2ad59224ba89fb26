import FieldbookModel
import GRDB

/// What a search is over.
package enum SearchSubject: Sendable {
  case runs, experiments, models, versions, traces

  /// The attributes that are compared with lists in MLflow's dialect.
  var listed: [String] {
    switch self {
    case .runs: ["run_id"]
    case .experiments: ["experiment_id"]
    case .models: ["name"]
    case .versions: ["name", "run_id"]
    case .traces: []
    }
  }

  /// The attributes that a list is ordered by, but not filtered.
  var unfiltered: Set<String> {
    switch self {
    case .runs, .experiments, .traces: []
    case .models, .versions: ["creation_timestamp", "last_updated_timestamp"]
    }
  }
}

/// A search in MLflow's filter language.
package struct Search: Sendable {
  package var subject: SearchSubject
  package var filter: String
  package var orderBy: [String]
  /// Nil: whatever it is.
  package var lifecycle: Lifecycle?
  package var experiments: [ExperimentID]?
  package var limit: Int
  package var pageToken: String?
  package var isExtended: Bool

  package init(
    subject: SearchSubject, filter: String, orderBy: [String], lifecycle: Lifecycle?,
    experiments: [ExperimentID]?, limit: Int, pageToken: String?, isExtended: Bool
  ) {
    self.subject = subject
    self.filter = filter
    self.orderBy = orderBy
    self.lifecycle = lifecycle
    self.experiments = experiments
    self.limit = limit
    self.pageToken = pageToken
    self.isExtended = isExtended
  }
}
