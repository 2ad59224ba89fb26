import FieldbookModel

/// Which things of the soft-deleted kind a list shows.
package enum LifecycleView: Sendable {
  case active, deleted, all

  /// Nil for all.
  var lifecycle: Lifecycle? {
    switch self {
    case .active: .active
    case .deleted: .deleted
    case .all: nil
    }
  }
}

/// One page of a list.
package struct Page<Item: Sendable>: Sendable {
  package var items: [Item]
  /// Opaque; nil on the last page.
  package var nextPageToken: String?

  package init(items: [Item], nextPageToken: String?) {
    self.items = items
    self.nextPageToken = nextPageToken
  }

  /// The items of all pages, each asked for with the token that the one before gave.
  package static func all(_ page: (String?) throws -> Page<Item>) rethrows -> [Item] {
    var items: [Item] = []
    var token: String?
    repeat {
      let next = try page(token)
      items += next.items
      token = next.nextPageToken
    } while token != nil
    return items
  }
}

package typealias RunQuery = FilterQuery
package typealias TraceQuery = FilterQuery

/// What is asked of the runs, or of the traces, of some experiments.
package struct FilterQuery: Sendable {
  /// Nil: all experiments.
  package var experiments: [ExperimentID]?
  /// MLflow's filter language.
  package var filter: String
  package var orderBy: [String]
  package var view: LifecycleView
  package var limit: Int
  package var pageToken: String?
  /// `OR` and parentheses too; of traces, tokens and cost.
  package var isExtended: Bool

  package init(
    experiments: [ExperimentID]? = nil, filter: String = "", orderBy: [String] = [],
    view: LifecycleView = .active, limit: Int = 100, pageToken: String? = nil,
    isExtended: Bool = false
  ) {
    self.experiments = experiments
    self.filter = filter
    self.orderBy = orderBy
    self.view = view
    self.limit = limit
    self.pageToken = pageToken
    self.isExtended = isExtended
  }
}

package struct ExperimentQuery: Sendable {
  package var filter: String
  package var orderBy: [String]
  package var view: LifecycleView
  package var limit: Int
  package var pageToken: String?

  package init(
    filter: String = "", orderBy: [String] = [], view: LifecycleView = .active, limit: Int = 1000,
    pageToken: String? = nil
  ) {
    self.filter = filter
    self.orderBy = orderBy
    self.view = view
    self.limit = limit
    self.pageToken = pageToken
  }
}

/// Registered models; deleted ones are never listed.
package struct ModelQuery: Sendable {
  package var filter: String
  package var orderBy: [String]
  package var limit: Int
  package var pageToken: String?

  package init(
    filter: String = "", orderBy: [String] = [], limit: Int = 1000, pageToken: String? = nil
  ) {
    self.filter = filter
    self.orderBy = orderBy
    self.limit = limit
    self.pageToken = pageToken
  }
}

package struct VersionQuery: Sendable {
  package var filter: String
  package var orderBy: [String]
  package var limit: Int
  package var pageToken: String?

  package init(
    filter: String = "", orderBy: [String] = [], limit: Int = 1000, pageToken: String? = nil
  ) {
    self.filter = filter
    self.orderBy = orderBy
    self.limit = limit
    self.pageToken = pageToken
  }
}
