import Cgit2
import FieldbookModel
import Foundation

/// Commits that follow from something else: the same wherever they are made from the same. What was ever written for them is
/// known, so that it can be taken off the disk.
final class DerivedCommits {
  /// Who a commit says that it is of, and when.
  struct Author {
    var name: String
    var address: String
    var time: Timestamp

    fileprivate var line: String {
      SnapshotDraft.line(name) + " <" + SnapshotDraft.line(address) + "> "
        + "\(time.milliseconds / 1000) +0000"
    }
  }

  let bare: BareRepository
  let repository: OpaquePointer
  private let writer: ObjectWriter
  private let objects: ObjectDatabase
  private var blobs: [String: GitObjectID] = [:]

  /// - Parameters:
  ///   - repository: must outlive this.
  ///   - journal: its name.
  init(_ bare: BareRepository, _ repository: OpaquePointer, journal: String) throws {
    self.bare = bare
    self.repository = repository
    let journal = DerivedJournal(bare, name: journal)
    objects = try ObjectDatabase(repository, path: bare.path)
    // Each object a file of its own, so that one can be taken away.
    writer = try ObjectWriter(repository, path: bare.path, packs: false, noting: journal.note)
  }

  func blob(_ text: String) throws -> GitObjectID {
    if let known = blobs[text] { return known }
    let made = try writer.blob(Array(text.utf8))
    blobs[text] = made
    return made
  }

  /// Of objects that are here, or were given to this.
  ///
  /// - Parameter entries: each path once; none is a folder of another.
  func commit(
    _ entries: [(path: TreePath, entry: TreeEntry)], after parent: GitObjectID?, by author: Author,
    saying message: String
  ) throws -> GitObjectID {
    let tree = try writer.tree(entries)
    let before = parent.map { "parent \($0.hex)\n" } ?? ""
    let text =
      "tree \(tree.hex)\n\(before)author \(author.line)\ncommitter \(author.line)\n\n\(message)"
    return try writer.add(GIT_OBJECT_COMMIT, Array(text.utf8))
  }

  /// Nil if it is not here.
  func read(_ id: GitObjectID) -> [UInt8]? { objects.read(id)?.bytes }

  /// What lies at the top of a snapshot; nothing of what is not here, or is none.
  func top(of snapshot: GitObjectID) -> [SnapshotFile] {
    (try? BareRepository.top(of: snapshot, objects)) ?? []
  }

  /// After it what was made may be referred to. Returns all objects that were made, whether or not they were here.
  @discardableResult
  func finish() throws -> Set<GitObjectID> {
    try writer.finish()
    return writer.named
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
}
