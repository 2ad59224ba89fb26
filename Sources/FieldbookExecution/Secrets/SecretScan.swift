/// Where secrets lie in a text. Each kind is one pass; none goes back over more than a fixed number of bytes.
enum SecretScan {
  struct Secret {
    var kind: String
    var range: Range<Int>
  }

  /// By where they begin; of two that begin together the more telling one comes first.
  static func secrets(in text: [UInt8]) -> [Secret] {
    let all =
      privateKeys(text) + userInfos(text) + tokens(text) + webTokens(text) + namedValues(text)
    return all.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }.map(\.element)
  }

  /// Those that are known by their form, in order; not what only a name tells of, and no form of an address that is yet to be
  /// filled in.
  static func shapes(in text: [UInt8]) -> [Secret] {
    let addresses = userInfos(text).filter { secret in
      let own = String(decoding: text[secret.range], as: UTF8.self).lowercased()
      guard let colon = own.firstIndex(of: ":") else { return false }
      let word = own[own.index(after: colon)...]
      return !own.contains { "{$<*%".contains($0) }
        && !["password", "passwd", "pass", "pw", "secret", "pwd"].contains(word)
    }
    return (privateKeys(text) + addresses + tokens(text) + webTokens(text))
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  // MARK: Keys and addresses

  /// From `-----BEGIN … PRIVATE KEY` to the end of its last line, or of the text.
  private static func privateKeys(_ text: [UInt8]) -> [Secret] {
    var out: [Secret] = []
    var index = 0
    while let start = text.place(of: "-----BEGIN ", from: index) {
      index = start + 11
      guard let end = text[..<min(index + 80, text.count)].place(of: "PRIVATE KEY", from: index)
      else { continue }
      let footer = text.place(of: "-----END ", from: end) ?? text.count
      let dashes = text.place(of: "-----", from: min(footer + 9, text.count))
      index = dashes.map { $0 + 5 } ?? text.count
      out.append(Secret(kind: SecretKind.privateKey, range: start..<index))
    }
    return out
  }

  /// What stands before the last `@` between `://` and the path.
  private static func userInfos(_ text: [UInt8]) -> [Secret] {
    var out: [Secret] = []
    var index = 0
    while let colon = text.place(of: "://", from: index) {
      index = colon + 3
      var at: Int?
      var end = index
      while end < text.count, !text[end].isSpace, !"/?#\"'`<>\\".utf8.contains(text[end]) {
        if text[end] == UInt8(ascii: "@") { at = end }
        end += 1
      }
      if let at, at > index {
        out.append(Secret(kind: SecretKind.urlCredentials, range: index..<at))
      }
      index = end
    }
    return out
  }

  // MARK: Tokens

  private static func tokens(_ text: [UInt8]) -> [Secret] {
    var out: [Secret] = []
    var index = 0
    while index < text.count {
      let isStart = index == 0 || !text[index - 1].isAlphanumeric
      if isStart, let shapes = SecretShape.byFirstByte[text[index]],
        let shape = shapes.first(where: { fits($0, text, at: index) })
      {
        let end = text.end(from: index + shape.prefix.count) {
          $0.isWord || shape.alphabet.admits($0)
        }
        out.append(Secret(kind: shape.kind, range: index..<end))
        index = end
      } else {
        index += 1
      }
    }
    return out
  }

  private static func fits(_ shape: SecretShape, _ text: [UInt8], at index: Int) -> Bool {
    let start = index + shape.prefix.count
    guard start + shape.minimum <= text.count, text[index..<start].elementsEqual(shape.prefix)
    else { return false }
    return text[start..<start + shape.minimum].allSatisfy(shape.alphabet.admits)
  }

  /// Three parts between dots, the first of which is a JSON object in Base64: `eyJ…`; the last, the signature, may be
  /// empty. Source: RFC 7519.
  private static func webTokens(_ text: [UInt8]) -> [Secret] {
    var out: [Secret] = []
    var index = 0
    while index < text.count {
      guard text[index].isWord else {
        index += 1
        continue
      }
      let first = text.end(from: index) { $0.isWord }
      let second = first < text.count ? text.end(from: first + 1) { $0.isWord } : first
      let third = second < text.count ? text.end(from: second + 1) { $0.isWord } : second
      let dot = UInt8(ascii: ".")
      if text[index..<first].starts(with: "eyJ".utf8), third > second, second - first > 1,
        text[first] == dot, text[second] == dot
      {
        out.append(Secret(kind: SecretKind.webToken, range: index..<third))
        index = third
      } else {
        index = first
      }
    }
    return out
  }

  // MARK: Values with a name

  /// What follows `api_key=`, `"token": ` or `--password `, where the name tells.
  private static func namedValues(_ text: [UInt8]) -> [Secret] {
    var out: [Secret] = []
    var index = 0
    while index < text.count {
      guard text[index].isNamePart else {
        index += 1
        continue
      }
      let end = text.end(from: index) { $0.isNamePart }
      let name = String(decoding: text[max(index, end - 64)..<end], as: UTF8.self)
      if let start = valueStart(in: text, after: index..<end), SecretName.isTelling(name) {
        let value = value(in: text, at: start)
        if SecretName.tells(name, of: String(decoding: text[value], as: UTF8.self)) {
          out.append(Secret(kind: kind(of: name, text[start..<value.upperBound]), range: value))
        }
        index = value.upperBound
      } else {
        index = end
      }
    }
    return out
  }

  /// What the name says of the value, or the word before it.
  private static func kind(of name: String, _ value: ArraySlice<UInt8>) -> String {
    let letters = SecretName.plainLetters(name)
    if letters.contains("wandb") { return "wandb-key" }
    if letters.hasSuffix("awssecretaccesskey") { return "aws-secret-key" }
    let scheme = String(decoding: value.prefix(7), as: UTF8.self).lowercased()
    if scheme.hasPrefix("basic ") { return SecretKind.basicAuthorization }
    return scheme == "bearer " ? SecretKind.bearerToken : SecretKind.named
  }

  /// Behind `=` or `:`, or behind the space after a flag; nil where the name names nothing.
  private static func valueStart(in text: [UInt8], after name: Range<Int>) -> Int? {
    let quotes = text.end(from: name.upperBound) { $0.isQuote || $0 == UInt8(ascii: "\\") }
    let blanks = text.end(from: quotes) { $0.isBlank }
    let signs = text.end(from: blanks) { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }
    if signs > blanks { return text.end(from: signs) { $0.isBlank } }
    let dash = UInt8(ascii: "-")
    let isFlag = text[name.lowerBound] == dash && blanks > quotes
    return isFlag && blanks < text.count && text[blanks] != dash ? blanks : nil
  }

  /// What stands between quotes; else what goes on to a space, a comma or a semicolon, and a word more after
  /// `Bearer` and its like.
  private static func value(in text: [UInt8], at start: Int) -> Range<Int> {
    let backslash = UInt8(ascii: "\\")
    let isEscaped = start + 1 < text.count && text[start] == backslash && text[start + 1].isQuote
    let first = isEscaped ? start + 1 : start
    if first < text.count, text[first].isQuote {
      var end = first + 1
      while end < text.count, text[end] != text[first] {
        end += text[end] == backslash && !isEscaped ? 2 : 1
      }
      return first + 1..<min(max(end, first + 1), text.count)
    }
    let end = text.end(from: start) { !$0.isValueEnd }
    let scheme = String(decoding: text[start..<min(end, start + 8)], as: UTF8.self).lowercased()
    guard ["bearer", "basic", "token"].contains(scheme) else { return start..<end }
    return start..<text.end(from: text.end(from: end) { $0.isBlank }) { !$0.isValueEnd }
  }
}

extension SecretShape.Alphabet {
  fileprivate func admits(_ byte: UInt8) -> Bool {
    switch self {
    case .capitals: byte.isAlphanumeric && !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    case .plain: byte.isAlphanumeric
    case .dashed: byte.isWord
    case .dotted: byte.isNamePart
    case .path: byte.isWord || byte == UInt8(ascii: "/")
    case .base64: byte.isAlphanumeric || "+/=%".utf8.contains(byte)
    }
  }
}

extension UInt8 {
  fileprivate var isAlphanumeric: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
  fileprivate var isWord: Bool {
    isAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
  }
  fileprivate var isNamePart: Bool { isWord || self == UInt8(ascii: ".") }
  fileprivate var isQuote: Bool { self == UInt8(ascii: "'") || self == UInt8(ascii: "\"") }
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
  fileprivate var isSpace: Bool { isBlank || (10...13).contains(self) }
  fileprivate var isValueEnd: Bool {
    isSpace || self == UInt8(ascii: ",") || self == UInt8(ascii: ";")
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// Where the bytes that `belongs` holds for end; `start` where there are none.
  fileprivate func end(from start: Int, where belongs: (UInt8) -> Bool) -> Int {
    var index = start
    while index < endIndex, belongs(self[index]) { index += 1 }
    return index
  }

  fileprivate func place(of needle: String, from start: Int) -> Int? {
    let needle = Array(needle.utf8)
    var index = start
    while index + needle.count <= endIndex {
      if self[index] == needle[0], self[index..<index + needle.count].elementsEqual(needle) {
        return index
      }
      index += 1
    }
    return nil
  }
}
