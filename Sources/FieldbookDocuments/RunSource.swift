import FieldbookModel

/// What capture found of a run's code, read out of its environment.
package struct RunSource: Equatable {
  package var command: String?
  package var gitCommit: String?
  package var branch: String?
  package var isDirty: Bool?
  package var snapshot: String?

  package init(_ environment: [String: String]) {
    command = environment["command"]
    gitCommit = environment["git_commit"]
    branch = environment["git_branch"]
    isDirty = environment["git_dirty"].map { $0 == "true" }
    snapshot = environment["snapshot"]
  }

  package var json: JSON {
    [
      "command": .optional(command), "git_commit": .optional(gitCommit),
      "dirty": isDirty.map { .bool($0) } ?? .null, "snapshot": .optional(snapshot),
    ]
  }
}
