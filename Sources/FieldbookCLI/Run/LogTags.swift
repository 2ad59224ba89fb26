import ArgumentParser
import FieldbookWorkspace

struct LogTags: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Record tags.",
    discussion: """
      Example:
        fieldbook log tag purpose=ablation
      """)

  @Argument(help: .init("Tags.", valueName: "key=value")) var tags: [Assignment]
  @OptionGroup var choice: RunChoice
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.record(into: choice) { workspace, run in
      try workspace.logBatch(
        run, parameters: [], metrics: [], tags: tags.entries(), durability: .script)
      return Wording.count(tags.count, "tag")
    }
  }
}
