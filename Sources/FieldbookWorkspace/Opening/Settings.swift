import FieldbookModel
import Foundation
import Yams

/// What a person sets once instead of saying it every time: `.fieldbook/config.yaml`, and for all
/// replicas of a machine `$XDG_CONFIG_HOME/fieldbook/config.yaml`.
///
/// Each setting stands in for an environment variable that is not set, so that the order is everywhere the same:
/// flags, environment, the replica's file, the user's file.
package enum Settings {
  /// By the name in the file, the variable that it stands in for.
  package static let variables = [
    "experiment": "FIELDBOOK_EXPERIMENT", "user": "FIELDBOOK_USER",
    "device_name": "FIELDBOOK_DEVICE_NAME", "color": "FIELDBOOK_COLOR",
    "server_port": "FIELDBOOK_SERVER_PORT", "hub_port": "FIELDBOOK_HUB_PORT",
    "snapshot": "FIELDBOOK_SNAPSHOT", "snapshot_file_max": "FIELDBOOK_SNAPSHOT_FILE_MAX",
    "snapshot_max": "FIELDBOOK_SNAPSHOT_MAX", "system_metrics": "FIELDBOOK_SYSTEM_METRICS",
    "dir": "FIELDBOOK_DIR", "power_cut": "FIELDBOOK_POWER_CUT",
    "large_files": "FIELDBOOK_LARGE_FILES", "contents": "FIELDBOOK_CONTENTS",
    "contents_max": "FIELDBOOK_CONTENTS_MAX", "objects": "FIELDBOOK_OBJECTS",
    "objects_cache": "FIELDBOOK_OBJECTS_CACHE",
  ]

  package static let fileName = "config.yaml"
  static let limitBytes = 64 * 1024

  /// The environment, filled up with what the files say.
  ///
  /// - Parameter dir: the folder that holds `.fieldbook/`, if it is known.
  package static func filling(_ environment: [String: String], dir: String?) throws(InvalidInput)
    -> [String: String]
  {
    let user = WorkspaceEnvironment.live(environment).configHome + "/" + fileName
    var filled = try read(user)
    if let dir {
      let own = ReplicaFolder(dir: dir).path + "/" + fileName
      // A replica's own file cannot say where the replica is.
      filled.merge(try read(own).filter { $0.key != "FIELDBOOK_DIR" }) { $1 }
    }
    return filled.merging(environment.filter { !$0.value.isEmpty }) { $1 }
  }

  /// Variables and values of one file; nothing if there is none.
  private static func read(_ path: String) throws(InvalidInput) -> [String: String] {
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    guard let data = FileManager.default.contents(atPath: path), data.count <= limitBytes,
      let text = String(validating: data, as: UTF8.self)
    else {
      throw InvalidInput(
        "the settings in \(path) cannot be read", hint: "it is a small YAML file: name: value")
    }
    return try parse(text, path: path)
  }

  /// - Parameter path: for messages.
  package static func parse(_ text: String, path: String) throws(InvalidInput)
    -> [String: String]
  {
    let root: Node?
    do {
      root = try BoundedYAML.compose(text)
    } catch {
      throw InvalidInput(
        "the settings in \(path) do not read as YAML", hint: "write lines of the form  name: value")
    }
    guard let root else { return [:] }
    guard let mapping = root.mapping else {
      throw InvalidInput(
        "the settings in \(path) are no list of names and values",
        hint: "write lines of the form  name: value")
    }
    var out: [String: String] = [:]
    for (name, value) in mapping {
      guard let name = name.scalar?.string, let variable = variables[name] else {
        throw InvalidInput(
          "\(path) sets '\(name.scalar?.string.prefix(40) ?? "")', which is no setting",
          hint: "there are: " + variables.keys.sorted().joined(separator: ", "))
      }
      guard let text = value.scalar?.string else {
        throw InvalidInput(
          "\(path): the value of \(name) is not a plain one", hint: "write \(name): value")
      }
      out[variable] = text
    }
    return out
  }
}
