import Cgit2
import FieldbookModel
import Foundation

/// A git repository without a folder of files, readable by any git, which is told to collect nothing in it.
package struct BareRepository: Sendable {
  package let path: String

  /// Nothing is made on disk before the first write.
  package init(_ path: String) { self.path = path }

  /// Calls `body` with the repository, which is made if need be.
  func withRepository<Value>(_ body: (OpaquePointer) throws -> Value) throws -> Value {
    let repository = try opened()
    defer { git_repository_free(repository) }
    return try body(repository)
  }

  /// Made if need be; the caller frees it.
  func opened() throws -> OpaquePointer {
    try make()
    guard let repository = try open() else { throw failure("open it") }
    return repository
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

  /// Makes it if it is not there: beside its place first, so that nobody ever finds half of one.
  package func make() throws {
    GitLibrary.start
    guard !FileManager.default.fileExists(atPath: path + "/HEAD") else { return }
    let scratch = path + "." + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    var options = git_repository_init_options()
    git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKDIR.rawValue
    options.mode = 0o700
    var repository: OpaquePointer?
    // What a clone begins with: the branch of the team's configs.
    let made = "configs".withCString { head in
      options.initial_head = head
      return git_repository_init_ext(&repository, scratch, &options)
    }
    guard made == 0, let repository else { throw failure("make it") }
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
      ("core.logAllRefUpdates", "false"), ("transfer.hideRefs", "refs/fieldbook"),
    ]
    for (name, value) in settings
    where git_config_set_string(config, name, value) != 0 { throw failure("make it") }
  }

  func failure(_ action: String) -> GitFailure {
    .failed(path, doing: action, reason: GitLibrary.lastError)
  }
}
