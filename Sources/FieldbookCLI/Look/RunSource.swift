import FieldbookModel

/// What capture found of a run's code, read out of its environment.
struct RunSource: Equatable {
  var command: String?
  var gitCommit: String?
  var branch: String?
  var isDirty: Bool?
  var snapshot: String?

  init(_ environment: [String: String]) {
    command = environment["command"]
    gitCommit = environment["git_commit"]
    branch = environment["git_branch"]
    isDirty = environment["git_dirty"].map { $0 == "true" }
    snapshot = environment["snapshot"]
  }

  var json: JSONValue {
    [
      "command": .optional(command), "git_commit": .optional(gitCommit),
      "dirty": isDirty.map { .bool($0) } ?? .null, "snapshot": .optional(snapshot),
    ]
  }

  /// `main 4be1c02a, with uncommitted changes, snapshot 90ab12ef`; nil without both.
  var code: Phrase? {
    let kept = snapshot.map { Phrase("snapshot " + ShortIDs.one($0)) }
    guard let gitCommit else { return kept }
    let name = [branch, ShortIDs.one(gitCommit)].compactMap { $0 }.joined(separator: " ")
    let state = isDirty == true ? Phrase(", with uncommitted changes", .yellow) : ""
    return Phrase(name) + state + (kept.map { Phrase(", ") + $0 } ?? "")
  }
}
