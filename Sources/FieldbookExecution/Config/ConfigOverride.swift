import FieldbookModel
import FieldbookWorkspace
import Foundation
import Yams

/// A change of a config on the command line: `a.b=1` sets, `+a.b=1` adds what is not there, `++a.b=x` sets whatever type it has,
/// `~a.b` takes away. A dot, an equals sign or a backslash of a key is written with a backslash before it: `a\.b`.
package struct ConfigOverride: Equatable, Sendable {
  package enum Deed: Equatable, Sendable {
    case set, add, force, remove
  }

  package var deed: Deed
  package var path: [String]
  package var value: String

  /// As params are named.
  package var name: String { path.joined(separator: ".") }

  /// - Parameter word: everything before `=`, with the marks in front of it; all of it for `~`.
  package init(_ word: String, value: String) throws {
    self.value = value
    var rest = word[...]
    if rest.hasPrefix("~") {
      deed = .remove
      rest = rest.dropFirst()
    } else if rest.hasPrefix("++") {
      deed = .force
      rest = rest.dropFirst(2)
    } else if rest.hasPrefix("+") {
      deed = .add
      rest = rest.dropFirst()
    } else {
      deed = .set
    }
    path = ConfigOverride.split(rest)
    guard !path.contains(""), !path.isEmpty else {
      throw InvalidInput(
        "'\(word)' names no value of a config", hint: #"write a.b=1; a dot of a key as \."#)
    }
  }

  private static func split(_ word: Substring) -> [String] {
    var parts = [""]
    var isEscaped = false
    for character in word {
      if isEscaped {
        if !".=\\".contains(character) { parts[parts.count - 1].append("\\") }
        parts[parts.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "." {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    if isEscaped { parts[parts.count - 1].append("\\") }
    return parts
  }

  /// Where the first `=` stands that no backslash precedes; nil for none.
  package static func equals(in word: String) -> String.Index? {
    var isEscaped = false
    for index in word.indices {
      if isEscaped {
        isEscaped = false
      } else if word[index] == "\\" {
        isEscaped = true
      } else if word[index] == "=" {
        return index
      }
    }
    return nil
  }

  // MARK: Applying

  /// - Throws: `InvalidInput` for a value that does not fit the type of what it replaces, and for a place that is none.
  func apply(to config: ConfigValue) throws -> ConfigValue {
    try applied(config, path[...])
  }

  private func applied(_ value: ConfigValue, _ rest: ArraySlice<String>) throws -> ConfigValue {
    guard let key = rest.first else { return try replaced(value) }
    switch value {
    case .table(var members):
      guard let place = members.lastIndex(where: { $0.key.text == key }) else {
        try requireMayAdd()
        let new = try rest.dropFirst().reversed().reduce(fresh()) { inner, key in
          .table([ConfigValue.Member(key: ConfigOverride.key(key), value: inner)])
        }
        return .table(members + [ConfigValue.Member(key: ConfigOverride.key(key), value: new)])
      }
      if rest.count == 1, deed == .remove {
        members.remove(at: place)
        return .table(members)
      }
      members[place].value = try applied(members[place].value, rest.dropFirst())
      return .table(members)
    case .list(var items):
      guard let index = Int(key), index >= 0, index <= items.count else {
        throw InvalidInput(
          "'\(name)': there is no place '\(key)' in a list of \(items.count)",
          hint: "count from 0; +\(listName(rest)).\(items.count)=… adds one")
      }
      if index == items.count {
        guard rest.count == 1 else { throw notThere }
        try requireMayAdd()
        return .list(items + [try fresh()])
      }
      if rest.count == 1, deed == .remove {
        items.remove(at: index)
        return .list(items)
      }
      items[index] = try applied(items[index], rest.dropFirst())
      return .list(items)
    case .scalar(let scalar):
      if scalar.type == .null || deed == .force {
        // Nothing is lost by a table in the place of nothing.
        guard deed != .remove else { throw notThere }
        return try applied(.empty, rest)
      }
      throw InvalidInput(
        "'\(name)': what stands before '\(key)' is \(scalar.type.words), not a table",
        hint: "to put a table in its place: -p '++\(name)=…'")
    }
  }

  private func listName(_ rest: ArraySlice<String>) -> String {
    path.prefix(path.count - rest.count).joined(separator: ".")
  }

  private var notThere: InvalidInput {
    InvalidInput("'\(name)' is not in the config", hint: "see what is: fieldbook config show NAME")
  }

  private func requireMayAdd() throws {
    if deed == .remove { throw notThere }
  }

  private static func key(_ text: String) -> ConfigScalar {
    let plain = ConfigScalar(plain: text)
    let isWord = text.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_\-]*/#) != nil
    return isWord && plain.type == .text ? plain : ConfigScalar(quoted: text)
  }

  /// As YAML types it.
  private func fresh() throws -> ConfigValue { try ConfigOverride.read(value, name: name) }

  private static func read(_ text: String, name: String) throws -> ConfigValue {
    let isFlow =
      text.hasPrefix("[") || text.hasPrefix("{") || text.hasPrefix("\"")
      || text.hasPrefix("'")
    guard isFlow else {
      var scalar = ConfigScalar(plain: text)
      // Words that YAML would not read back as they are.
      if scalar.type == .text { scalar = ConfigScalar(quoted: text) }
      return .scalar(scalar.type == .float ? ConfigScalar(number: text) : scalar)
    }
    do {
      guard let node = try BoundedYAML.compose(text) else {
        return .scalar(ConfigScalar(quoted: ""))
      }
      var reader = ConfigReader(path: name)
      return try reader.read(node)
    } catch let refusal as InvalidInput {
      throw refusal
    } catch {
      throw InvalidInput(
        "the value of '\(name)' does not read as YAML\(BoundedYAML.reason(error))",
        hint: "quote it as a whole if it is a text: '\"\(text.prefix(20))\"'")
    }
  }

  private func replaced(_ old: ConfigValue) throws -> ConfigValue {
    switch deed {
    case .remove: throw notThere  // The whole config.
    case .add:
      throw InvalidInput("'\(name)' is in the config already", hint: "to change it: -p '\(name)=…'")
    case .force: return try fresh()
    case .set: break
    }
    switch old {
    case .scalar(let scalar): return .scalar(try fitted(scalar))
    case .list:
      guard case .list(let items) = try fresh() else { throw misfit(old) }
      return .list(items)
    case .table:
      guard case .table(let members) = try fresh() else { throw misfit(old) }
      return try members.reduce(old) { table, member in
        var inner = self
        inner.path.append(member.key.text)
        return try inner.putting(member.value, into: table)
      }
    }
  }

  /// One member of a table that is given for a table: key by key, types kept.
  private func putting(_ value: ConfigValue, into table: ConfigValue) throws -> ConfigValue {
    guard case .table(var members) = table, let key = path.last else { return table }
    guard let place = members.lastIndex(where: { $0.key.text == key }) else {
      return .table(members + [ConfigValue.Member(key: ConfigOverride.key(key), value: value)])
    }
    switch (members[place].value, value) {
    case (.scalar, .scalar(let new)):
      var inner = self
      inner.value = new.text
      members[place].value = try inner.replaced(members[place].value)
    case (.table, .table(let below)):
      members[place].value = try below.reduce(members[place].value) { table, member in
        var inner = self
        inner.path.append(member.key.text)
        return try inner.putting(member.value, into: table)
      }
    case (.list, .list): members[place].value = value
    default: throw misfit(members[place].value)
    }
    return .table(members)
  }

  private func misfit(_ old: ConfigValue) -> InvalidInput {
    InvalidInput(
      "'\(name)' is \(old.kindWords), and '\(value.prefix(60))' is none",
      hint: "to change its type as well: -p '++\(name)=\(value.prefix(60))'")
  }

  private func fitted(_ old: ConfigScalar) throws -> ConfigScalar {
    let plain = ConfigScalar(plain: value)
    switch old.type {
    case .null:
      guard case .scalar(let new) = try fresh() else { throw misfit(.scalar(old)) }
      return new
    case .bool:
      switch value.lowercased() {
      case "true", "yes", "on": return ConfigScalar("true", .bool, isPlain: true)
      case "false", "no", "off": return ConfigScalar("false", .bool, isPlain: true)
      default: throw misfit(.scalar(old))
      }
    case .int:
      guard plain.type == .int else { throw misfit(.scalar(old)) }
      return plain
    case .float:
      guard plain.type == .float || plain.type == .int else { throw misfit(.scalar(old)) }
      return ConfigScalar(number: value)
    case .text: return ConfigScalar(quoted: value)
    }
  }
}
