import FieldbookModel
import Foundation
import Yams

extension Capture {
  private static let configBytes = 1024 * 1024

  /// Takes a YAML or JSON config in: its leaves as params, the file itself as an artifact.
  mutating func addConfig(_ file: String) throws {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw InvalidInput("the config \(file) cannot be read", hint: "check the path after -c")
    }
    guard data.count <= Capture.configBytes, let text = String(validating: data, as: UTF8.self)
    else {
      throw InvalidInput(
        "the config \(file) is larger than 1 MiB or is no text", hint: "give a YAML or JSON file")
    }
    let tree: Any?
    do {
      tree = try Yams.load(yaml: text)
    } catch {
      throw InvalidInput(
        "the config \(file) does not read as YAML or JSON", hint: "check it with a YAML tool")
    }
    flatten(tree, "")
    artifacts.append(("config/" + (file as NSString).lastPathComponent, Array(data)))
    captured.append("config")
  }

  private mutating func flatten(_ value: Any?, _ path: String) {
    switch value {
    case let table as [String: Any]:
      for (key, inner) in table.sorted(by: { $0.key < $1.key }) {
        flatten(inner, path.isEmpty ? key : path + "." + key)
      }
    case let list as [Any]:
      for (index, inner) in list.enumerated() { flatten(inner, "\(path).\(index)") }
    case let value?:
      guard !path.isEmpty else { return }
      let text = value is NSNull ? "null" : String(describing: value)
      parameters.append((path, SecretMasking.mask(text).masked))
    case nil: break
    }
  }
}
