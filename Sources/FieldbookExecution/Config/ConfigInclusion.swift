import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// `include:` at the top of a config: names of others whose values it starts from, of which its own overwrite those that it sets
/// itself, tables key by key.
///
/// Only what everybody has, or what a snapshot keeps, can be included: the team's configs, and files of the project.
struct ConfigInclusion {
  static let depthLimit = 16
  static let filesLimit = 100

  /// The folder that the command runs in.
  let folder: String
  /// The top of its project; nothing outside of it is read.
  let top: String
  let workspace: Workspace
  private(set) var included: [ConfigSource] = []
  /// Of `include:` that does not include.
  private(set) var notes: [String] = []

  init(folder: String, workspace: Workspace) {
    self.folder = folder
    // A repository that cannot be read has no snapshot either.
    top = (try? ProjectFolder.top(of: folder)) ?? folder
    self.workspace = workspace
  }

  /// What a text says with all that it includes.
  mutating func whole(_ source: ConfigSource) throws -> ConfigValue {
    try whole(source, above: [])
  }

  private mutating func whole(_ source: ConfigSource, above: [ConfigSource]) throws -> ConfigValue {
    let config = try ConfigFile(text: source.text, path: source.name).root
    guard case .table(var members) = config,
      let place = members.firstIndex(where: { $0.key.text == "include" })
    else { return config }
    guard let names = ConfigInclusion.names(members[place].value) else {
      notes.append(
        "include in \(source.name) is a key like any other: it does not name files that end in "
          + ConfigName.endings.joined(separator: ", "))
      return config
    }
    members.remove(at: place)
    var out = ConfigValue.empty
    let chain = above + [source]
    for name in names {
      let next = try find(name, from: source)
      if chain.contains(where: { $0.place == next.place }) {
        let round = (chain.map(\.name) + [next.name]).joined(separator: " → ")
        throw InvalidInput(
          "the config \(source.name) includes itself: \(round)", hint: "take one of them out")
      }
      guard chain.count < ConfigInclusion.depthLimit, included.count < ConfigInclusion.filesLimit
      else {
        throw InvalidInput(
          "the config \(chain[0].name) includes too many others",
          hint: "at most \(ConfigInclusion.depthLimit) in one another")
      }
      if !included.contains(where: { $0.place == next.place }) { included.append(next) }
      out = ConfigInclusion.merged(out, try whole(next, above: chain))
    }
    return ConfigInclusion.merged(out, .table(members))
  }

  /// Nil for a value that a script gave `include` a meaning of its own for.
  private static func names(_ value: ConfigValue) -> [String]? {
    let items: [ConfigValue] = if case .list(let items) = value { items } else { [value] }
    let names = items.compactMap { item -> String? in
      guard case .scalar(let scalar) = item, ConfigName.hasEnding(scalar.text) else { return nil }
      return scalar.text
    }
    return names.count == items.count && !names.isEmpty ? names : nil
  }

  /// Of a file: beside it, else the team's. Of a team's config: another one, by its name; with `./` or `../` beside it.
  private func find(_ name: String, from source: ConfigSource) throws -> ConfigSource {
    let missing = InvalidInput(
      "\(source.name) includes \(name), neither a file of the project nor a config of the team",
      hint: "add it: fieldbook config add \(name) FILE")
    if case .file(let path) = source.place {
      let beside = ConfigSource.path(name, in: PathText.folder(of: path))
      if ConfigSource.isFile(beside) {
        guard isInside(beside) else {
          throw InvalidInput(
            "\(source.name) includes \(name), which lies outside of \(top)",
            hint: "copy it into the project, or share it: fieldbook config add NAME \(name)")
        }
        return try ConfigSource.file(beside, in: folder, called: relative(beside))
      }
    }
    let bare: String
    if name.hasPrefix("./") || name.hasPrefix("../"), source.op != nil {
      let folder = PathText.folder(of: source.name)
      bare = String(("/\(folder)/\(name)" as NSString).standardizingPath.dropFirst())
    } else {
      bare = name
    }
    do {
      return try ConfigSource.team(try workspace.configVersion(bare), workspace)
    } catch WorkspaceFailure.notFound {
      throw missing
    }
  }

  /// Links count as what they lead to.
  private func isInside(_ path: String) -> Bool {
    func real(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
    return real(path).hasPrefix(real(top) + "/")
  }

  /// As the command's folder sees it.
  private func relative(_ path: String) -> String {
    var up = ""
    var above = folder
    while !path.hasPrefix(above + "/") {
      guard above.count > 1, above.hasPrefix("/") else { return path }
      above = PathText.folder(of: above)
      up += "../"
    }
    return up + path.dropFirst(above.count + 1)
  }

  /// Tables key by key; of anything else the second.
  static func merged(_ below: ConfigValue, _ above: ConfigValue) -> ConfigValue {
    guard case .table(var members) = below, case .table(let others) = above else { return above }
    for other in others {
      if let place = members.firstIndex(where: { $0.key.text == other.key.text }) {
        members[place].value = merged(members[place].value, other.value)
      } else {
        members.append(other)
      }
    }
    return .table(members)
  }
}

extension ConfigSource {
  fileprivate static func file(_ path: String, in folder: String, called name: String) throws
    -> ConfigSource
  {
    ConfigSource(place: .file(path), name: name, text: try ConfigFile.text(path, named: name))
  }
}
