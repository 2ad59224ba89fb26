import FieldbookModel
import Foundation
import Yams

/// What the text of a shared config must be: UTF-8 of bounded length that reads as YAML, or for a name that ends in `.json` as
/// JSON, with a table at its top.
package enum ConfigText {
  /// - Throws: `InvalidInput`.
  package static func check(_ text: String, name: String) throws {
    guard text.utf8.count <= Limits.configBytes else {
      throw InvalidInput(
        "the config \(name) is \(text.utf8.count) bytes long, the limit is \(Limits.configBytes)",
        hint: "split it, or keep what is large as a file of the project or of a run")
    }
    if let reason = problem(text, isJSON: ConfigName.isJSON(name)) {
      throw InvalidInput(
        "the config \(name) does not read as \(ConfigName.isJSON(name) ? "JSON" : "YAML")\(reason)",
        hint: "check it with a YAML or JSON tool")
    }
  }

  /// Nil for a text that reads; else why not, to be put behind what says so.
  private static func problem(_ text: String, isJSON: Bool) -> String? {
    if isJSON {
      do {
        guard case .object = try JSONParser.parse(Array(text.utf8)) else {
          return ": it is no table of keys and values"
        }
        return nil
      } catch {
        let line = text.utf8.prefix(error.offset).count { $0 == UInt8(ascii: "\n") } + 1
        return ": line \(line): \(error.message)"
      }
    }
    do {
      guard let root = try BoundedYAML.compose(text) else { return nil }
      return root.mapping != nil || root.tag == Tag(.null)
        ? nil : ": it is no table of keys and values"
    } catch {
      return BoundedYAML.reason(error)
    }
  }
}

extension BoundedYAML {
  /// Why a text does not read, to be put behind what says so.
  package static func reason(_ error: any Error) -> String {
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
}
