import Cgit2
import FieldbookModel
import Foundation

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
  /// Every object that was ever written for it, a line each: what is looked through when something has to be gone.
  private var journal: String { "\(bare.path)/fieldbook/\(name)-objects" }

  /// Nil if it was not made yet.
  package func tip() throws -> GitObjectID? {
    guard let repository = try bare.open() else { return nil }
    defer { git_repository_free(repository) }
    return tip(repository)
  }

  private func tip(_ repository: OpaquePointer) -> GitObjectID? {
    var id = git_oid()
    guard git_reference_name_to_id(&id, repository, reference) == 0 else { return nil }
    return GitObjectID(id)
  }

  /// Makes the branch be these commits, the oldest first; without any there is no branch.
  ///
  /// - Parameter forgetting: objects of the branch as it was before, which neither it nor a snapshot names now, are taken off
  ///   the disk.
  /// - Returns: the commits' names.
  @discardableResult
  package func write(_ commits: [Commit], forgetting: Bool = false) throws -> [GitObjectID] {
    if commits.isEmpty, try bare.open() == nil { return [] }
    return try bare.withRepository { repository in
      // Each object a file of its own, so that one can be taken away.
      let writer = try ObjectWriter(repository, path: bare.path, packs: false, noting: note)
      var blobs: [String: GitObjectID] = [:]
      var ids: [GitObjectID] = []
      for commit in commits {
        ids.append(try add(commit, after: ids.last, writer, &blobs))
      }
      try writer.finish()
      let before = forgetting ? try tip(repository).map { try reached(from: $0, repository) } : nil
      try point(repository, to: ids.last)
      if forgetting { try forget(before ?? [], besides: writer.named) }
      return ids
    }
  }

  private func add(
    _ commit: Commit, after parent: GitObjectID?, _ writer: ObjectWriter,
    _ blobs: inout [String: GitObjectID]
  ) throws -> GitObjectID {
    let paths = DerivedBranch.placed(commit.files.keys)
    let entries = try paths.map { path in
      let text = commit.files[path] ?? ""
      let blob = try blobs[text] ?? writer.blob(Array(text.utf8))
      blobs[text] = blob
      return (path: TreePath(path), entry: TreeEntry(.file, blob))
    }
    let tree = try writer.tree(entries)
    let person =
      SnapshotDraft.line(commit.author) + " <" + SnapshotDraft.line(commit.address) + "> "
      + "\(commit.time.milliseconds / 1000) +0000"
    let before = parent.map { "parent \($0.hex)\n" } ?? ""
    let text =
      "tree \(tree.hex)\n\(before)author \(person)\ncommitter \(person)\n\n\(commit.message)"
    return try writer.add(GIT_OBJECT_COMMIT, Array(text.utf8))
  }

  /// Those that one folder can hold, in the order of their bytes: of a file and a folder of one name, the file.
  static func placed(_ paths: some Collection<String>) -> [String] {
    let good = paths.filter { path in
      let parts = path.utf8.split(separator: TreePath.slash, omittingEmptySubsequences: false)
      return parts.count <= 64 && parts.allSatisfy { TreePath.isGoodName(Array($0)) }
    }
    let files = Set(good.map { TreePath($0) })
    return good.filter { path in
      var folder = TreePath(path).folder
      while let above = folder {
        if files.contains(above) { return false }
        folder = above.folder
      }
      return true
    }.sorted { TreePath($0) < TreePath($1) }
  }

  private func point(_ repository: OpaquePointer, to commit: GitObjectID?) throws {
    guard let commit else {
      if tip(repository) != nil, git_reference_remove(repository, reference) != 0 {
        throw bare.failure("take away \(reference)")
      }
      return
    }
    guard tip(repository) != commit else { return }
    var id = commit.raw
    var made: OpaquePointer?
    guard git_reference_create(&made, repository, reference, &id, 1, nil) == 0 else {
      throw bare.failure("make \(reference)")
    }
    git_reference_free(made)
    // So that whoever clones the repository gets these files, where it had no other branch.
    if git_repository_head_unborn(repository) == 1 {
      _ = git_repository_set_head(repository, reference)
    }
  }

  // MARK: Forgetting

  private func note(_ objects: [GitObjectID]) throws {
    guard !objects.isEmpty else { return }
    let folder = PathText.folder(of: journal)
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = Foundation.open(journal, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw GitFailure.failed(journal, doing: "write it", reason: String(cString: strerror(errno)))
    }
    defer { close(file) }
    let lines = Array(objects.map { $0.hex + "\n" }.joined().utf8)
    guard
      lines.withUnsafeBytes({ Foundation.write(file, $0.baseAddress, $0.count) }) == lines.count,
      fdatasync(file) == 0
    else {
      throw GitFailure.failed(journal, doing: "write it", reason: String(cString: strerror(errno)))
    }
  }

  /// Of the branch as it is: a restored replica has it, and no list of what was ever written.
  private func reached(from tip: GitObjectID, _ repository: OpaquePointer) throws
    -> Set<GitObjectID>
  {
    let database = try ObjectDatabase(repository, path: bare.path)
    var seen: Set<GitObjectID> = []
    var open = [tip]
    while let object = open.popLast() {
      guard seen.insert(object).inserted, let (kind, bytes) = database.read(object) else {
        continue
      }
      if kind == GIT_OBJECT_TREE { open += GitObject.entries(ofTree: bytes)?.map(\.object) ?? [] }
      guard kind == GIT_OBJECT_COMMIT else { continue }
      for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
        guard !line.isEmpty else { break }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count == 2, words[0] == "tree" || words[0] == "parent" else { continue }
        if let named = GitObjectID(hex: String(words[1])) { open.append(named) }
      }
    }
    return seen
  }

  private func forget(_ before: Set<GitObjectID>, besides kept: Set<GitObjectID>) throws {
    let lines = FileManager.default.contents(atPath: journal).map {
      String(decoding: $0, as: UTF8.self).split(separator: "\n")
    }
    let written = Set((lines ?? []).compactMap { GitObjectID(hex: String($0)) })
    let stale = written.union(before).subtracting(kept)
    guard !stale.isEmpty else { return }
    let shared = try bare.reachedBySnapshots()
    for object in stale where !shared.contains(object) {
      let hex = object.hex
      unlink("\(bare.path)/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
    }
    let left = written.intersection(kept.union(shared)).map { $0.hex + "\n" }.sorted().joined()
    try? Data(left.utf8).write(to: URL(fileURLWithPath: journal), options: .atomic)
  }
}
