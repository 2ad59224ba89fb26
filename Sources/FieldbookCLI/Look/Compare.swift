import ArgumentParser
import FieldbookDocuments
import FieldbookExecution
import FieldbookModel
import FieldbookWorkspace

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare runs: params, metrics, tags, code and machine.",
    discussion: """
      Examples:
        fieldbook compare @last @last~1 --only-changed
        fieldbook compare baseline mlp-32 mlp-96
        fieldbook compare a3f9 77aa --exit-code          (status 4 if they differ)
      """)

  @Argument(help: .init("Runs, at least two.", valueName: "ref")) var refs: [String]
  @Flag(name: .long, help: "Leave out what is equal.") var onlyChanged = false
  @Flag(name: .long, help: "End with status 4 if there are differences.") var exitCode = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard refs.count >= 2 else { throw ValidationError("give at least two runs to compare") }
  }

  func run() throws {
    let comparison = try common.withWorkspace { workspace, console in
      let runs = try refs.map { try workspace.run(workspace.runID($0)) }
      let curves = try runs.map { run in
        console.isJSON ? [:] : try Curve.curves(of: run, in: workspace, width: 10)
      }
      let comparison = Comparison(runs: runs)
      console.show(
        ComparisonDocument(comparison: comparison, curves: curves, onlyChanged: onlyChanged))
      return comparison
    }
    if exitCode, comparison.rows.contains(where: \.isDifferent) {
      throw ExitCode(Status.differences)
    }
  }
}

struct ComparisonDocument: Document {
  var comparison: Comparison
  /// For each run, those of its metrics.
  var curves: [[String: MetricCurve]]
  var onlyChanged: Bool

  var json: JSON { comparison.json }

  func lay(on sheet: inout Sheet) {
    let ids = ShortIDs(comparison.runs.map(\.id.hex))
    var table = Table(
      [.init("", shrinks: true)] + comparison.runs.map { .init($0.name) })
    table.row([""] + comparison.runs.map { Phrase(ids($0.id.hex), .faint) })
    let shown = comparison.rows.filter { row in
      if onlyChanged { return row.isDifferent }
      return row.section != "environment" || row.isDifferent || sheet.isVerbose
    }
    var section = ""
    for row in shown {
      if row.section != section {
        section = row.section
        table.row([Phrase(section, .bold)] + comparison.runs.map { _ in "" })
      }
      table.row([Phrase("  " + row.key)] + cells(row))
    }
    sheet.table(table)
    if !comparison.rows.contains(where: \.isDifferent) { sheet.line("no differences") }
  }

  private func cells(_ row: Comparison.Row) -> [Phrase] {
    row.values.enumerated().map { index, value in
      guard let value else { return Phrase("-", .faint) }
      let phrase = row.isDifferent ? value.phrase.tinted(.yellow) : value.phrase
      guard row.section == "metrics" else { return phrase }
      let curve = Curve.phrase(curves[index][row.key])
      return curve.isEmpty ? phrase : phrase + " " + curve
    }
  }
}

extension Comparison.Value {
  fileprivate var phrase: Phrase {
    switch self {
    case .text(let text): Wording.brief(text)
    case .number(let bits): Phrase(Wording.number(Double(bitPattern: bits)))
    }
  }
}
