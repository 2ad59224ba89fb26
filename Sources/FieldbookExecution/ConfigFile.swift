import FieldbookModel
import FieldbookWorkspace
import Foundation
import Yams

extension Capture {
  /// Takes a YAML or JSON config in: its leaves as params, the file itself as an artifact if it holds no secret.
  mutating func addConfig(_ file: String) throws {
    let config = try ConfigFile(file)
    parameters += config.parameters
    captured.append("config")
    if config.secrets.isEmpty {
      artifacts.append(("config/" + (file as NSString).lastPathComponent, Array(config.text.utf8)))
    } else {
      notCaptured.append(
        "the config file itself, which holds a secret (\(config.secrets.joined(separator: ", ")))")
    }
  }
}

/// A config, flattened: `model.layers.0` and so on, each value as it is written there.
package struct ConfigFile {
  private static let byteLimit = 1024 * 1024
  private static let nodeLimit = 10_000

  package let text: String
  package private(set) var parameters: [(String, String)] = []
  /// Names of what was masked.
  private(set) var secrets: [String] = []
  private let path: String
  private var paths: Set<String> = []
  /// Tables, lists and values visited: a few aliases can stand for billions.
  private var nodes = 0

  init(_ path: String) throws {
    guard let file = FileHandle(forReadingAtPath: path),
      let data = try? file.read(upToCount: ConfigFile.byteLimit + 1) ?? Data()
    else {
      throw InvalidInput("the config \(path) cannot be read", hint: "check the path after -c")
    }
    guard data.count <= ConfigFile.byteLimit, let text = String(validating: data, as: UTF8.self)
    else {
      throw InvalidInput(
        "the config \(path) is larger than 1 MiB or is no text", hint: "give a YAML or JSON file")
    }
    try self.init(text: text, path: path)
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
        "the config \(path) does not read as YAML or JSON\(ConfigFile.reason(error))",
        hint: "check it with a YAML tool")
    }
    // What the params do not show: comments, keys.
    defer { if secrets.isEmpty { secrets = SecretMasking.mask(text).found } }
    guard let root, root.tag != Tag(.null) else { return }
    guard root.mapping != nil else {
      throw InvalidInput(
        "the config \(path) is no table of keys and values", hint: "give a YAML or JSON file")
    }
    try flatten(root, "")
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case is BoundedYAML.KeyIsNoText: ": it has a key that is no text"
    case YamlError.scanner(_, let problem, let mark, _),
      YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      ": line \(mark.line): \(problem)"
    case YamlError.duplicatedKeysInMapping(let keys, _):
      ": it sets \(keys.joined(separator: ", ")) twice"
    default: ""
    }
  }

  private mutating func flatten(_ node: Node, _ path: String) throws {
    try visit()
    switch node {
    case .mapping(let mapping) where !mapping.isEmpty:
      for (key, inner) in try pairs(mapping) {
        try flatten(inner, path.isEmpty ? key : path + "." + key)
      }
    case .sequence(let list) where !list.isEmpty:
      for (index, inner) in list.enumerated() { try flatten(inner, "\(path).\(index)") }
    case .mapping: if !path.isEmpty { try add(path, "{}") }
    case .sequence: try add(path, "[]")
    case .scalar(let scalar): try add(path, node.tag == Tag(.null) ? "null" : scalar.string)
    case .alias: break  // Yams puts what it stands for in its place.
    }
  }

  /// With what `<<` brings in, where the table does not set it itself. Source: yaml.org/type/merge.html.
  private mutating func pairs(_ mapping: Node.Mapping) throws -> [(String, Node)] {
    var own: [(String, Node)] = []
    var inherited: [(String, Node)] = []
    for (key, value) in mapping {
      if key.tag == Tag(.merge) {
        for table in value.sequence.map(Array.init) ?? [value] {
          try visit()
          if let table = table.mapping { inherited += try pairs(table) }
        }
      } else if let name = key.scalar?.string {
        own.append((name, value))
      } else {
        throw InvalidInput("the config \(path) has a key that is no text", hint: "use plain keys")
      }
    }
    var names = Set(own.map(\.0))
    return own + inherited.filter { names.insert($0.0).inserted }
  }

  private mutating func visit() throws {
    nodes += 1
    guard nodes <= ConfigFile.nodeLimit else {
      throw InvalidInput(
        "the config \(path) sets more than \(ConfigFile.nodeLimit) values",
        hint: "log it as an artifact instead: fieldbook log artifact FILE")
    }
  }

  private mutating func add(_ path: String, _ value: String) throws {
    guard paths.insert(path).inserted else {
      throw InvalidInput(
        "the config \(self.path) sets \(path) twice", hint: "leave one of them out")
    }
    let (masked, found) = SecretMasking.mask(value, named: path)
    parameters.append((path, masked))
    secrets += found
  }
}
