import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct AddConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Share a config with the team.",
    discussion: """
      Examples:
        fieldbook config add train/base.yaml                 (the file of that name)
        fieldbook config add train/base.yaml conf/base.yaml
        generate | fieldbook config add sweep.json -
      """)

  @Argument(help: .configName) var name: String
  @Argument(
    help: "The file, or - for stdin (default: the file of that name).",
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withConfigs { workspace, console in
      try Check.configName(name)
      let text = try FileCopy.text(file ?? name)
      let id = try workspace.addConfig(name, text)
      try console.tellConfig("added", id, in: workspace, text: text)
      console.next("fieldbook sync   (then everyone can: fieldbook run -c \(name) -- …)")
    }
  }
}
