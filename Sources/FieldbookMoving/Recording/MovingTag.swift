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
  /// Of a trace, among its metadata: the id that its spans were sent with, where its name is of another making.
  static let otelTrace = "fieldbook.otel_trace_id"
  /// Of a trace: a JSON list of what it is linked to, `run/ID` and `prompt/NAME/VERSION`.
  static let links = "fieldbook.links"
  /// On a server, which gives things ids and times of its own: the time of making, in milliseconds since 1970.
  static let created = "fieldbook.created_time"
  /// The key of the parent run; of the run that a logged model, a version or a trace comes from.
  static let parent = "fieldbook.parent"
  static let run = "fieldbook.run"
  /// Of a logged model: a JSON object from ids of the runs there that measured it to their keys.
  static let runs = "fieldbook.runs"
  /// Of a run: a JSON object from ids of logged models there to their keys.
  static let models = "fieldbook.models"
  /// Of a version: its source and its number here.
  static let place = "fieldbook.place"
  static let number = "fieldbook.number"
  /// Over names and contents of the files that went there.
  static let files = "fieldbook.files"
}
