import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct AddRemote: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Remember a peer by a name.",
    discussion: """
      Example:
        fieldbook remote add ana http://127.0.0.1:4601
      """)

  @Argument(help: "A name for it.") var name: String
  @Argument(help: "http://HOST:PORT") var url: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
        throw InvalidInput(
          "'\(url)' is no address of a peer", hint: "give one such as http://127.0.0.1:4600")
      }
      try workspace.addRemote(name: name, url: url)
      console.status(Phrase("added remote \(name)"))
      console.next("fieldbook sync \(name)")
      console.show(Silent(json: RemoteLine(try workspace.remote(name)).json))
    }
  }
}
