import FieldbookModel
import FieldbookWorkspace
import Foundation
import Yams

/// Makes values of a YAML tree, within bounds: a few aliases can stand for billions.
struct ConfigReader {
  static let nodeLimit = 10_000

  /// For messages.
  let path: String
  /// Tables, lists and values visited.
  private var nodes = 0

  init(path: String) { self.path = path }

  mutating func read(_ node: Node) throws -> ConfigValue {
    try visit()
    switch node {
    case .mapping(let mapping):
      return .table(
        try pairs(mapping).map { key, value in
          ConfigValue.Member(key: key, value: try read(value))
        })
    case .sequence(let list):
      var items: [ConfigValue] = []
      for item in list { items.append(try read(item)) }
      return .list(items)
    case .scalar(let scalar): return .scalar(ConfigScalar(node, scalar))
    case .alias: return .empty  // Yams puts what it stands for in its place.
    }
  }

  /// With what `<<` brings in, where the table does not set it itself. Source: yaml.org/type/merge.html.
  private mutating func pairs(_ mapping: Node.Mapping) throws -> [(ConfigScalar, Node)] {
    var own: [(ConfigScalar, Node)] = []
    var inherited: [(ConfigScalar, Node)] = []
    for (key, value) in mapping {
      if key.tag == Tag(.merge) {
        for table in value.sequence.map(Array.init) ?? [value] {
          try visit()
          if let table = table.mapping { inherited += try pairs(table) }
        }
      } else if let scalar = key.scalar {
        own.append((ConfigScalar(key, scalar), value))
      } else {
        throw InvalidInput("the config \(path) has a key that is no text", hint: "use plain keys")
      }
    }
    var names = Set(own.map(\.0.text))
    return own + inherited.filter { names.insert($0.0.text).inserted }
  }

  private mutating func visit() throws {
    nodes += 1
    guard nodes <= ConfigReader.nodeLimit else {
      throw InvalidInput(
        "the config \(path) sets more than \(ConfigReader.nodeLimit) values",
        hint: "log it as an artifact instead: fieldbook log artifact FILE")
    }
  }
}
