import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ShowRemote: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one remote.",
    discussion: """
      Example:
        fieldbook remote show origin
      """)

  @Argument(help: "The remote.") var name: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      console.show(RemoteDocument(remote: try workspace.remote(name)))
    }
  }
}

struct RemoteDocument: Document {
  var remote: Workspace.Remote

  var json: JSON {
    remote.json.adding([
      "device": .optional(remote.pin?.id), "certificate": .optional(remote.certificate?.hex),
    ])
  }

  func lay(on sheet: inout Sheet) {
    sheet.pairs([
      ("remote", Phrase(remote.name, .bold)), ("url", Phrase(remote.url)),
      ("device", remote.pin.map { Phrase($0.id) }),
      ("certificate", remote.certificate.map { Phrase("sha256 \($0.hex)") }),
      ("last sync", Phrase(remote.lastSync.map { Wording.ago($0, now: sheet.now) } ?? "never")),
    ])
    remote.failureLine.map { sheet.line($0) }
  }
}
