import Foundation

/// The key of a parameter, a tag or a metric.
///
/// The alphabet is MLflow's, so that whatever is recorded here can be told to an MLflow client:
/// letters, digits and `_ - . / : ` and space; no path that climbs or is absolute. Kept in Unicode's composed form
/// (NFC), so that a key is one key whatever keyboard or file system it came from.
package struct EntryKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  package init(_ given: String) throws(InvalidInput) {
    let text =
      given.utf8.allSatisfy { $0 < 0x80 } ? given : given.precomposedStringWithCanonicalMapping
    guard !text.isEmpty else {
      throw InvalidInput("the key is empty", hint: "give it a name, as in lr=0.1")
    }
    guard text.unicodeScalars.count <= Limits.entryKeyCharacters else {
      throw InvalidInput(
        "the key \(text.prefix(40))… is longer than \(Limits.entryKeyCharacters) characters",
        hint: "use a shorter key and put the rest into the value")
    }
    guard text.unicodeScalars.allSatisfy(EntryKey.allows) else {
      throw InvalidInput(
        "the key '\(text.prefix(80))' has a character that keys cannot have",
        hint: "use letters, digits, spaces and _ - . / :")
    }
    guard EntryKey.isPlainPath(text) else {
      throw InvalidInput(
        "the key '\(text.prefix(80))' reads as a path that leaves its folder",
        hint: "leave out '..', '.', '//' and a '/' at either end")
    }
    self.text = text
  }

  /// A key that was validated when it was written.
  package init(unchecked text: String) { self.text = text }

  package static func < (left: EntryKey, right: EntryKey) -> Bool { left.text < right.text }
  package var description: String { text }

  private static func allows(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "_", "-", ".", " ", ":", "/": true
    default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
  }

  private static func isPlainPath(_ text: String) -> Bool {
    !text.split(separator: "/", omittingEmptySubsequences: false).contains { part in
      part.isEmpty || part == "." || part == ".."
    }
  }
}

/// Checks of values, each named for what it admits.
package enum Check {
  package static func parameterValue(_ text: String, key: EntryKey) throws(InvalidInput) {
    try characters(
      text, atMost: Limits.parameterValueCharacters, what: "the value of param \(key)",
      hint: "log it as an artifact instead: fieldbook log artifact FILE")
  }

  /// - Parameter ofRun: those of models and experiments may be longer.
  package static func tagValue(
    _ text: String, key: EntryKey, ofRun: Bool = true
  ) throws(InvalidInput) {
    let limit = ofRun ? Limits.tagValueCharacters : Limits.longTagValueCharacters
    try characters(
      text, atMost: limit, what: "the value of tag \(key)",
      hint: "log it as an artifact instead: fieldbook log artifact FILE")
  }

  package static func entityName(_ text: String, what: String) throws(InvalidInput) {
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw InvalidInput("the name of the \(what) is empty", hint: "give it a name")
    }
    guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      throw InvalidInput(
        "the name of the \(what) has a control character", hint: "leave out tabs and line breaks")
    }
    try characters(
      text, atMost: Limits.entityNameCharacters, what: "the name of the \(what)",
      hint: "use a shorter name and put the rest into the description")
  }

  package static func label(_ text: String) throws(InvalidInput) {
    try entityName(text, what: "label")
    try characters(text, atMost: Limits.labelCharacters, what: "the label", hint: "use a tag")
  }

  package static func longText(_ text: String, what: String) throws(InvalidInput) {
    guard text.utf8.count <= Limits.textBytes else {
      throw InvalidInput(
        "the \(what) is \(text.utf8.count) bytes long, the limit is \(Limits.textBytes)",
        hint: "log it as an artifact instead: fieldbook log artifact FILE")
    }
  }

  /// A relative path of an artifact: no empty part, no `.` or `..`, no control character.
  package static func artifactPath(_ text: String) throws(InvalidInput) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let climbs = parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
    let strange = text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 || $0 == "\\" }
    guard !climbs, !strange, text.utf8.count <= Limits.artifactPathBytes else {
      throw InvalidInput(
        "'\(text.prefix(80))' is not a path that an artifact can have",
        hint: "use a relative path without '..', such as model/weights.bin")
    }
  }

  private static func characters(
    _ text: String, atMost limit: Int, what: String, hint: String
  ) throws(InvalidInput) {
    // Bytes are at least characters: most texts need no counting.
    guard text.utf8.count > limit else { return }
    let count = text.unicodeScalars.count
    guard count <= limit else {
      throw InvalidInput("\(what) has \(count) characters, the limit is \(limit)", hint: hint)
    }
  }
}
