import ArgumentParser
import FieldbookModel

/// `KEY=VALUE` as a person typed it. The first `=` counts.
struct Assignment: ExpressibleByArgument, Equatable {
  var key: String
  var value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      return nil
    }
    key = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }

  var defaultValueDescription: String { "\(key)=\(value)" }
}

extension Sequence<Assignment> {
  func entries() throws -> [(EntryKey, String)] { try map { (try EntryKey($0.key), $0.value) } }

  /// Of one key given twice, the last counts.
  func dictionary() throws -> [EntryKey: String] {
    Dictionary(try entries(), uniquingKeysWith: { _, last in last })
  }
}
