import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ListRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List runs; FILTER is MLflow's filter language.",
    discussion: """
      Examples:
        fieldbook runs
        fieldbook runs "metrics.acc > 0.9 and params.lr = '0.1'"
        fieldbook runs --order-by "metrics.acc DESC" --limit 5
        fieldbook runs --columns id,name,params.lr,metrics.acc

      Metrics compare with numbers; params, tags and attributes (run_name, status, \
      ...) with quoted text. Beyond MLflow, OR and parentheses work here.
      """)

  @Argument(help: "Which runs (default: all).")
  var filter: String = ""

  @Option(
    name: .long,
    help: .init(
      "Such as 'metrics.acc DESC'; may be repeated (default: newest first).", valueName: "order"))
  var orderBy: [String] = []

  @Option(
    name: .long,
    help: .init(
      "Comma-separated: \(RunColumn.attributes.joined(separator: ", ")), params.K, metrics.K, tags.K.",
      valueName: "columns"))
  var columns: String?

  @OptionGroup var page: PageOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    _ = try chosenColumns()
  }

  private func chosenColumns() throws -> [RunColumn]? {
    try columns?.split(separator: ",").map { text in
      let text = text.trimmingCharacters(in: .whitespaces)
      guard let column = RunColumn(text) else {
        throw ValidationError("there is no column '\(text)'")
      }
      return column
    }
  }

  func run() throws {
    try common.withWorkspace { workspace, console in
      let found = try workspace.runs(page.query(filter, orderBy, in: workspace))
      console.show(
        RunList(
          runs: console.isJSON ? found.items.map(workspace.located) : found.items,
          nextPageToken: found.nextPageToken, columns: try chosenColumns(),
          vanished: Vanished.among(found.items, in: workspace),
          isAll: filter.isEmpty && page.isWhole))
      page.hint(found.nextPageToken, console)
    }
  }
}

struct RunList: Document {
  var runs: [Run]
  var nextPageToken: String?
  /// Nil: those that say most.
  var columns: [RunColumn]?
  var vanished: Set<RunID>
  /// Nothing was left out by what was asked.
  var isAll = false

  var json: JSON {
    [
      "runs": .array(runs.map { $0.json(isVanished: vanished.contains($0.id)) }),
      "next_page_token": .optional(nextPageToken),
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard !runs.isEmpty else {
      return sheet.line(isAll ? "no runs; record one: fieldbook run -- COMMAND" : "no runs")
    }
    if let columns { return sheet.table(table(columns, now: sheet.now)) }
    let base = RunColumn.usual(runs)
    // As many metrics as the terminal has room for, without cutting anything.
    let metrics = RunColumn.commonMetrics(runs)
    let limit = min(sheet.width == nil ? 3 : 12, metrics.count)
    for count in stride(from: limit, through: 0, by: -1) {
      let table = table(base + metrics.prefix(count), now: sheet.now)
      guard let width = sheet.width, count > 0 else { return sheet.table(table) }
      if table.lines(width: nil).allSatisfy({ $0.width <= width }) { return sheet.table(table) }
    }
  }

  private func table(_ columns: [RunColumn], now: Timestamp) -> Table {
    let ids = ShortIDs(runs.map(\.id.hex))
    var table = Table(columns.map(\.heading))
    for run in runs {
      table.row(
        columns.map { $0.cell(run, ids: ids, isVanished: vanished.contains(run.id), now: now) })
    }
    return table
  }
}
