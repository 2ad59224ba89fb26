import FieldbookTestSupport
import Foundation

/// MLflow's own client, writing to its own SQLite store, in the same run.
enum MLflowBench {
  static let points = 20_000

  static func ingest(rounds: Int) throws -> [BenchRow] {
    guard let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"],
      FileManager.default.fileExists(atPath: script)
    else {
      FileHandle.standardError.write(
        Data("bench: MLflow's client is left out; `make bench` sets it up\n".utf8))
      return []
    }
    let series = MetricBench.corpus(steps: points / 10, keys: 10, jitter: true)
    var ours: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<min(rounds, 3) {
      try MetricBench.withRun { workspace, run in
        ours.append(
          Double(points)
            / (try Measurement.seconds {
              for start in stride(from: 0, to: points / 10, by: 100) {
                try workspace.logBatch(
                  run, parameters: [], metrics: MetricBench.part(series, start..<start + 100),
                  tags: [], durability: .script)
              }
            }))
      }
      theirs.append(try run(python))
    }
    return [
      BenchRow(
        name: "live logging, beside MLflow", value: Measurement.median(ours), unit: "points/s",
        peer: Measurement.median(theirs), peerName: "MLflow client on SQLite", target: .none)
    ]
  }

  private static let script = "Fixtures/scripts/mlflow_ingest.py"

  private static func run(_ python: String) throws -> Double {
    let folder = try TemporaryFolder()
    let answer = try Command(python, [script, folder.path, String(points)]).answer()
    guard answer.status == 0,
      let rate = Double(answer.out.trimmingCharacters(in: .whitespacesAndNewlines))
    else { throw TestFailure("\(script) ended with \(answer.status): \(answer.err)") }
    return rate
  }
}
