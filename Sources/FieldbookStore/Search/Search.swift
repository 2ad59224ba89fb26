import FieldbookModel
import GRDB

/// What a search is over.
package enum SearchSubject: Sendable {
  case runs, experiments, models, versions

  /// In MLflow's dialect the only attribute that is compared with lists; nil where others are, too.
  var listed: String? {
    switch self {
    case .runs: "run_id"
    case .experiments: "experiment_id"
    case .models, .versions: nil
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
