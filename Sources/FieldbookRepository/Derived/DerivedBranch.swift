import Cgit2
import FieldbookModel

/// A branch that follows from something else: the same commits wherever it is made from the same, and made anew when that changes.
package struct DerivedBranch: Sendable {
  /// One commit: who, when, why, and all files as they are then.
  package struct Commit: Sendable {
    package var author: String
    package var address: String
    package var time: Timestamp
    package var message: String
    /// By path; a path that is a folder of another, or no good name, is left out.
    package var files: [String: String]

    package init(
      author: String, address: String, time: Timestamp, message: String, files: [String: String]
    ) {
      self.author = author
      self.address = address
      self.time = time
      self.message = message
      self.files = files
    }
  }

  package let bare: BareRepository
  package let name: String

  package init(_ bare: BareRepository, name: String) {
    self.bare = bare
    self.name = name
  }

  private var reference: String { "refs/heads/" + name }

  /// Nil if it was not made yet.
  package func tip() throws -> GitObjectID? {
    guard let repository = try bare.open() else { return nil }
    defer { git_repository_free(repository) }
    return bare.target(of: reference, repository)
  }

  /// Makes the branch be these commits, the oldest first; without any there is no branch.
  ///
  /// - Parameter forgetting: objects of the branch as it was before, which no reference reaches now, are taken off the disk.
  /// - Returns: the commits' names.
  @discardableResult
  package func write(_ commits: [Commit], forgetting: Bool = false) throws -> [GitObjectID] {
    if commits.isEmpty, try bare.open() == nil { return [] }
    return try bare.withRepository { repository in
      let before = forgetting ? bare.target(of: reference, repository) : nil
      let stale = try before.map {
        bare.reached(from: [$0], try ObjectDatabase(repository, path: bare.path))
      }
      let writing = try DerivedCommits(bare, repository, journal: name)
      var ids: [GitObjectID] = []
      for commit in commits { ids.append(try add(commit, after: ids.last, writing)) }
      try writing.finish()
      try writing.point(reference, to: ids.last)
      // So that whoever clones the repository gets these files, where it had no other branch.
      if !ids.isEmpty, git_repository_head_unborn(repository) == 1 {
        _ = git_repository_set_head(repository, reference)
      }
      if forgetting { try DerivedJournal(bare, name: name).forget(stale ?? []) }
      return ids
    }
  }

  private func add(_ commit: Commit, after parent: GitObjectID?, _ writing: DerivedCommits) throws
    -> GitObjectID
  {
    let entries = try DerivedCommits.placed(commit.files.keys).map { path in
      (
        path: TreePath(path),
        entry: TreeEntry(.file, try writing.blob(commit.files[path] ?? ""))
      )
    }
    return try writing.commit(
      entries, after: parent,
      by: .init(name: commit.author, address: commit.address, time: commit.time),
      saying: commit.message)
  }
}
