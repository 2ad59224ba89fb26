import ArgumentParser
import FieldbookWorkspace

struct ShowModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a model with its versions and aliases.",
    discussion: """
      Example:
        fieldbook models show churn
      """)

  @Argument(help: "The model.") var name: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      console.show(try ModelDocument(workspace.model(named: name), in: workspace))
    }
  }
}
