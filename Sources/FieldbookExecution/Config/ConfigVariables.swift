import FieldbookModel
import Foundation

/// `${env:NAME}` in a config, and `${env:NAME,default}`: the value that a variable of the environment has when the command
/// starts. What was taken is recorded, so nothing secret is. `\${env:` stands for itself.
struct ConfigVariables {
  static let valueLimit = 6000

  let variables: [String: String]
  /// By name.
  private(set) var taken: [String: String] = [:]

  init(_ variables: [String: String]) { self.variables = variables }

  mutating func filled(_ value: ConfigValue) throws -> ConfigValue {
    switch value {
    case .table(let members):
      return .table(
        try members.map { ConfigValue.Member(key: $0.key, value: try filled($0.value)) })
    case .list(let items): return .list(try items.map { try filled($0) })
    case .scalar(let scalar): return .scalar(try filled(scalar))
    }
  }

  private mutating func filled(_ scalar: ConfigScalar) throws -> ConfigScalar {
    guard scalar.text.contains("${env:") else { return scalar }
    var out = ""
    var rest = scalar.text[...]
    var isWhole = true
    while let place = rest.firstRange(of: "${env:") {
      let before = rest[..<place.lowerBound]
      if before.hasSuffix("\\") {
        out += before.dropLast() + "${env:"
        rest = rest[place.upperBound...]
        isWhole = false
        continue
      }
      guard let end = rest[place.upperBound...].firstIndex(of: "}") else {
        throw InvalidInput(
          "'\(scalar.text.prefix(60))' opens ${env: and does not close it",
          hint: "write ${env:NAME}")
      }
      let text = try value(of: rest[place.upperBound..<end])
      isWhole = isWhole && before.isEmpty && rest.index(after: end) == rest.endIndex
      out += before + text
      rest = rest[rest.index(after: end)...]
    }
    out += rest
    // Without quotes, and alone: of the type that it would have if it stood there.
    return isWhole && scalar.isPlain ? ConfigVariables.typed(out) : ConfigScalar(quoted: out)
  }

  private static func typed(_ text: String) -> ConfigScalar {
    let plain = ConfigScalar(plain: text)
    return plain.type == .text ? ConfigScalar(quoted: text) : plain
  }

  private mutating func value(of word: Substring) throws -> String {
    let parts = word.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard name.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) != nil else {
      throw InvalidInput("'${env:\(word)}' names no variable", hint: "write ${env:NAME}")
    }
    guard let value = variables[name] ?? (parts.count == 2 ? String(parts[1]) : nil) else {
      throw InvalidInput(
        "the config needs the variable \(name), which is not set",
        hint: "set it, or say what it is without: ${env:\(name),default}")
    }
    guard SecretMasking.mask(value, named: name).found.isEmpty else {
      throw InvalidInput(
        "the config takes \(name), which looks like a secret; what a config takes is recorded",
        hint: "let the script read it: os.environ[\"\(name)\"]")
    }
    guard value.utf8.count <= ConfigVariables.valueLimit else {
      throw InvalidInput(
        "the variable \(name) is longer than \(ConfigVariables.valueLimit) bytes",
        hint: "put it into a file of the project")
    }
    taken[name] = value
    return value
  }
}
