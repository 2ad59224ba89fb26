/// Tags under which things travel that another tracker has no place for, and are read back by.
package enum MovingTag {
  static let prefix = "fieldbook."
  /// Of a version: the number that it had there.
  static let version = "fieldbook.version"
  /// Of a version: where its files were said to be, when that is a place only one machine can read.
  static let source = "fieldbook.source"
  /// The key here of a run, a logged model or a version whose tracker gave it an id of its own.
  static let key = "fieldbook.key"
  /// JSON lists.
  static let labels = "fieldbook.labels"
  static let comments = "fieldbook.comments"
  /// A JSON object.
  static let environment = "fieldbook.environment"
  /// And the field's name: a JSON list of the values that stand.
  static let conflict = "fieldbook.conflict."
}
