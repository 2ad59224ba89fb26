import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct LogMetrics: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metric",
    abstract: "Record a point of each metric.",
    discussion: """
      Values are numbers, nan, inf or -inf.

      Example:
        fieldbook log metric loss=0.31 accuracy=0.913 --step 10
      """)

  @Argument(help: .init("Metrics.", valueName: "key=number")) var metrics: [Assignment]
  @Option(name: .long, parsing: .unconditional, help: .init("The step.", valueName: "n"))
  var step: Int64 = 0
  @OptionGroup var choice: RunChoice
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.record(into: choice) { workspace, run in
      let time = workspace.environment.now()
      let series = try metrics.map { metric in
        guard let value = Double(metric.value) else {
          throw InvalidInput(
            "'\(metric.value)' is no number for metric \(metric.key)",
            hint: "text goes into a tag: fieldbook log tag \(metric.key)=…")
        }
        return MetricSeries(
          key: metric.key, points: [MetricPoint(step: step, timestamp: time, value: value)])
      }
      try workspace.logBatch(run, parameters: [], metrics: series, tags: [], durability: .script)
      return Wording.count(metrics.count, "point")
    }
  }
}
