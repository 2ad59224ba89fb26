import ArgumentParser
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace
import Foundation

/// What git, and git-lfs, ask for a name and a password. Source: git-credential(1), gitcredentials(7).
struct GitCredential: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git-credential",
    abstract: "Tell git this device's token, when git asks for it.",
    discussion: """
      Git starts this by itself when it was told to: 'fieldbook remote git NAME' prints how. It \
      answers for the addresses of this replica's remotes with a token that lasts twelve hours, \
      and keeps nothing.

      Example:
        fieldbook git-credential get < question
      """,
    shouldDisplay: false)

  enum Action: String, ExpressibleByArgument, CaseIterable { case get, store, erase }

  @Argument(help: "get; store and erase do nothing.") var action: Action
  @OptionGroup var common: CommonOptions

  func run() throws {
    let asked = CredentialQuestion(GitCredential.input())
    guard action == .get, let asked else { return }
    try common.withWorkspace { workspace, console in
      guard let remote = try workspace.remotes().first(where: asked.isFor) else { return }
      guard let server = remote.pin else {
        throw InvalidInput(
          "it is not known yet which device '\(remote.name)' is",
          hint: "meet it once: fieldbook sync \(remote.name)")
      }
      let token = try workspace.token(for: .git, server: server)
      console.out.write("username=\(workspace.deviceKey.id)\npassword=\(token.text)\n")
    }
  }

  private static let inputMax = 64 << 10

  private static func input() -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < inputMax,
      let piece = try? FileHandle.standardInput.read(upToCount: inputMax - bytes.count),
      !piece.isEmpty
    {
      bytes += piece
    }
    return bytes
  }
}

/// Lines of the form `name=value`, up to an empty one.
package struct CredentialQuestion: Equatable, Sendable {
  package var scheme: String
  /// With the port, if one was named.
  package var host: String

  /// Nil unless it says both.
  package init?(_ bytes: [UInt8]) {
    var values: [Substring: Substring] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      guard !line.isEmpty, let equals = line.firstIndex(of: "=") else { break }
      values[line[..<equals]] = line[line.index(after: equals)...]
    }
    guard let scheme = values["protocol"], let host = values["host"] else { return nil }
    self.scheme = scheme.lowercased()
    self.host = host.lowercased()
  }

  func isFor(_ remote: Workspace.Remote) -> Bool {
    guard let one = try? PeerAddress(remote.url),
      let other = try? PeerAddress("\(scheme)://\(host)")
    else { return false }
    return one.isSecure == other.isSecure && one.authority == other.authority
  }
}
