/// Tags of a dataset as a run used it.
package enum ContentTag {
  /// `sha256:` and 64 hexadecimal digits.
  package static let content = "fieldbook.content"
  /// When the digest was taken: before the command started, while it ran, at its end.
  package static let when = "fieldbook.content.when"
  package static let before = "before"
  package static let during = "during"
  package static let end = "end"
  /// `true` of a file that was written while the run went on.
  package static let made = "fieldbook.content.made"
}
