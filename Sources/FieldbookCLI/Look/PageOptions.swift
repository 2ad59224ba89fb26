import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

/// Which part of a long list is shown: of runs, of traces.
struct PageOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: .init("Only of this experiment; may be repeated.", valueName: "name")
  )
  var experiment: [String] = []

  @Option(
    name: [.customShort("n"), .long], parsing: .unconditional,
    help: .init("At most so many.", valueName: "count"))
  var limit: Int = 100

  @Option(name: .long, help: .init("Go on after an earlier list.", valueName: "token"))
  var pageToken: String?

  @OptionGroup var view: ViewOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
  }

  /// From the first page on, of all experiments.
  var isWhole: Bool { experiment.isEmpty && pageToken == nil && view.chosen == .active }

  func query(_ filter: String, _ orderBy: [String], in workspace: Workspace) throws -> FilterQuery {
    let experiments = try experiment.map { try workspace.experiment(named: $0).id }
    return FilterQuery(
      experiments: experiments.isEmpty ? nil : experiments, filter: filter, orderBy: orderBy,
      view: view.chosen, limit: limit, pageToken: pageToken, isExtended: true)
  }

  /// Says how to see the rest, if there is one.
  func hint(_ nextPageToken: String?, _ console: Console) {
    if let text = PageOptions.hint(nextPageToken, limit: limit, isFirst: pageToken == nil) {
      console.hint(text)
    }
  }

  /// More at once can be looked at from the beginning, and as long as it is not too much to look at.
  static func hint(_ nextPageToken: String?, limit: Int, isFirst: Bool) -> String? {
    guard let nextPageToken else { return nil }
    let next = "--page-token \(nextPageToken)"
    return isFirst && limit < 1000
      ? "there are more: add --limit \(limit * 10), or go on with \(next)"
      : "there are more: go on with \(next)"
  }
}
