import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct ListRemotes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the remotes.",
    discussion: """
      Example:
        fieldbook remote list
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      console.show(RemoteList(remotes: try workspace.remotes().map(RemoteStatus.init)))
    }
  }
}

extension RemoteStatus {
  init(_ remote: Workspace.Remote) {
    self.init(
      name: remote.name, url: remote.url, lastSync: remote.lastSync, behindOps: remote.behindOps)
  }
}

struct RemoteList: Document {
  var remotes: [RemoteStatus]

  var json: JSONValue { ["remotes": .array(remotes.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    guard !remotes.isEmpty else {
      return sheet.line("no remotes; add one: fieldbook remote add NAME URL")
    }
    RemoteTable.lay(remotes, on: &sheet)
  }
}
