import FieldbookModel
import FieldbookStore

/// Lists, filtered and ordered in MLflow's language.
extension Workspace {
  package func runs(_ query: RunQuery) throws -> Page<Run> {
    let keys = try search(
      .runs, filter: query.filter, orderBy: query.orderBy, view: query.view, limit: query.limit,
      pageToken: query.pageToken, isExtended: query.isExtended, experiments: query.experiments)
    return try page(keys) { try $0.run(RunID($1)) }
  }

  package func experiments(_ query: ExperimentQuery) throws -> Page<Experiment> {
    let keys = try search(
      .experiments, filter: query.filter, orderBy: query.orderBy, view: query.view,
      limit: query.limit,
      pageToken: query.pageToken)
    return try page(keys) { try $0.experiment(ExperimentID($1)) }
  }

  package func models(_ query: ModelQuery) throws -> Page<RegisteredModel> {
    let keys = try search(
      .models, filter: query.filter, orderBy: query.orderBy, view: .active, limit: query.limit,
      pageToken: query.pageToken)
    return try page(keys) { try $0.model(ModelID($1)) }
  }

  package func versions(_ query: VersionQuery) throws -> Page<ModelVersion> {
    let keys = try search(
      .versions, filter: query.filter, orderBy: query.orderBy, view: .active, limit: query.limit,
      pageToken: query.pageToken)
    return try page(keys) { try $0.version(VersionID($1)) }
  }

  /// What runs of an experiment used, each once.
  package func datasets(of experiment: ExperimentID, limit: Int) throws -> [DatasetSummary] {
    try store.inspect { try $0.datasets(of: experiment, limit: limit) }
  }

  /// A measure of traces, summed up.
  ///
  /// - Throws: `WorkspaceFailure.invalidFilter`.
  package func traceMetrics(_ query: TraceMetricQuery) throws -> [TraceMetricPoint] {
    try Workspace.searching(.traces) { try store.traceMetrics(query) }
  }

  func page<Item>(
    _ keys: (keys: [EntityKey], next: String?),
    _ read: (WriteTransaction, EntityKey) throws -> Item?
  ) throws -> Page<Item> {
    let items = try store.inspect { transaction in
      try keys.keys.compactMap { try read(transaction, $0) }
    }
    return Page(items: items, nextPageToken: keys.next)
  }

  func search(
    _ subject: SearchSubject, filter: String, orderBy: [String], view: LifecycleView, limit: Int,
    pageToken: String?, isExtended: Bool = false, experiments: [ExperimentID]? = nil
  ) throws -> (keys: [EntityKey], next: String?) {
    try Workspace.searching(subject) {
      do {
        return try store.search(
          Search(
            subject: subject, filter: filter, orderBy: orderBy, lifecycle: view.lifecycle,
            experiments: experiments, limit: limit, pageToken: pageToken, isExtended: isExtended))
      } catch let failure as SearchFailure {
        guard isExtended, case .unknownAttribute(let name) = failure,
          let hint = try hint(instead: name)
        else { throw failure }
        throw WorkspaceFailure.invalidFilter(message: failure.message, hint: hint)
      }
    }
  }

  /// What somebody may have meant who wrote a name alone.
  private func hint(instead name: String) throws -> String? {
    let names = try recordedNames()
    let meant = [
      ("metrics", names.metrics), ("params", names.parameters), ("tags", names.tags),
    ].filter { $0.1.contains(name) }.map { "\($0.0).\(name)" }
    return meant.isEmpty ? nil : "did you mean \(meant.joined(separator: ", or "))?"
  }

  private static func searching<Found>(
    _ subject: SearchSubject, _ search: () throws -> Found
  ) throws -> Found {
    do {
      return try search()
    } catch let failure as SearchFailure {
      throw WorkspaceFailure.invalidFilter(
        message: failure.message, hint: failure.hint(about: subject))
    }
  }
}

extension Workspace {
  /// Of the page that begins with this item, counted from 0.
  package static func pageToken(at item: Int) -> String { PageToken.token(offset: item) }

  /// How many runs the query is about, on all pages.
  package func runCount(_ query: RunQuery) throws -> Int {
    try Workspace.searching(.runs) {
      try store.count(
        Search(
          subject: .runs, filter: query.filter, orderBy: [], lifecycle: query.view.lifecycle,
          experiments: query.experiments, limit: 0, pageToken: nil, isExtended: query.isExtended))
    }
  }

  /// What runs have, by family, in order.
  package func recordedNames() throws -> RecordedNames {
    try store.inspect { try $0.recordedNames() }
  }
}
