import Foundation

/// A git repository in a temporary folder, written by git itself.
package struct GitFolder: Sendable {
  package let path: String

  package init(_ path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try git("init", "--quiet", "--initial-branch=main")
  }

  /// One that is there.
  package init(reading path: String) { self.path = path }

  @discardableResult
  package func git(_ words: String...) throws -> String { try run(words) }

  @discardableResult
  package func run(_ words: [String]) throws -> String {
    let answer = try Command(
      "git", ["-C", path] + words,
      variables: [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": path,
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@example.org",
        "GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@example.org",
      ]
    ).answer()
    guard answer.status == 0 else { throw TestFailure("git \(words) failed: \(answer.err)") }
    return answer.out.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  package func write(_ text: String, to file: String) throws {
    let url = URL(fileURLWithPath: path + "/" + file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// The new commit's id.
  @discardableResult
  package func commit(_ message: String) throws -> String {
    try git("add", "--all")
    try git("commit", "--quiet", "--message", message)
    return try git("rev-parse", "HEAD")
  }
}
