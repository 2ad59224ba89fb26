import Foundation

/// One thing that can be measured by its name.
struct Measurement {
  let name: String
  /// Which table of docs/performance.md its rows are for; nil for the first.
  var table: String?
  let run: (_ rounds: Int) throws -> [BenchRow]

  static var all: [Measurement] {
    [
      Measurement(name: "bulk", run: MetricBench.bulk),
      Measurement(name: "live", run: MetricBench.live),
      Measurement(name: "bytes", run: MetricBench.bytes),
      Measurement(name: "creates", run: MergeBench.creates),
      Measurement(name: "overwrites", run: MergeBench.overwrites),
      Measurement(name: "pile", run: MergeBench.pile),
      Measurement(name: "wire", run: MergeBench.wire),
      Measurement(name: "million", run: ScaleBench.million),
      Measurement(name: "bootstrap", run: BootstrapBench.newLaptop),
      Measurement(name: "lists", run: ListBench.lists),
      Measurement(name: "history", run: HistoryBench.history),
      Measurement(name: "compare", run: ListBench.comparison),
      Measurement(name: "growth", run: GrowthBench.growth),
      Measurement(name: "processes", run: CrowdBench.tenProcesses),
      Measurement(name: "week", run: TeamBench.week),
      Measurement(name: "laptops", run: TeamBench.crowd),
      content("snapshots", SnapshotBench.snapshots),
      content("git", ContentBench.files),
      content("small", TransferBench.small),
      content("large", TransferBench.large),
      content("weights", TransferBench.weights),
      content("data", DataBench.digests),
      content("audit", ListBench.audits),
      Measurement(name: "mlflow", run: MLflowBench.ingest),
      Measurement(name: "sync", run: ProductBench.nothingToDo),
      Measurement(name: "start", run: ProductBench.start),
      Measurement(name: "help", run: ProductBench.help),
    ]
  }

  private static func content(_ name: String, _ run: @escaping (Int) throws -> [BenchRow])
    -> Measurement
  {
    Measurement(name: "content-" + name, table: "content", run: run)
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
