import ArgumentParser
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct EditConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Change a config's text.",
    discussion: """
      In the editor that VISUAL or EDITOR names; with FILE, to what is in it. What others \
      change while the editor is open is merged with what you change.

      Examples:
        fieldbook config edit train/base.yaml
        fieldbook config edit train/base.yaml conf/base.yaml
        sed s/0.1/0.2/ base.yaml | fieldbook config edit train/base.yaml -
      """)

  @Argument(help: .configName) var name: String
  @Argument(
    help: "The new text, or - for stdin (default: your editor).",
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withConfigs { workspace, console in
      let config = try workspace.config(named: name)
      guard config.lifecycle == .active else {
        throw WorkspaceFailure.deleted(what: "config", name: config.name)
      }
      if let conflict = config.conflicts.first {
        throw InvalidInput(
          "\(config.name) is in conflict, and an edit would decide it unseen",
          hint: "decide first: fieldbook conflicts resolve \(conflict.prefix(8)) --edit")
      }
      let isEdited = file == nil
      let seen = isEdited ? try workspace.standingConfigOps(config.id) : nil
      let text = try file.map(FileCopy.text) ?? edited(config)
      let isNews = try workspace.editConfig(config.id, text, seen: seen)
      try console.tellConfig(
        isNews ? "edited" : "nothing changed in", config.id, in: workspace, text: text)
    }
  }

  private func edited(_ config: Config) throws -> String {
    let ending = ConfigName.endings.first(where: config.name.hasSuffix) ?? ".yaml"
    return try Editor.edit(config.text ?? "", variables: common.variables, ending: ending) {
      _ in
      true
    } check: {
      try ConfigText.check($0, name: config.name)
    }
  }
}
