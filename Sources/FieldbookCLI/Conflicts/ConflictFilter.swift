import FieldbookDocuments
import FieldbookModel

/// `kind = value AND field LIKE 'tags.%'`: which conflicts a rule is for.
///
/// A condition compares an attribute with a value: `=`, `!=`, `LIKE` (`%` any text, `_` any
/// character). Values are bare words, or quoted by `'` or `"`. Empty text admits nothing: to decide
/// everything must be said.
package struct ConflictFilter: Equatable {
  enum Attribute: String, CaseIterable {
    case kind, field, entity, type, device, blocking
  }

  enum Comparison: Equatable {
    case equal, notEqual, like
  }

  struct Condition: Equatable {
    var attribute: Attribute
    var comparison: Comparison
    var value: String
  }

  var conditions: [Condition]

  package init(_ text: String) throws {
    var words = try Words(text)
    var conditions: [Condition] = []
    repeat {
      conditions.append(try words.condition())
    } while try words.and()
    self.conditions = conditions
  }

  package func admits(_ conflict: Conflict) -> Bool {
    conditions.allSatisfy { condition in
      let values = ConflictFilter.values(of: condition.attribute, conflict)
      switch condition.comparison {
      case .equal: return values.contains(condition.value)
      case .notEqual: return !values.contains(condition.value)
      case .like:
        return values.contains {
          ConflictFilter.matches(Array($0), pattern: Array(condition.value))
        }
      }
    }
  }

  /// A device stands for every side, an entity for its name and its id.
  private static func values(of attribute: Attribute, _ conflict: Conflict) -> [String] {
    switch attribute {
    case .kind: [conflict.kind.rawValue]
    case .field: [conflict.field.text]
    case .entity: [conflict.entity.name, conflict.entity.publicID]
    case .type: [conflict.entity.kind.name]
    case .device: conflict.sides.map(\.device)
    case .blocking: [conflict.isBlocking ? "true" : "false"]
    }
  }

  private static func matches(_ text: [Character], pattern: [Character]) -> Bool {
    // The usual two pointers: on a mismatch, let the last % take one character more.
    var at = 0
    var next = 0
    var percent: (pattern: Int, text: Int)?
    while at < text.count {
      if next < pattern.count, pattern[next] == "%" {
        percent = (next, at)
        next += 1
      } else if next < pattern.count, pattern[next] == "_" || pattern[next] == text[at] {
        at += 1
        next += 1
      } else if let last = percent {
        percent = (last.pattern, last.text + 1)
        at = last.text + 1
        next = last.pattern + 1
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == "%" }
  }
}

extension ConflictFilter {
  /// The text, word by word.
  private struct Words {
    private enum Word: Equatable {
      case bare(String)
      case quoted(String)
      case sign(String)

      var text: String {
        switch self {
        case .bare(let text), .quoted(let text), .sign(let text): text
        }
      }
    }

    private var words: ArraySlice<Word>

    init(_ text: String) throws {
      var found: [Word] = []
      var rest = Substring(text)
      while let first = rest.first {
        if first.isWhitespace {
          rest.removeFirst()
        } else if first == "'" || first == "\"" {
          guard let end = rest.dropFirst().firstIndex(of: first) else {
            throw Words.problem("a quote is open in '\(text)'")
          }
          found.append(.quoted(String(rest[rest.index(after: rest.startIndex)..<end])))
          rest = rest[rest.index(after: end)...]
        } else if rest.hasPrefix("!=") {
          found.append(.sign("!="))
          rest = rest.dropFirst(2)
        } else if first == "=" {
          found.append(.sign("="))
          rest = rest.dropFirst()
        } else {
          let word = rest.prefix {
            !$0.isWhitespace && $0 != "=" && $0 != "!" && $0 != "'" && $0 != "\""
          }
          guard !word.isEmpty else { throw Words.problem("'\(first)' is out of place") }
          found.append(.bare(String(word)))
          rest = rest.dropFirst(word.count)
        }
      }
      words = found[...]
    }

    mutating func condition() throws -> Condition {
      guard case .bare(let name)? = words.popFirst() else {
        throw Words.problem("a condition begins with what it is about")
      }
      guard let attribute = Attribute(rawValue: name.lowercased()) else {
        throw Words.problem("there is no '\(name)' to ask for")
      }
      let comparison: Comparison
      switch words.popFirst() {
      case .sign("="): comparison = .equal
      case .sign("!="): comparison = .notEqual
      case .bare(let word) where word.lowercased() == "like": comparison = .like
      default: throw Words.problem("after '\(name)' comes =, != or LIKE")
      }
      switch words.popFirst() {
      case .bare(let value), .quoted(let value):
        return Condition(attribute: attribute, comparison: comparison, value: value)
      default: throw Words.problem("the value for '\(name)' is missing")
      }
    }

    /// False at the end.
    mutating func and() throws -> Bool {
      guard let word = words.popFirst() else { return false }
      guard case .bare(let text) = word, text.lowercased() == "and" else {
        throw Words.problem("'\(word.text)' is out of place; conditions are joined by AND")
      }
      return true
    }

    private static func problem(_ message: String) -> InvalidInput {
      InvalidInput(
        message,
        hint: "conditions are like: kind = value AND field LIKE 'tags.%'; attributes: "
          + Attribute.allCases.map(\.rawValue).joined(separator: ", "))
    }
  }
}
