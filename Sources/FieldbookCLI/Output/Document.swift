/// What a command has to show, once: as JSON for scripts, and laid out for a person.
protocol Document {
  var json: JSONValue { get }
  func lay(on sheet: inout Sheet)
}

/// Shown with `--json` only: a person has been told by the status line.
struct Silent: Document {
  let json: JSONValue
  func lay(on sheet: inout Sheet) {}
}
