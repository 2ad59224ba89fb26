import FieldbookModel
import FieldbookWorkspace
import Foundation

/// Where a config's text came from.
package struct ConfigSource: Equatable, Sendable {
  package enum Place: Equatable, Sendable {
    /// A file, by its path.
    case file(String)
    /// One of the team's, by the op that wrote the text.
    case team(op: String)
  }

  package var place: Place
  /// As it was named: a path, or the config's name.
  package var name: String
  package var text: String
  /// What a person should know of it.
  package var notes: [String] = []

  package var op: String? { if case .team(let op) = place { op } else { nil } }

  /// What `-c` names: a file if there is one of that path, else a config of the team, in any form that `config show` takes.
  ///
  /// - Throws: `InvalidInput`, `ConfigFailure`.
  package static func named(_ name: String, in folder: String, _ workspace: Workspace) throws
    -> ConfigSource
  {
    let isTeams = name.hasPrefix("config:")
    let shared = try? workspace.configVersion(name)
    if !isTeams, isFile(path(name, in: folder)) {
      var found = try file(name, in: folder)
      if shared != nil {
        found.notes.append(
          "the file \(name), not the team's config of that name (for that: -c config:\(name))")
      }
      return found
    }
    if shared == nil {
      // A name that can be no config's was meant as a path.
      guard isTeams || ConfigName.hasEnding(name) else {
        throw InvalidInput("the config \(name) cannot be read", hint: hint)
      }
      do {
        return try team(try workspace.configVersion(name), workspace)
      } catch WorkspaceFailure.notFound {
        throw InvalidInput("the config \(name) cannot be read", hint: hint)
      }
    }
    return try team(shared!, workspace)
  }

  private static let hint = "check the path after -c; the team's configs: fieldbook config ls"

  static func file(_ name: String, in folder: String) throws -> ConfigSource {
    let whole = path(name, in: folder)
    let text = try ConfigFile.text(whole, named: name)
    return ConfigSource(place: .file(whole), name: name, text: text)
  }

  static func team(_ version: ConfigVersion, _ workspace: Workspace) throws -> ConfigSource {
    let config = try workspace.config(version.config)
    guard config.lifecycle == .active else {
      throw WorkspaceFailure.deleted(what: "config", name: config.name)
    }
    var source = ConfigSource(
      place: .team(op: version.op), name: version.name, text: version.text)
    if !config.conflicts.isEmpty, config.op == version.op {
      source.notes.append("\(config.name) is in conflict: its newest text")
    }
    // `train/base~a3f91c02.yaml` claims the name, too.
    let ending = ConfigName.endings.first(where: config.name.hasSuffix) ?? ""
    let twin = config.name.dropLast(ending.count) + "~"
    if let other = try workspace.configs().first(where: {
      $0.lifecycle == .active && !$0.conflicts.isEmpty && $0.name.hasPrefix(twin)
    }) {
      source.notes.append("\(config.name) has a namesake, \(other.name): not that one")
    }
    return source
  }

  static func path(_ name: String, in folder: String) -> String {
    let whole = name.hasPrefix("/") ? name : folder + "/" + name
    return (whole as NSString).standardizingPath
  }

  static func isFile(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT != S_IFDIR
  }
}
