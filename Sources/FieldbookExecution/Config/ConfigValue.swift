import FieldbookModel
import FieldbookWorkspace
import Foundation
import Yams

/// What a config says: tables in the order in which they are written, lists and scalars, each scalar as it is written with the
/// type that YAML gives it.
package indirect enum ConfigValue: Equatable, Sendable {
  case scalar(ConfigScalar)
  case list([ConfigValue])
  case table([Member])

  package struct Member: Equatable, Sendable {
    package var key: ConfigScalar
    package var value: ConfigValue
  }

  static let empty = ConfigValue.table([])

  /// What people call it: `a number`, `a list`.
  var kindWords: String {
    switch self {
    case .scalar(let scalar): scalar.type.words
    case .list: "a list"
    case .table: "a table"
    }
  }
}

package struct ConfigScalar: Equatable, Sendable {
  package enum Kind: String, Sendable {
    case null, bool, int, float, text

    var words: String {
      switch self {
      case .null: "null"
      case .bool: "true or false"
      case .int: "a whole number"
      case .float: "a number"
      case .text: "a text"
      }
    }
  }

  package var text: String
  package var type: Kind
  /// Written without quotes. A date is a text that must stay so.
  var isPlain: Bool
  /// Written so into files, where that is not `text`.
  var written: String?

  init(_ text: String, _ type: Kind, isPlain: Bool, written: String? = nil) {
    self.text = text
    self.type = type
    self.isPlain = isPlain
    self.written = written
  }

  /// As YAML reads a word that is written without quotes.
  init(plain text: String) {
    let node = Node.Scalar(text)
    self.init(text, ConfigScalar.type(Node.scalar(node), text), isPlain: true)
  }

  init(quoted text: String) { self.init(text, .text, isPlain: false) }

  init(_ node: Node, _ scalar: Node.Scalar) {
    let isBare = scalar.style == .plain || scalar.style == .any
    // `!!str 1` says what it is; what a tag says is kept by quotes.
    let isTold = isBare && node.tag != Node.scalar(Node.Scalar(scalar.string)).tag
    if isTold {
      self =
        node.tag == Tag(.float) && ConfigScalar.isNumber(scalar.string)
        ? ConfigScalar(number: scalar.string) : ConfigScalar(quoted: scalar.string)
    } else {
      self.init(
        scalar.string, isBare ? ConfigScalar.type(node, scalar.string) : .text, isPlain: isBare)
    }
  }

  /// Written so that readers of YAML 1.1, 1.2 and JSON all take it for a number: `1e-4` as `1.0e-4`.
  init(number text: String) {
    self.init(text, .float, isPlain: true)
    let form = #/([-+]?)([0-9]*)(\.([0-9]*))?([eE]([-+]?)([0-9]+))?/#
    guard ConfigScalar.isNumber(text), let match = text.wholeMatch(of: form) else { return }
    let whole = match.2.isEmpty ? "0" : String(match.2)
    let part = match.4.map(String.init) ?? ""
    var written = (match.1 == "-" ? "-" : "") + whole + "." + (part.isEmpty ? "0" : part)
    if let power = match.7 { written += "e" + (match.6 == "-" ? "-" : "+") + power }
    self.written = written
  }

  private static func type(_ node: Node, _ text: String) -> Kind {
    switch node.tag {
    case Tag(.null): return .null
    case Tag(.bool): return .bool
    case Tag(.int): return .int
    case Tag(.float): return .float
    default: return isNumber(text) ? .float : .text
    }
  }

  /// `1e-4` is one in YAML 1.2 and JSON, and none in YAML 1.1; Python writes `NaN` into JSON.
  static func isNumber(_ text: String) -> Bool {
    if ["NaN", "Infinity", "-Infinity"].contains(text) { return true }
    return text.wholeMatch(of: #/[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/#) != nil
  }

  /// What it is flattened to.
  var shown: String { type == .null ? "null" : text }

  /// Equal only for what every reader of YAML reads alike: `010` is 8 to one of YAML 1.1 and 10 to one of 1.2, `yes` true or a text,
  /// `1_000` a number or a text. So words without quotes are as they are written.
  package var exact: String {
    switch type {
    case .null: "null"
    case .bool, .int, .float: written ?? text
    case .text: QuotedText.of(text)
    }
  }

  /// Of a `bool`. Source: yaml.org/type/bool.html.
  var isTrue: Bool { ["true", "yes", "on", "y"].contains(text.lowercased()) }
}
