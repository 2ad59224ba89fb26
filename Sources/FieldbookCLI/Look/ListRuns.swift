import ArgumentParser
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
    name: .shortAndLong, help: .init("Only of this experiment; may be repeated.", valueName: "name")
  )
  var experiment: [String] = []

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

  @Option(
    name: [.customShort("n"), .long], parsing: .unconditional,
    help: .init("At most so many.", valueName: "count"))
  var limit: Int = 100

  @Option(name: .long, help: .init("Go on after an earlier list.", valueName: "token"))
  var pageToken: String?

  @OptionGroup var view: ViewOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
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
      let experiments = try experiment.map { try workspace.experiment(named: $0).id }
      let page = try workspace.runs(
        RunQuery(
          experiments: experiments.isEmpty ? nil : experiments, filter: filter, orderBy: orderBy,
          view: view.chosen, limit: limit, pageToken: pageToken, isExtended: true))
      console.show(
        RunList(
          runs: page.items, nextPageToken: page.nextPageToken, columns: try chosenColumns(),
          vanished: Vanished.among(page.items, in: workspace)))
      if page.nextPageToken != nil { console.hint("there are more: add --limit \(limit * 10)") }
    }
  }
}

struct RunList: Document {
  var runs: [Run]
  var nextPageToken: String?
  /// Nil: those that say most.
  var columns: [RunColumn]?
  var vanished: Set<RunID>

  var json: JSONValue {
    [
      "runs": .array(runs.map { $0.json(isVanished: vanished.contains($0.id)) }),
      "next_page_token": .optional(nextPageToken),
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard !runs.isEmpty else { return sheet.line("no runs") }
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
