/// The shallow XML of a storage's answers: elements below the top one, and those below them. Attributes are passed over; declarations of types
/// and entities, CDATA and whatever else such answers do not have are refused.
///
/// Foundation's XMLParser is not used: on Linux it traps at a name that is not UTF-8.
struct BoundedXML {
  struct Field {
    var path: [String]
    var text: String
    /// Of elements one deeper, the last of each name.
    var members: [String: String] = [:]
  }

  private(set) var fields: [Field] = []

  static let bytesMax = 8 << 20
  private static let textMax = 4096
  private static let nameMax = 256
  private static let depthMax = 8
  private static let fieldsMax = 20_000

  /// Nil for what does not read, or is too much.
  static func read(_ bytes: [UInt8], top: String) -> BoundedXML? {
    guard bytes.count <= bytesMax else { return nil }
    var scan = Scan(bytes: bytes[...])
    var out = BoundedXML()
    guard scan.skipDeclaration() else { return nil }
    var path: [String] = []
    var isDone = false
    while let part = scan.next() {
      switch part {
      case .bad: return nil
      case .begin(let name, let isEmpty):
        guard !isDone, path.count < depthMax, !path.isEmpty || name == top else { return nil }
        path.append(name)
        if path.count == 2 {
          guard out.fields.count < fieldsMax else { return nil }
          out.fields.append(Field(path: [name], text: ""))
        }
        if path.count == 3 { out.fields[out.fields.count - 1].members[name] = "" }
        if isEmpty { path.removeLast() }
        isDone = path.isEmpty
      case .end(let name):
        guard path.last == name else { return nil }
        path.removeLast()
        isDone = path.isEmpty
      case .text(let text):
        if path.isEmpty {
          guard text.allSatisfy(\.isWhitespace) else { return nil }
        } else if path.count == 2 {
          out.fields[out.fields.count - 1].text += text
        } else if path.count == 3 {
          out.fields[out.fields.count - 1].members[path[2], default: ""] += text
        }
      }
    }
    return isDone ? out : nil
  }

  private enum Part {
    case begin(String, isEmpty: Bool)
    case end(String)
    case text(String)
    case bad
  }

  private struct Scan {
    var bytes: ArraySlice<UInt8>

    private static let open = UInt8(ascii: "<")
    private static let close = UInt8(ascii: ">")

    /// A mark of the byte order and `<?xml …?>`, where they are.
    mutating func skipDeclaration() -> Bool {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
      guard bytes.starts(with: "<?xml".utf8) else { return true }
      guard let end = bytes.prefix(nameMax).firstIndex(of: Scan.close),
        bytes[end - 1] == UInt8(ascii: "?")
      else { return false }
      bytes = bytes[(end + 1)...]
      return true
    }

    /// Nil at the end.
    mutating func next() -> Part? {
      guard let first = bytes.first else { return nil }
      return first == Scan.open ? tag() : text()
    }

    private mutating func tag() -> Part {
      // A value in quotes may hold the sign that ends a tag.
      var quote: UInt8?
      var end = bytes.startIndex + 1
      while end < bytes.endIndex {
        let byte = bytes[end]
        if let known = quote {
          if byte == known { quote = nil }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          quote = byte
        } else if byte == Scan.close {
          break
        } else if byte == Scan.open {
          return .bad
        }
        end += 1
        if end - bytes.startIndex > textMax { return .bad }
      }
      guard end < bytes.endIndex else { return .bad }
      var inside = bytes[(bytes.startIndex + 1)..<end]
      bytes = bytes[(end + 1)...]
      let isEnd = inside.first == UInt8(ascii: "/")
      if isEnd { inside = inside.dropFirst() }
      let isEmpty = !isEnd && inside.last == UInt8(ascii: "/")
      if isEmpty { inside = inside.dropLast() }
      let raw = inside.prefix { $0 > 0x20 }
      let rest = inside.dropFirst(raw.count)
      guard !raw.isEmpty, raw.count <= nameMax, raw.allSatisfy(Scan.isNameByte),
        !isEnd || rest.allSatisfy({ $0 <= 0x20 })
      else { return .bad }
      let name = String(decoding: raw, as: UTF8.self)
      return isEnd ? .end(name) : .begin(name, isEmpty: isEmpty)
    }

    /// `!` and `?` are none: nothing is declared in the middle.
    private static func isNameByte(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || [0x2D, 0x2E, 0x3A, 0x5F].contains(byte)
    }

    private mutating func text() -> Part {
      let raw = bytes.prefix { $0 != Scan.open }
      guard raw.count <= textMax else { return .bad }
      bytes = bytes[raw.endIndex...]
      guard let text = String(validating: raw, as: UTF8.self), let plain = Scan.unescaped(text)
      else {
        return .bad
      }
      return .text(plain)
    }

    private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

    /// Nil for an entity that XML itself does not know, or a number that is no character.
    private static func unescaped(_ text: String) -> String? {
      guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
      var out = ""
      var rest = text[...]
      while let start = rest.firstIndex(of: "&") {
        out += rest[..<start]
        guard let end = rest[start...].firstIndex(of: ";") else { return nil }
        let name = rest[rest.index(after: start)..<end]
        rest = rest[rest.index(after: end)...]
        if let known = entities[String(name)] {
          out += known
          continue
        }
        guard name.hasPrefix("#"), name.utf8.count <= 9 else { return nil }
        let digits = name.dropFirst()
        let number =
          digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
        guard let number, number != 0, let scalar = Unicode.Scalar(number) else { return nil }
        out.unicodeScalars.append(scalar)
      }
      return out + rest
    }
  }
}
