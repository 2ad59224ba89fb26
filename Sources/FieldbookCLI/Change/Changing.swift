import FieldbookModel
import FieldbookWorkspace

extension CommonOptions {
  /// One change of one thing: does it, says so, and with `--json` shows the thing as it is now.
  func change(
    _ ref: String, _ words: String,
    _ body: (Workspace, EntityReference) throws -> Void
  ) throws {
    try withWorkspace { workspace, console in
      let reference = try workspace.reference(ref)
      try body(workspace, reference)
      workspace.refreshConfigBranch(after: reference)
      console.status(Phrase("\(words) ") + reference.phrase)
      if console.isJSON { try console.show(reference, in: workspace) }
    }
  }
}

extension EntityReference {
  /// - Throws: `WrongKind` for anything but a run.
  func asRun(for verb: String) throws -> RunID {
    guard kind == .run else { throw WrongKind(verb: verb, kind: kind.name) }
    return RunID(key)
  }
}

extension EntityReference {
  /// - Throws: `InvalidInput` for a config, which is a text and nothing besides.
  func requireMore(_ what: String) throws {
    guard kind == .config else { return }
    throw InvalidInput(
      "a config has no \(what)", hint: "write it into the text: fieldbook config edit \(name)")
  }
}

/// A verb that is for runs only.
struct WrongKind: Failure, Equatable {
  var verb: String
  var kind: String

  var message: String { "\(verb) is for runs, not for the \(kind) that was named" }
  var hint: String { "use a tag: fieldbook tag REF KEY=VALUE" }
}
