import ArgumentParser
import FieldbookExecution

/// A change of a config as a person typed it: `a.b=1`, `+a.b=1`, `++a.b=1` or `~a.b`.
struct OverrideWord: ExpressibleByArgument, Equatable {
  /// Everything before the `=`.
  var key: String
  var value: String

  init?(argument: String) {
    if argument.hasPrefix("~"), argument.count > 1 {
      key = argument
      value = ""
      return
    }
    guard let equals = ConfigOverride.equals(in: argument), equals != argument.startIndex else {
      return nil
    }
    key = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }

  var defaultValueDescription: String { key.hasPrefix("~") ? key : "\(key)=\(value)" }
}
