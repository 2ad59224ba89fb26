import FieldbookModel

/// Data that a person named: `[NAME=]PATH`, or a URI in place of the path.
package struct GivenData: Equatable, Sendable {
  package var name: String
  /// As it was written: of a path relative to the folder in which the command runs, or absolute.
  package var given: String

  package init(name: String, given: String) {
    self.name = name
    self.given = given
  }

  /// What stands before the first `=` is the name, unless it has a slash. Without one the name is the path's last part.
  package init(_ text: String) throws(InvalidInput) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, !parts[0].isEmpty, !parts[0].contains("/") {
      name = String(parts[0])
      given = String(parts[1])
    } else {
      given = text
      let words = text.split(separator: "/").filter { $0 != "." }
      name = words.last.map(String.init) ?? text
    }
    guard !given.isEmpty, !given.utf8.contains(0) else {
      throw InvalidInput("--data \(text) names no path", hint: "for example --data data/train.csv")
    }
    guard ![".", "..", "/", "~"].contains(name) else {
      throw InvalidInput(
        "--data \(text) leads to no name for the data", hint: "name it: --data NAME=\(given)")
    }
    try Check.entityName(name, what: "data")
  }

  /// True for what no file can be looked up for: `s3://bucket/x.csv`. `file://` is a path.
  package var isURI: Bool {
    guard let colon = given.range(of: "://") else { return false }
    let scheme = given[..<colon.lowerBound]
    return !scheme.isEmpty && scheme != "file"
      && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
  }

  /// The same with each name once.
  package static func read(_ texts: [String]) throws(InvalidInput) -> [GivenData] {
    var all: [GivenData] = []
    for text in texts {
      let one = try GivenData(text)
      if let other = all.first(where: { $0.name == one.name }) {
        throw InvalidInput(
          "two data are called \(one.name): \(other.given) and \(one.given)",
          hint: "name one of them: --data NAME=\(one.given)")
      }
      all.append(one)
    }
    return all
  }
}
