import FieldbookDocuments
import FieldbookModel

/// What a command has to show, once: as JSON for scripts, and laid out for a person.
protocol Document {
  var json: JSON { get }
  func lay(on sheet: inout Sheet)
}

/// Shown with `--json` only: a person has been told by the status line.
struct Silent: Document {
  let json: JSON
  func lay(on sheet: inout Sheet) {}
}
