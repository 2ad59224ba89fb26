import FieldbookModel
import FieldbookWorkspace
import Foundation
import Yams

/// YAML that holds what JSON can hold, as PyYAML writes it.
package enum YAMLTree {
  /// Nil if there is no such file.
  static func read(_ path: String) throws -> JSON? {
    guard let text = try StoreFiles.text(path, limit: StoreMeta.bytes) else { return nil }
    do { return try json(text) } catch {
      throw MovingFailure.damaged(path: path, reason: "it is no YAML that can be read")
    }
  }

  package static func json(_ text: String) throws -> JSON {
    guard let node = try BoundedYAML.compose(text) else { return .null }
    var budget = JSONParser.valueLimit
    return try json(node, depth: 0, &budget)
  }

  private struct TooMuch: Error {}

  /// An alias stands for all that it names: values are counted as often as they are come by.
  private static func json(_ node: Node, depth: Int, _ budget: inout Int) throws -> JSON {
    budget -= 1
    guard depth < JSONParser.depthLimit, budget > 0 else { throw TooMuch() }
    switch node {
    case .scalar(let scalar): return value(scalar)
    case .sequence(let items):
      var found: [JSON] = []
      for item in items { found.append(try json(item, depth: depth + 1, &budget)) }
      return .array(found)
    case .mapping(let members):
      var found: [JSON.Member] = []
      for (key, value) in members {
        guard let name = key.scalar?.string else { continue }
        found.append(
          JSON.Member(name: name, value: try json(value, depth: depth + 1, &budget)))
      }
      return .object(found)
    case .alias: throw TooMuch()
    }
  }

  /// YAML 1.1, as far as PyYAML writes it without quotes.
  private static func value(_ scalar: Node.Scalar) -> JSON {
    guard scalar.style == .any || scalar.style == .plain else { return .string(scalar.string) }
    switch scalar.string {
    case "null", "~", "", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".nan", ".NaN": return .number(.nan)
    case ".inf": return .number(.infinity)
    case "-.inf": return .number(-.infinity)
    case let text:
      guard let first = text.utf8.first, first == 45 || (48...57).contains(first) else {
        return .string(text)
      }
      if let number = Int64(text) { return .integer(number) }
      guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else {
        return .string(text)
      }
      return Double(text).map(JSON.number) ?? .string(text)
    }
  }
}
