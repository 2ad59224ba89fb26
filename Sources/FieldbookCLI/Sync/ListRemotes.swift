import ArgumentParser
import FieldbookDocuments
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
      console.show(RemoteList(try workspace.remotes()))
    }
  }
}

struct RemoteList: Document {
  private var remotes: [Workspace.Remote]

  init(_ remotes: [Workspace.Remote]) { self.remotes = remotes }

  var json: JSON { ["remotes": membersJSON] }
  var membersJSON: JSON { .array(remotes.map(\.json)) }

  func lay(on sheet: inout Sheet) {
    guard !remotes.isEmpty else {
      return sheet.line("no remotes; add one: fieldbook remote add NAME URL")
    }
    var table = Table([
      .init("remote", shrinks: false), .init("last sync", shrinks: false), .init("we lack"),
      .init("url"),
    ])
    for remote in remotes {
      table.row([
        Phrase(remote.name, .bold),
        remote.lastSync.map { Phrase(Wording.ago($0, now: sheet.now)) } ?? Phrase("never", .faint),
        Phrase(remote.behindOps.map { $0 == 0 ? "nothing" : Wording.count($0, "change") } ?? "?"),
        Phrase(remote.url),
      ])
    }
    sheet.table(table)
    for remote in remotes { remote.failureLine.map { sheet.line($0) } }
  }
}

extension Workspace.Remote {
  /// Nil when the last try went well.
  var failureLine: Phrase? {
    guard let failure, let failingSince else { return nil }
    return Phrase("\(name) fails since \(Wording.moment(failingSince)): ", .yellow)
      + Phrase(failure)
  }
}
