import Cgit2
import FieldbookModel

/// A snapshot out of its files, as an archive holds them: the same commit, or none.
///
/// First without a repository, which names everything and writes nothing: what does not add up to the commit leaves no trace.
package final class SnapshotRebuilding {
  private let snapshots: SnapshotRepository?
  private let commit: GitObjectID
  /// The commit's bytes, as git has them.
  private let object: [UInt8]
  private let tree: GitObjectID
  private let repository: OpaquePointer?
  private let writer: ObjectWriter?
  private let taker: any ObjectTaking
  private var files: [(path: TreePath, entry: TreeEntry)] = []
  private static let filesMax = 200_000

  /// A larger one is no object, here and in a sync.
  package static let fileBytesMax = ObjectFrame.objectBytesMax

  /// - Parameter snapshots: where it is kept; nil for a trial.
  /// - Throws: `SnapshotFailure.hostile` if the bytes are not the commit's.
  package init(_ commit: GitObjectID, object: [UInt8], in snapshots: SnapshotRepository?) throws {
    self.snapshots = snapshots
    self.commit = commit
    self.object = object
    guard let tree = GitObject.tree(ofCommit: object),
      try ObjectNaming().add(GIT_OBJECT_COMMIT, object) == commit
    else { throw SnapshotFailure.hostile("its commit is not what its name says") }
    self.tree = tree
    if let snapshots {
      let opened = try snapshots.bare.opened()
      repository = opened
      let writer = try ObjectWriter(opened, path: snapshots.bare.path)
      self.writer = writer
      taker = writer
    } else {
      (repository, writer, taker) = (nil, nil, ObjectNaming())
    }
  }

  deinit { repository.map(git_repository_free) }

  /// - Parameters:
  ///   - path: from the top of the snapshot: `code/train.py`.
  ///   - bytes: of a link, where it leads.
  package func add(_ path: TreePath, _ kind: TreeEntry.Kind, _ bytes: [UInt8]) throws {
    guard kind != .folder, path.names.allSatisfy({ TreePath.isGoodName($0) }) else {
      throw SnapshotFailure.hostile("\(path.shown) is no name for a file")
    }
    guard files.count < SnapshotRebuilding.filesMax, path.names.count <= 128 else {
      throw SnapshotFailure.hostile("it holds too many files, or too deep ones")
    }
    guard bytes.count <= SnapshotRebuilding.fileBytesMax else {
      throw SnapshotFailure.hostile("\(path.shown) is too large")
    }
    files.append((path, TreeEntry(kind, try taker.add(GIT_OBJECT_BLOB, bytes))))
  }

  /// Checks that this is all of it and, unless it was a trial, keeps it by the run's name, safe from a power cut.
  ///
  /// - Throws: `SnapshotFailure.hostile` if the files make another snapshot.
  package func finish(run: String) throws {
    guard try taker.tree(files) == tree || isWithoutCode() else {
      throw SnapshotFailure.hostile("its files make another one")
    }
    guard let writer, let snapshots else { return }
    _ = try writer.add(GIT_OBJECT_COMMIT, object)
    try writer.finish()
    try snapshots.restore([run: commit])
  }
  /// True for the snapshot of a project without files: no file tells of its `code`, which is there and empty.
  private func isWithoutCode() throws -> Bool {
    let code = TreePath("code")
    guard !files.contains(where: { $0.path == code || $0.path.isBelow(code) }) else { return false }
    let empty = try taker.tree([])
    return try taker.tree(files + [(code, TreeEntry(.folder, empty))]) == tree
  }
}

extension BareRepository {
  /// The bytes of a commit as git has them; nil if it is not here.
  package func object(ofCommit commit: GitObjectID) throws -> [UInt8]? {
    try withObjects { objects, _ in
      objects.read(commit).flatMap { $0.kind == GIT_OBJECT_COMMIT ? $0.bytes : nil }
    } ?? nil
  }

  /// Every file of a commit with its bytes, in git's order; of a link, where it leads.
  ///
  /// - Throws: as `files(of:)`.
  package func eachFile(
    of commit: GitObjectID, _ body: (SnapshotFile, [UInt8]) throws -> Void
  ) throws {
    let files = try files(of: commit)
    guard let repository = try open() else { throw SnapshotFailure.notHere(commit) }
    defer { git_repository_free(repository) }
    for file in files where file.entry.kind != .folder {
      try body(file, try bytes(of: file.entry.object, repository))
    }
  }
}
