import ArgumentParser
import FieldbookWorkspace

struct RemoveAlias: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unalias",
    abstract: "Remove an alias.",
    discussion: """
      Example:
        fieldbook models unalias churn challenger
      """)

  @Argument(help: "The model.") var name: String
  @Argument(help: "The alias.") var alias: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let model = try workspace.model(named: name)
      guard model.aliases[alias] != nil else {
        throw NoSuchEntry(what: "alias", name: alias, look: "fieldbook models show \(name)")
      }
      try workspace.setAlias(model.id, alias, nil, durability: .person)
      console.status(Phrase("\(name)@\(alias) is removed"))
      guard console.isJSON else { return }
      console.show(try ModelDocument(workspace.model(named: name), in: workspace))
    }
  }
}
