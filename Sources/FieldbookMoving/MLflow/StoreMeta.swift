import FieldbookModel
import FieldbookWorkspace
import Foundation
import Yams

/// A `meta.yaml` of a file store: a table of texts, numbers and nulls.
package struct StoreMeta {
  private var values: [String: String] = [:]
  private var tables: [String: [String: String]] = [:]

  static let bytes: Int64 = 64 * 1024 * 1024

  /// Of a folder; nil if it has none.
  static func read(_ folder: String) throws -> StoreMeta? {
    let path = folder + "/meta.yaml"
    guard let text = try StoreFiles.text(path, limit: bytes) else { return nil }
    do { return try StoreMeta(text) } catch {
      throw MovingFailure.damaged(path: path, reason: "it is no table in YAML")
    }
  }

  package init(_ text: String) throws {
    guard let node = try BoundedYAML.compose(text), case .mapping(let mapping) = node else {
      throw InvalidInput("no table", hint: "")
    }
    for (key, value) in mapping {
      guard let name = key.scalar?.string else { continue }
      switch value {
      case .scalar(let scalar): values[name] = StoreMeta.text(scalar)
      case .mapping(let inner):
        for (key, value) in inner {
          guard let key = key.scalar?.string, let value = value.scalar else { continue }
          tables[name, default: [:]][key] = StoreMeta.text(value) ?? ""
        }
      case .sequence, .alias: break
      }
    }
  }

  /// Nil for null.
  private static func text(_ scalar: Node.Scalar) -> String? {
    guard scalar.style == .any || scalar.style == .plain else { return scalar.string }
    return ["null", "~", "", "Null", "NULL"].contains(scalar.string) ? nil : scalar.string
  }

  subscript(name: String) -> String? { values[name] }
  func members(_ name: String) -> [String: String] { tables[name] ?? [:] }
}
