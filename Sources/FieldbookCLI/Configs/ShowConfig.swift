import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ShowConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a config's text, as it is or as it was.",
    discussion: """
      Examples:
        fieldbook config show train/base.yaml
        fieldbook config show train/base.yaml~1          (before the last change)
        fieldbook config show train/base.yaml@4be1c02a > old.yaml
      """)

  @Argument(help: .configReference) var ref: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withConfigs { workspace, console in
      let version = try workspace.configVersion(ref)
      let config = try workspace.config(version.config)
      if console.isJSON {
        console.show(Silent(json: version.json.adding(["conflicts": .strings(config.conflicts)])))
      } else {
        console.out.write(version.text)
      }
      if version.op == config.op { console.tellConflicts(of: config) }
    }
  }
}

extension ArgumentHelp {
  static let configReference = ArgumentHelp(
    "A config: NAME, NAME~N (the Nth text before) or NAME@OP.", valueName: "ref")
}

extension ConfigVersion {
  var json: JSON {
    [
      "id": .string(config.hex), "name": .string(name), "op": .string(op), "text": .string(text),
    ]
  }
}
