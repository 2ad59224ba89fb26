import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct RemoveRemote: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Forget a remote; what came from it stays.",
    discussion: """
      Example:
        fieldbook remote remove ana
      """)

  @Argument(help: "The remote.") var name: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let remote = try workspace.remote(name)
      try workspace.removeRemote(name: name)
      console.status(Phrase("removed remote \(name)"))
      console.hint("bring it back: fieldbook remote add \(name) \(remote.url)")
      console.show(Silent(json: remote.json))
    }
  }
}
