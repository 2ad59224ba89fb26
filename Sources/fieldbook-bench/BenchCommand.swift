import ArgumentParser
import FieldbookTestSupport
import Foundation

/// Measures Fieldbook beside a raw SQLite loop in one run, in turns, and prints medians and ratios.
@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fieldbook-bench", abstract: "Measure Fieldbook beside raw SQLite.",
    subcommands: [Lay.self, Flood.self, Work.self])

  @Option(help: "How often each measurement is repeated; medians are printed.")
  var rounds = 5

  @Option(help: "Only measurements whose name contains this word.")
  var only = ""

  @Option(help: "Write the figures to this file as well, as JSON.")
  var save: String?

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
    guard !chosen.isEmpty else {
      let names = Measurement.all.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no measurement '\(only)'; there are \(names)")
    }
  }

  private var chosen: [Measurement] {
    Measurement.all.filter { only.isEmpty || $0.name.contains(only) }
  }

  func run() throws {
    var rows: [BenchRow] = []
    for measurement in chosen {
      let found = try measurement.run(rounds).map { row in
        var row = row
        row.table = measurement.table
        return row
      }
      for row in found { print(row.line) }
      // They come minutes apart.
      fflush(nil)
      rows += found
    }
    guard let save else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(rows).write(to: URL(fileURLWithPath: save))
  }
}

/// One of several processes that a measurement starts.
struct Work: ParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false)

  @Argument var what: String
  @Argument var folder: String

  func run() throws {
    if what == "large" { return try TransferBench.work(in: folder) }
    try CrowdBench.work(what, in: folder)
  }
}
