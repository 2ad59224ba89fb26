import ArgumentParser

struct Remotes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remote",
    abstract: "Peers by name: add, list, show, remove, git.",
    discussion: """
      Examples:
        fieldbook remote add ana http://127.0.0.1:4601
        fieldbook remote list
        fieldbook remote git origin              (how git clones its repository)
      """,
    subcommands: [
      AddRemote.self, ListRemotes.self, ShowRemote.self, RemoveRemote.self, RemoteGit.self,
    ],
    defaultSubcommand: ListRemotes.self)
}
