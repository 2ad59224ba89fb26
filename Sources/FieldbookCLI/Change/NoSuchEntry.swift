import FieldbookModel

/// A thing that exists lacks the part that was named.
struct NoSuchEntry: Failure, Equatable {
  /// `tag`, `alias`, `file`.
  var what: String
  var name: String
  /// The command that lists what there is.
  var look: String

  var message: String { "there is no \(what) '\(name)'" }
  var hint: String { "see what there is: \(look)" }
}
