import ArgumentParser
import FieldbookWorkspace

struct SetAlias: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alias",
    abstract: "Point an alias at a version.",
    discussion: """
      On an alias that is held by a conflict, this is the decision.

      Example:
        fieldbook models alias churn champion 7
      """)

  @Argument(help: "The model.") var name: String
  @Argument(help: "Such as champion.") var alias: String
  @Argument(help: "7, or 7~a3f91c02.") var version: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let model = try workspace.model(named: name)
      let version = try workspace.version(of: model.id, reference: version)
      try workspace.setAlias(model.id, alias, version.id, durability: .person)
      let wasHeld = model.aliases[alias]?.isHeld == true
      console.status(
        Phrase("\(name)@\(alias) is now \(version.label)")
          + (wasHeld ? Phrase("; that decided its conflict") : ""))
      guard console.isJSON else { return }
      console.show(try ModelDocument(workspace.model(named: name), in: workspace))
    }
  }
}
