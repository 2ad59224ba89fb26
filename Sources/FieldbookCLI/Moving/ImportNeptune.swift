import ArgumentParser
import FieldbookModel
import FieldbookMoving

struct ImportNeptune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neptune",
    abstract: "Take in what Neptune's exporter wrote, Parquet or CSV.",
    discussion: """
      DIR holds the exporter's tables, a row a value. Projects become experiments, values params, \
      series of numbers metrics, sys/ attributes tags. Parquet is read by a Python that has \
      pyarrow: python3 on the PATH, or the one that FIELDBOOK_PYTHON names.

      Example:
        fieldbook import neptune exports/data --files exports/files
      """)

  @Argument(help: .init("Where the tables are.", valueName: "dir"), completion: .directory)
  var folder: String
  @Option(
    name: .long, help: .init("Where the exporter put files.", valueName: "dir"),
    completion: .directory)
  var files: String?
  @Option(
    name: .long,
    help: .init(
      "Makes steps with fractions whole: 1000 turns 0.5 into 500 (default: 1).",
      valueName: "count"))
  var stepMultiplier = 1
  @Flag(name: .long, help: "Count what is there, and take in nothing.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...1_000_000).contains(stepMultiplier) else {
      throw ValidationError("--step-multiplier must be from 1 to 1000000")
    }
  }

  func run() throws {
    try MovingIn(common: common, isDryRun: dryRun).run {
      try NeptuneFolder(
        path: AbsolutePath.of(folder), files: files.map(AbsolutePath.of),
        stepMultiplier: stepMultiplier, parquet: { try PythonTables.open(for: $0) })
    }
  }
}
