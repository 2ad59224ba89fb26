import ArgumentParser
import FieldbookModel
import FieldbookWorkspace
import Foundation

/// Lays out a replica for what measures the program from outside: a browser that looks at its page.
struct Lay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a replica in FOLDER, to be opened with FOLDER/home as the home folder.")

  @Argument var folder: String
  @Option(help: "Runs with five params, two tags and four metrics each.") var runs = 10_000
  @Option(help: "Runs with one long series, named long-1 and so on.") var series = 1
  @Option(help: "Points of each.") var points = 1_000_000

  private static let began: Int64 = 1_700_000_000_000
  private static let piece = 50_000
  /// One point of the first series.
  private static let spike = (step: 543_210, value: 100.0)

  func validate() throws {
    guard runs >= 0, series >= 0, points > 0 else {
      throw ValidationError("--runs and --series are counts, --points is at least 1")
    }
  }

  func run() throws {
    let home = folder + "/home"
    let workspace = try Workspace.create(
      in: folder, name: "bench", device: "bench", owner: "bench", isHub: false,
      environment: .live(["HOME": home, "XDG_STATE_HOME": home + "/.local/state"]))
    try ListBench.fill(workspace, runs) { Lay.began + Int64($0) * 1000 }
    for number in 0..<series {
      let run = try workspace.createRun(
        RunDraft(
          experiment: Experiment.defaultID, name: "long-\(number + 1)",
          startTime: Timestamp(milliseconds: Lay.began + Int64(runs + number) * 1000)),
        durability: .script)
      for start in stride(from: 0, to: points, by: Lay.piece) {
        let some = (start..<min(points, start + Lay.piece)).map { Lay.point($0, of: number) }
        try workspace.logBatch(
          run, parameters: [], metrics: [MetricSeries(key: "loss", points: some)], tags: [],
          durability: .script)
      }
    }
    try workspace.seal()
    try workspace.close()
  }

  private static func point(_ step: Int, of series: Int) -> MetricPoint {
    let isSpike = series == 0 && step == spike.step
    return MetricPoint(
      step: Int64(step), timestamp: began + Int64(step),
      value: isSpike ? spike.value : sin(Double(step) / 50_000 + Double(series) / 10))
  }
}
