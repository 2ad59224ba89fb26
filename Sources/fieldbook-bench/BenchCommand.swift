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

/// One line of the table.
struct BenchRow: Codable {
  var name: String
  var value: Double
  var unit: String
  /// The peer's median in the same unit and run; nil where there is none to compare with.
  var peer: Double?
  var peerName: String?
  var target: String

  var line: String {
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let ratio = peer.map { String(format: "%.2f x %@", value / $0, peerName ?? "") } ?? ""
    return pad(name, 34) + pad(String(format: "%.3g %@", value, unit), 22) + pad(ratio, 26)
      + "target " + target
  }
}

struct Measurement {
  let name: String
  let run: (_ rounds: Int) throws -> [BenchRow]

  static var all: [Measurement] {
    [
      Measurement(name: "bulk", run: MetricBench.bulk),
      Measurement(name: "live", run: MetricBench.live),
      Measurement(name: "bytes", run: MetricBench.bytes),
      Measurement(name: "creates", run: MergeBench.creates),
      Measurement(name: "overwrites", run: MergeBench.overwrites),
      Measurement(name: "wire", run: MergeBench.wire),
      Measurement(name: "million", run: ScaleBench.million),
      Measurement(name: "bootstrap", run: BootstrapBench.newLaptop),
      Measurement(name: "mlflow", run: MLflowBench.ingest),
      Measurement(name: "sync", run: ProductBench.nothingToDo),
      Measurement(name: "help", run: ProductBench.help),
    ]
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let elapsed = try clock.measure { try body() }
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
  }
}
