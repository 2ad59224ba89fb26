/// A line of `environment/packages.txt`: `NAME==VERSION`, or `NAME @ URL` for what came from elsewhere than an index.
///
/// The lines come from whoever recorded the run; what pip would take for an option, a file or a marker is no package.
package struct RequiredPackage: Equatable, Sendable {
  package enum Source: Equatable, Sendable {
    case version(String)
    case url(String)
  }

  package var name: String
  package var source: Source

  private static let linesMax = 10_000
  private static let characters = 2000

  /// Nil for any other line.
  package init?(_ line: String) {
    guard line.utf8.count <= RequiredPackage.characters else { return nil }
    if let mark = line.range(of: " @ ") {
      name = String(line[..<mark.lowerBound])
      let url = String(line[mark.upperBound...])
      guard RequiredPackage.isURL(url) else { return nil }
      source = .url(url)
    } else if let mark = line.range(of: "==") {
      name = String(line[..<mark.lowerBound])
      let version = String(line[mark.upperBound...])
      guard !version.isEmpty, version.utf8.allSatisfy(RequiredPackage.isVersion) else { return nil }
      source = .version(version)
    } else {
      return nil
    }
    guard let first = name.utf8.first, RequiredPackage.isAlphanumeric(first),
      name.utf8.allSatisfy({ RequiredPackage.isAlphanumeric($0) || "._-".utf8.contains($0) })
    else { return nil }
  }

  package static func read(_ text: String) -> [RequiredPackage] {
    text.split(separator: "\n").prefix(linesMax).compactMap { RequiredPackage(String($0)) }
  }

  /// As pip is told of it.
  package var line: String {
    switch source {
    case .version(let version): name + "==" + version
    case .url(let url): name + " @ " + url
    }
  }

  /// The version, or the URL.
  package var version: String {
    switch source {
    case .version(let version): version
    case .url(let url): url
    }
  }

  /// Nil for what pip can be asked for.
  var isOutOfReach: String? {
    guard case .url(let url) = source else { return nil }
    return ["https://", "git+https://", "git+ssh://"].contains(where: url.hasPrefix)
      ? nil : "it was installed from a place of its own machine"
  }

  var key: String { RequiredPackage.key(of: name) }

  /// `Foo_Bar` and `foo-bar` are one package. Source: PEP 503.
  static func key(of name: String) -> String {
    var out = ""
    for character in name.lowercased() {
      let isMark = "._-".contains(character)
      if !isMark { out.append(character) } else if out.last != "-" { out.append("-") }
    }
    return out
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  /// Source: PEP 440.
  private static func isVersion(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || ".!+_-".utf8.contains(byte)
  }

  private static func isURL(_ text: String) -> Bool {
    guard let colon = text.range(of: "://"), colon.lowerBound != text.startIndex else {
      return false
    }
    return text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"\"'`\\<>{}|^;#".utf8.contains($0) }
  }
}

/// A package that is not here as it was recorded.
package struct PackageDifference: Equatable, Sendable {
  package var name: String
  package var recorded: String
  /// Nil: it is not here at all.
  package var here: String?

  package var words: String { "\(name) \(recorded) is \(here ?? "not there")" }

  /// In the order of names. What is here beyond what was recorded is no difference.
  package static func between(_ recorded: [RequiredPackage], _ here: [RequiredPackage])
    -> [PackageDifference]
  {
    let found = Dictionary(here.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    return recorded.sorted { $0.key < $1.key }.compactMap { one in
      let other = found[one.key]
      guard other?.version != one.version else { return nil }
      return PackageDifference(name: one.name, recorded: one.version, here: other?.version)
    }
  }
}
