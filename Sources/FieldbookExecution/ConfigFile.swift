import FieldbookModel
import FieldbookWorkspace
import Foundation
import Yams

/// A config, flattened: `model.layers.0` and so on, each value as it is written there.
package struct ConfigFile {
  private static let byteLimit = 1024 * 1024

  package let text: String
  package private(set) var parameters: [(String, String)] = []
  /// Each value in a form that tells `1`, `1.0` and `"1"` apart, and `10` and `010`.
  package private(set) var typed: [String: String] = [:]
  /// Names of what was masked.
  package private(set) var secrets: [String] = []
  private let path: String
  private var paths: Set<String> = []
  /// What is flattened.
  package private(set) var root = ConfigValue.empty

  init(_ path: String) throws {
    try self.init(text: ConfigFile.text(path, named: path), path: path)
  }

  /// - Parameter name: for messages.
  static func text(_ path: String, named name: String) throws -> String {
    guard let file = FileHandle(forReadingAtPath: path),
      let data = try? file.read(upToCount: ConfigFile.byteLimit + 1) ?? Data()
    else {
      throw InvalidInput(
        "the config \(name) cannot be read",
        hint: "check the path after -c; the team's configs: fieldbook config ls")
    }
    guard data.count <= ConfigFile.byteLimit, let text = String(validating: data, as: UTF8.self)
    else {
      throw InvalidInput(
        "the config \(name) is larger than 1 MiB or is no text", hint: "give a YAML or JSON file")
    }
    return text
  }

  /// - Parameter path: for messages.
  package init(text: String, path: String) throws {
    self.text = text
    self.path = path
    let root: Node?
    do {
      root = try BoundedYAML.compose(text)
    } catch {
      throw InvalidInput(
        "the config \(path) does not read as YAML or JSON\(BoundedYAML.reason(error))",
        hint: "check it with a YAML tool")
    }
    // What the params do not show: comments, keys.
    defer { if secrets.isEmpty { secrets = SecretMasking.mask(text).found } }
    guard let root, root.tag != Tag(.null) else { return }
    guard root.mapping != nil else {
      throw InvalidInput(
        "the config \(path) is no table of keys and values", hint: "give a YAML or JSON file")
    }
    var reader = ConfigReader(path: path)
    self.root = try reader.read(root)
    try flatten(self.root, "")
  }

  /// - Parameters:
  ///   - text: as it is written down.
  ///   - root: what it says.
  init(text: String, root: ConfigValue, path: String) throws {
    self.text = text
    self.path = path
    self.root = root
    defer { if secrets.isEmpty { secrets = SecretMasking.mask(text).found } }
    try flatten(root, "")
  }

  private mutating func flatten(_ value: ConfigValue, _ path: String) throws {
    switch value {
    case .table(let members) where !members.isEmpty:
      for member in members {
        let key = member.key.text
        try flatten(member.value, path.isEmpty ? key : path + "." + key)
      }
    case .list(let items) where !items.isEmpty:
      for (index, item) in items.enumerated() { try flatten(item, "\(path).\(index)") }
    case .scalar(let scalar): try add(path, scalar.shown, scalar.exact)
    case .table: if !path.isEmpty { try add(path, "{}", "{}") }
    case .list: try add(path, "[]", "[]")
    }
  }

  private mutating func add(_ path: String, _ value: String, _ exact: String) throws {
    guard paths.insert(path).inserted else {
      throw InvalidInput(
        "the config \(self.path) sets \(path) twice", hint: "leave one of them out")
    }
    let (masked, found) = SecretMasking.mask(value, named: path)
    parameters.append((path, masked))
    typed[path] = found.isEmpty ? exact : masked
    secrets += found
  }
}
