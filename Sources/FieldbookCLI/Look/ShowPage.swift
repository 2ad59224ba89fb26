import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookSync
import FieldbookWorkspace
import Foundation

struct ShowPage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "page",
    abstract: "Print the address of the page, for a browser.",
    discussion: """
      Of this replica's server or, with REMOTE, of a hub. A hub's link signs one browser in, once, \
      within an hour: as a viewer, for twelve hours, for as long as this device belongs to the \
      workspace. Send it to somebody without a device, too, but over a channel that you trust.

      Examples:
        fieldbook page                           (of 'fieldbook server' here)
        fieldbook page origin
        fieldbook page --dir hub                 (on the hub's machine)
      """)

  @Argument(help: .init("The hub, as a remote of this replica.", valueName: "remote"))
  var remote: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let document = try remote.map { try link($0, workspace) } ?? own(workspace)
      console.show(document)
      if let until = document.until {
        console.status(Phrase("signs in one browser, once, until \(Wording.moment(until))"))
      }
    }
  }

  private func link(_ name: String, _ workspace: Workspace) throws -> PageDocument {
    let remote = try workspace.remote(name)
    guard let server = remote.pin else {
      throw InvalidInput(
        "it is not known yet which device '\(remote.name)' is",
        hint: "meet it once: fieldbook sync \(remote.name)")
    }
    return try PageDocument(of: workspace, at: remote.url, server: server)
  }

  private func own(_ workspace: Workspace) throws -> PageDocument {
    if let hub = ServerRecord.live(in: workspace.folder, of: .hub), !hub.url.isEmpty {
      return try PageDocument(of: workspace, at: hub.url, server: workspace.deviceKey)
    }
    if let server = ServerRecord.live(in: workspace.folder), !server.url.isEmpty {
      return PageDocument(url: server.url)
    }
    if workspace.device.isHub {
      throw InvalidInput(
        "this hub does not run", hint: "start it: fieldbook hub --dir \(workspace.dir)")
    }
    let remotes = try workspace.remotes().map(\.name)
    let others = remotes.isEmpty ? "" : ", or look at a hub's: fieldbook page \(remotes[0])"
    throw InvalidInput(
      "no server of this replica runs", hint: "start one: fieldbook server --background" + others)
  }
}

/// The address alone for a person, so that a shell can open it.
struct PageDocument: Document {
  var url: String
  /// Of a link: when it ends.
  var until: Timestamp?

  init(url: String) { self.url = url }

  /// A link for the device `server`, which listens at `address`.
  init(of workspace: Workspace, at address: String, server: DeviceKey) throws {
    let token = try workspace.token(for: .page, server: server)
    url = PageDocument.reachable(address) + "/#/sign-in/" + token.text
    until = Timestamp(
      milliseconds: token.made + DeviceToken.Purpose.page.lifeMilliseconds)
  }

  /// An address of all of a machine's is no place to go.
  private static func reachable(_ address: String) -> String {
    let base = address.hasSuffix("/") ? String(address.dropLast()) : address
    let name = ProcessInfo.processInfo.hostName
    return ["://0.0.0.0:", "://[::]:"].reduce(base) { $0.replacing($1, with: "://\(name):") }
  }

  var json: JSON { ["url": .string(url), "until": .time(until)] }

  func lay(on sheet: inout Sheet) { sheet.line(Phrase(url)) }
}
