import FieldbookRepository

/// `code.json` of a snapshot: what was run, on which code, and what of it is missing.
package struct CodeFacts: Codable, Equatable, Sendable {
  package struct Submodule: Codable, Equatable, Sendable {
    package var path: String
    package var commit: String
  }

  package struct Missing: Codable, Equatable, Sendable {
    package var path: String
    package var reason: String
  }

  /// Word by word, secrets masked: `environment.command` is for people.
  package var command: [String]
  /// Where it ran, as the project's top sees it: `.` or `sub/folder`.
  package var folder: String?
  package var gitCommit: String?
  package var gitBranch: String?
  package var gitRemote: String?
  package var gitDirty: String?
  package var files: Int?
  package var bytes: Int64?
  package var submodules: [Submodule]?
  package var leftOut: [Missing]?
  /// Files that differ from the commit; of them, those that `code.patch` does not tell of.
  package var changedFiles: Int?
  package var unpatchedFiles: Int?

  private enum CodingKeys: String, CodingKey {
    case command, folder, files, bytes, submodules
    case gitCommit = "git_commit"
    case gitBranch = "git_branch"
    case gitRemote = "git_remote"
    case gitDirty = "git_dirty"
    case leftOut = "left_out"
    case changedFiles = "changed_files"
    case unpatchedFiles = "unpatched_files"
  }

  init(command: [String], environment: [String: String]) {
    self.command = command
    gitCommit = environment["git_commit"]
    gitBranch = environment["git_branch"]
    gitRemote = environment["git_remote"]
    gitDirty = environment["git_dirty"]
  }

  /// The members of `environment` that tell of git.
  var environment: [String: String] {
    [
      "git_commit": gitCommit, "git_branch": gitBranch, "git_remote": gitRemote,
      "git_dirty": gitDirty,
    ].compactMapValues { $0 }
  }

  mutating func add(_ snapshot: FolderSnapshot, folder: String) {
    self.folder = folder
    files = snapshot.files
    bytes = snapshot.bytes
    submodules = snapshot.submodules.map {
      Submodule(path: $0.path.shown, commit: $0.commit?.hex ?? "")
    }
    leftOut = snapshot.leftOut.map { Missing(path: $0.path.shown, reason: $0.reason.words) }
    changedFiles = snapshot.patch?.files
    unpatchedFiles = snapshot.patch?.leftOut
  }
}
