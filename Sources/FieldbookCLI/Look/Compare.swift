import ArgumentParser
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

/// Runs side by side. What tells any two runs apart (id, name, times) is no difference.
struct Comparison {
  struct Row: Equatable {
    var section: String
    var key: String
    /// One for each run, nil where the run has none.
    var values: [Value?]

    var isDifferent: Bool { values.contains { $0 != values[0] } }
  }

  enum Value: Equatable {
    case text(String)
    /// Equal by bits, so that NaN equals NaN.
    case number(UInt64)

    init(_ number: Double) { self = .number(number.bitPattern) }

    var json: JSONValue {
      switch self {
      case .text(let text): .string(text)
      case .number(let bits): .number(Double(bitPattern: bits))
      }
    }

    var phrase: Phrase {
      switch self {
      case .text(let text): Wording.brief(text)
      case .number(let bits): Phrase(Wording.number(Double(bitPattern: bits)))
      }
    }
  }

  var runs: [Run]
  var rows: [Row]

  init(runs: [Run]) {
    self.runs = runs
    rows =
      Comparison.rows("run", runs) { run in
        [
          "experiment": .text(run.experimentName), "status": .text(run.state.status.rawValue),
          "description": run.description.map { .text($0) },
          "labels": run.labels.isEmpty ? nil : .text(run.labels.joined(separator: ", ")),
        ].compactMapValues { $0 }
      }
      + Comparison.rows("params", runs) { $0.parameters.mapValues { .text($0) } }
      + Comparison.rows("metrics", runs) { $0.metrics.mapValues { Value($0.last.value) } }
      + Comparison.rows("tags", runs) { run in
        run.tags.filter { !Run.isOwnTag($0.key) }.mapValues { .text($0) }
      }
      + Comparison.datasets(runs)
      + Comparison.rows("environment", runs) { $0.environment.mapValues { .text($0) } }
  }

  /// By name; where a run used several of one name, by name and context. Content decides where all runs know it.
  private static func datasets(_ runs: [Run]) -> [Row] {
    let doubled = Set(
      runs.flatMap { run in
        Dictionary(grouping: run.datasets, by: \.name).filter { $1.count > 1 }.keys
      })
    func key(_ dataset: Dataset) -> String {
      guard doubled.contains(dataset.name), let context = dataset.context else {
        return dataset.name
      }
      return "\(dataset.name) (\(context))"
    }
    let unknown = Set(
      runs.flatMap(\.datasets).filter { $0.tags[ContentTag.content] == nil }.map(key))
    return rows("datasets", runs) { run in
      Dictionary(grouping: run.datasets, by: key).mapValues { same in
        let byContent = same.allSatisfy { !unknown.contains(key($0)) }
        return .text(
          same.map { $0.identity(byContent: byContent) }.sorted().joined(separator: ", "))
      }
    }
  }

  private static func rows(_ section: String, _ runs: [Run], _ values: (Run) -> [String: Value])
    -> [Row]
  {
    let columns = runs.map(values)
    let keys = Set(columns.flatMap(\.keys)).sorted()
    return keys.map { key in Row(section: section, key: key, values: columns.map { $0[key] }) }
  }
}

struct ComparisonDocument: Document {
  var comparison: Comparison
  /// For each run, those of its metrics.
  var curves: [[String: MetricCurve]]
  var onlyChanged: Bool

  var json: JSONValue {
    [
      "runs": .strings(comparison.runs.map(\.id.hex)),
      "differences": .array(
        comparison.rows.filter(\.isDifferent).map { row in
          [
            "section": .string(row.section), "key": .string(row.key),
            "values": .array(row.values.map { $0?.json ?? .null }),
          ]
        }),
    ]
  }

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
