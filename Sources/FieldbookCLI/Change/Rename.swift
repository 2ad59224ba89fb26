import ArgumentParser
import FieldbookWorkspace

struct Rename: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Rename a run, experiment or model.",
    discussion: """
      Examples:
        fieldbook rename @last baseline
        fieldbook rename experiment:churn churn-2026
      """)

  @Argument(help: .reference) var ref: String
  @Argument(help: "The new name.") var name: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.change(ref, "renamed") { workspace, reference in
      try workspace.rename(reference.key, to: name, durability: .person)
    }
  }
}
