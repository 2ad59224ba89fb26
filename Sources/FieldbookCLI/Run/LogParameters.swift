import ArgumentParser
import FieldbookWorkspace

struct LogParameters: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "param",
    abstract: "Record params; each is written once.",
    discussion: """
      Example:
        fieldbook log param lr=0.1 depth=8
      """)

  @Argument(help: .init("Params.", valueName: "key=value")) var params: [Assignment]
  @OptionGroup var choice: RunChoice
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.record(into: choice) { workspace, run in
      try workspace.logBatch(
        run, parameters: params.entries(), metrics: [], tags: [], durability: .script)
      return Wording.count(params.count, "param")
    }
  }
}
