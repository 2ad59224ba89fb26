import Cgit2
import Crypto
import FieldbookModel
import Foundation

/// The replica's git repository: bare, one commit a run, readable by any git.
///
/// A run's snapshot is `refs/fieldbook/runs/<run id>`. The reference is made last: if it is there, so is all that it
/// reaches. Git itself is told to collect nothing here.
package final class SnapshotRepository: Sendable {
  package let path: String
  let contents: ContentStore
  /// Loose references beyond which they are put into one file.
  private static let looseMax = 1024

  /// Nothing is made on disk before the first snapshot.
  package init(path: String, contents: ContentStore) {
    self.path = path
    self.contents = contents
  }

  package static func reference(_ run: String) -> String { "refs/fieldbook/runs/" + run }

  // MARK: Opening

  /// Calls `body` with the repository, which is made if need be.
  func withRepository<Value>(_ body: (OpaquePointer) throws -> Value) throws -> Value {
    try make()
    guard let repository = try open() else { throw failure("open it") }
    defer { git_repository_free(repository) }
    return try body(repository)
  }

  /// Nil if there is none yet.
  func open() throws -> OpaquePointer? {
    GitLibrary.start
    guard FileManager.default.fileExists(atPath: path + "/HEAD") else { return nil }
    var repository: OpaquePointer?
    guard git_repository_open_bare(&repository, path) == 0, let repository else {
      throw failure("open it")
    }
    return repository
  }

  /// Beside its place first, so that nobody ever finds half of one.
  private func make() throws {
    GitLibrary.start
    guard !FileManager.default.fileExists(atPath: path + "/HEAD") else { return }
    let scratch = path + "." + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    var options = git_repository_init_options()
    git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKDIR.rawValue
    options.mode = 0o700
    var repository: OpaquePointer?
    guard git_repository_init_ext(&repository, scratch, &options) == 0, let repository else {
      throw failure("make it")
    }
    defer { git_repository_free(repository) }
    try configure(repository)
    guard chmod(scratch, 0o700) == 0 else { throw failure("make it") }
    if rename(scratch, path) != 0, !FileManager.default.fileExists(atPath: path + "/HEAD") {
      throw GitFailure.failed(path, doing: "make it", reason: String(cString: strerror(errno)))
    }
  }

  private func configure(_ repository: OpaquePointer) throws {
    var config: OpaquePointer?
    guard git_repository_config(&config, repository) == 0, let config else {
      throw failure("make it")
    }
    defer { git_config_free(config) }
    let settings = [
      ("gc.auto", "0"), ("gc.pruneExpire", "never"), ("extensions.preciousObjects", "true"),
      ("core.logAllRefUpdates", "false"), ("transfer.hideRefs", "refs/fieldbook/runs"),
    ]
    for (name, value) in settings
    where git_config_set_string(config, name, value) != 0 { throw failure("make it") }
  }

  // MARK: Writing

  /// - Parameter rest: what lies beside the code, and the commit's message, once it is known what was taken.
  /// - Returns: the commit; safe from a power cut.
  package func take(_ draft: SnapshotDraft, rest: (FolderSnapshot?) -> SnapshotDraft.Rest) throws
    -> (commit: GitObjectID, folder: FolderSnapshot?)
  {
    try withRepository { repository in
      let writer = try ObjectWriter(repository, path: path)
      var reader: FolderReader?
      var folder: FolderSnapshot?
      if let listing = draft.listing {
        var reading = FolderReader(
          limits: draft.limits, contents: contents, writer: writer,
          cache: StatCache(try cacheFile(of: listing.root)), secret: draft.secret)
        folder = try reading.read(listing)
        reader = reading
      }
      let rest = rest(folder)
      let commit = try commit(draft, rest, folder, writer)
      try writer.finish()
      reader?.keepCache()
      try refer(repository, to: commit, by: SnapshotRepository.reference(draft.run))
      return (commit, folder)
    }
  }

  private func commit(
    _ draft: SnapshotDraft, _ rest: SnapshotDraft.Rest, _ folder: FolderSnapshot?,
    _ writer: ObjectWriter
  ) throws -> GitObjectID {
    let beside = try rest.files.map { ($0.path, TreeEntry(.file, try writer.blob($0.bytes))) }
    var top: [(name: [UInt8], entry: TreeEntry)] = []
    if let folder { top.append((Array("code".utf8), TreeEntry(.folder, folder.tree))) }
    for (name, entries) in Dictionary(grouping: beside, by: { Array($0.0.names[0]) }) {
      if entries.count == 1, entries[0].0.names.count == 1 {
        top.append((name, entries[0].1))
      } else {
        let below = entries.map { path, entry in
          (TreePath(bytes: Array(path.bytes.dropFirst(name.count + 1))), entry)
        }
        top.append((name, TreeEntry(.folder, try writer.tree(below))))
      }
    }
    let tree = try writer.folder(top)
    let person =
      SnapshotDraft.line(draft.author) + " <" + SnapshotDraft.line(draft.address) + "> "
      + "\(draft.time.milliseconds / 1000) +0000"
    let text = "tree \(tree.hex)\nauthor \(person)\ncommitter \(person)\n\n\(rest.message)"
    return try writer.add(GIT_OBJECT_COMMIT, Array(text.utf8))
  }

  private func refer(_ repository: OpaquePointer, to commit: GitObjectID, by name: String) throws {
    var id = commit.raw
    var reference: OpaquePointer?
    guard git_reference_create(&reference, repository, name, &id, 0, nil) == 0 else {
      throw failure("make \(name)")
    }
    git_reference_free(reference)
    let loose = try? FileManager.default.contentsOfDirectory(atPath: path + "/refs/fieldbook/runs")
    guard let loose, loose.count > SnapshotRepository.looseMax else { return }
    var database: OpaquePointer?
    guard git_repository_refdb(&database, repository) == 0 else { return }
    // Another process may be at it.
    _ = git_refdb_compress(database)
    git_refdb_free(database)
  }

  /// One for each folder that snapshots were taken of.
  private func cacheFile(of root: String) throws -> String {
    let folder = path + "/fieldbook"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw GitFailure.failed(folder, doing: "make it", reason: SystemReason.words(error))
    }
    return folder + "/index-" + Hex.encode(Array(SHA256.hash(data: Data(root.utf8))).prefix(8))
  }

  func failure(_ action: String) -> GitFailure {
    .failed(path, doing: action, reason: GitLibrary.lastError)
  }
}
