import ArgumentParser
import FieldbookTestSupport
import Foundation

/// Measures Fieldbook beside a raw SQLite loop in one run, in turns, and prints medians and ratios.
@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fieldbook-bench", abstract: "Measure Fieldbook beside raw SQLite.")

  @Option(help: "How often each measurement is repeated; medians are printed.")
  var rounds = 5

  @Option(help: "Only measurements whose name contains this word.")
  var only = ""

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    var rows: [BenchRow] = []
    for measurement in Measurement.all where only.isEmpty || measurement.name.contains(only) {
      rows += try measurement.run(max(1, rounds))
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(rows), as: UTF8.self))
    } else {
      for row in rows { print(row.line) }
    }
  }
}
