import ArgumentParser

struct Remotes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remote",
    abstract: "Peers by name: add, list, show, remove.",
    discussion: """
      Examples:
        fieldbook remote add ana http://127.0.0.1:4601
        fieldbook remote list
      """,
    subcommands: [AddRemote.self, ListRemotes.self, ShowRemote.self, RemoveRemote.self],
    defaultSubcommand: ListRemotes.self)
}
