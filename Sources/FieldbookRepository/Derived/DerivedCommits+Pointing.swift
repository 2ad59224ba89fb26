import Cgit2
import FieldbookModel
import Foundation

extension DerivedCommits {
  /// How long a lock of somebody else is waited for, in milliseconds.
  private static let patience = 5000
  /// A lock is held while a line is written. One that is older, in seconds, was left by a program that was killed.
  private static let oldLock = 2

  /// Makes a reference be a commit, or takes it away. Others may be making it at this moment, from the same things: they are
  /// waited for.
  func point(_ reference: String, to commit: GitObjectID?) throws {
    var waited = 0
    while bare.target(of: reference, repository) != commit {
      let code = set(reference, to: commit)
      if code == 0 { return }
      guard code == GIT_ELOCKED.rawValue, waited < DerivedCommits.patience else {
        throw bare.failure(commit == nil ? "take away \(reference)" : "make \(reference)")
      }
      removeOldLock(of: reference)
      usleep(5000)
      waited += 5
    }
  }

  private func set(_ reference: String, to commit: GitObjectID?) -> Int32 {
    guard let commit else { return git_reference_remove(repository, reference) }
    var id = commit.raw
    var made: OpaquePointer?
    defer { git_reference_free(made) }
    return git_reference_create(&made, repository, reference, &id, 1, nil)
  }

  private func removeOldLock(of reference: String) {
    let lock = bare.path + "/" + reference + ".lock"
    var info = stat()
    guard lstat(lock, &info) == 0 else { return }
    if abs(time(nil) - info.st_mtim.tv_sec) > DerivedCommits.oldLock { unlink(lock) }
  }
}
