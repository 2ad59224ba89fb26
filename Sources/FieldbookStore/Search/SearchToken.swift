/// A word of the filter language.
enum SearchToken: Equatable {
  /// An identifier, its quoted parts without quotes: `metrics.acc`, `tags."a b"`.
  case name(String)
  case text(String)
  /// A whole word in double quotes: a value where one belongs, else a name.
  case quoted(String)
  case number(String)
  case comparison(String)
  case open, close, comma

  /// As a key.
  var name: String? {
    switch self {
    case .name(let text), .quoted(let text): text
    default: nil
    }
  }

  var isAnd: Bool { name?.lowercased() == "and" && self != .quoted(name ?? "") }

  /// As a value.
  var text: String? {
    switch self {
    case .text(let text), .quoted(let text): text
    default: nil
    }
  }

  static func scan(_ filter: String) throws(SearchFailure) -> [SearchToken] {
    guard filter.utf8.count <= SearchLimits.bytes else {
      throw .malformed("Invalid filter: it is longer than \(SearchLimits.bytes) bytes")
    }
    var out: [SearchToken] = []
    let scalars = Array(filter.unicodeScalars)
    var index = 0
    func follows(_ mark: Unicode.Scalar, _ index: Int) -> Bool {
      mark == "'" && index + 1 < scalars.count && scalars[index + 1] == mark
    }
    func quoted(_ mark: Unicode.Scalar) throws(SearchFailure) -> String {
      let start = index + 1
      var end = start
      // Two quotes within a text close nothing, and stand in it as they are: so does MLflow read them.
      while end < scalars.count, scalars[end] != mark || follows(mark, end) {
        end += scalars[end] == mark ? 2 : 1
      }
      guard end < scalars.count else {
        throw .malformed("Invalid filter: a quote at character \(index + 1) is never closed")
      }
      index = end + 1
      return String(String.UnicodeScalarView(scalars[start..<end]))
    }
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case " ", "\t", "\n", "\r": index += 1
      case "(", ")", ",":
        out.append(scalar == "(" ? .open : scalar == ")" ? .close : .comma)
        index += 1
      case "'": out.append(.text(try quoted("'")))
      case "=", "!", "<", ">":
        var sign = String(scalar)
        index += 1
        if index < scalars.count, scalars[index] == "=" || (scalar == "<" && scalars[index] == ">")
        {
          sign.unicodeScalars.append(scalars[index])
          index += 1
        }
        guard ["=", "!=", "<", "<=", ">", ">="].contains(sign) else {
          throw .malformed("Invalid comparison operator '\(sign)' in filter")
        }
        out.append(.comparison(sign))
      default:
        var word = ""
        var wasQuoted = false
        scan: while index < scalars.count {
          switch scalars[index] {
          case " ", "\t", "\n", "\r", "(", ")", ",", "'", "=", "!", "<", ">": break scan
          case "`", "\"":
            wasQuoted = true
            word += try quoted(scalars[index])
          default:
            word.unicodeScalars.append(scalars[index])
            index += 1
          }
        }
        if !wasQuoted, isNumber(word) {
          out.append(.number(word))
        } else if scalar == "\"" {
          out.append(.quoted(word))
        } else {
          out.append(.name(word))
        }
      }
      guard out.count <= SearchLimits.clauses * 6 else {
        throw .malformed("Invalid filter: more than \(SearchLimits.clauses) clauses")
      }
    }
    return out
  }

  private static func isNumber(_ word: String) -> Bool {
    guard let first = word.unicodeScalars.first,
      first == "-" || first == "+" || first == "." || (first.value >= 48 && first.value <= 57)
    else { return false }
    return Double(word) != nil
  }
}
