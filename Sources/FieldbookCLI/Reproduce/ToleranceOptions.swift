import ArgumentParser
import FieldbookWorkspace

/// How near is near enough.
struct ToleranceOptions: ParsableArguments {
  @Option(
    name: .long,
    help: .init(
      "How far metrics may lie apart: 1e-6, 0.1%, acc=0.01. Can be given several times.",
      valueName: "[metric=]n[%]"))
  var tolerance: [String] = []

  func metrics() throws -> MetricTolerance { try MetricTolerance(tolerance) }
}
