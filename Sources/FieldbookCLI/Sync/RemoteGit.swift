import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace
import Foundation

struct RemoteGit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git",
    abstract: "Say how ordinary git clones the repository there.",
    discussion: """
      Prints the command. In the clone 'git fetch origin refs/fieldbook/runs/ID' brings a run's \
      code, config and environment, and git-lfs its large files. Git asks this program for the \
      device's token each time, so that nothing is kept.

      Examples:
        fieldbook remote git origin
        sh -c "$(fieldbook remote git origin)"
      """)

  @Argument(help: "The remote.") var name: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withWorkspaceOpen { workspace, console in
      let remote = try workspace.remote(name)
      var settings: [(String, String)] = [
        ("credential.helper", ""),
        ("credential.helper", RemoteGit.helper(workspace)),
      ]
      if try PeerAddress(remote.url).isSecure {
        settings.append(("http.sslCAInfo", try await certificate(of: remote, workspace)))
      }
      console.show(
        GitDocument(url: remote.url + GitHosting.path, settings: settings))
    }
  }

  /// What git starts, in a shell.
  private static func helper(_ workspace: Workspace) -> String {
    let program = Bundle.main.executablePath ?? "fieldbook"
    return "!\(Shell.quoted(program)) git-credential --dir \(Shell.quoted(workspace.dir))"
  }

  /// Git has to know the peer's certificate as this replica does: as a file, once it was shown and is the right one.
  private func certificate(of remote: Workspace.Remote, _ workspace: Workspace) async throws
    -> String
  {
    let folder = workspace.folder + "/tls"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = folder + "/remote-\(remote.name).pem"
    let text = try await SyncClient.certificate(workspace, remote: remote)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    return file
  }
}

struct GitDocument: Document {
  var url: String
  var settings: [(String, String)]

  private var command: String {
    let options = settings.map { "-c " + Shell.quoted("\($0.0)=\($0.1)") }
    return (["git clone"] + options + [url]).joined(separator: " ")
  }

  var json: JSON { ["url": .string(url), "command": .string(command)] }

  func lay(on sheet: inout Sheet) { sheet.line(Phrase(command)) }
}
