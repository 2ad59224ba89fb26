import Cgit2
import FieldbookModel
import Foundation

/// The repository that a folder belongs to.
enum ProjectRepository {
  /// Nil where there is none, or only one around it that does not follow the folder: a home folder under version control is no
  /// project.
  ///
  /// - Returns: to be freed by the caller.
  /// - Throws: `GitFailure.unreadable`.
  static func open(_ folder: String) throws -> OpaquePointer? {
    GitLibrary.start
    var repository: OpaquePointer?
    let found = git_repository_open_ext(&repository, folder, 0, nil)
    if found == GIT_ENOTFOUND.rawValue { return nil }
    guard found == 0, let repository else {
      throw GitFailure.unreadable(folder, reason: GitLibrary.lastError)
    }
    if isForeign(folder, repository) {
      git_repository_free(repository)
      return nil
    }
    return repository
  }

  /// True for a repository of a home folder, or one that shows no untracked files, in which no file of the folder is followed.
  private static func isForeign(_ folder: String, _ repository: OpaquePointer) -> Bool {
    guard let top = git_repository_workdir(repository) else { return false }
    let root = resolved(String(cString: top))
    let own = resolved(folder)
    guard own != root, own.hasPrefix(root == "/" ? "/" : root + "/") else { return false }
    guard root == "/" || root == resolved(NSHomeDirectory()) || hidesUntracked(repository) else {
      return false
    }
    var index: OpaquePointer?
    guard git_repository_index(&index, repository) == 0, let index else { return false }
    defer { git_index_free(index) }
    let below = own.dropFirst(root == "/" ? 1 : root.utf8.count + 1) + "/"
    var place = 0
    return git_index_find_prefix(&place, index, String(below)) != 0
  }

  /// Source: git-config(1), `status.showUntrackedFiles`.
  static func hidesUntracked(_ repository: OpaquePointer) -> Bool {
    var config: OpaquePointer?
    guard git_repository_config_snapshot(&config, repository) == 0, let config else { return false }
    defer { git_config_free(config) }
    var value: UnsafePointer<CChar>?
    guard git_config_get_string(&value, config, "status.showuntrackedfiles") == 0, let value else {
      return false
    }
    return ["no", "false", "off", "0"].contains(String(cString: value).lowercased())
  }

  private static func resolved(_ path: String) -> String {
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    return real.count > 1 && real.hasSuffix("/") ? String(real.dropLast()) : real
  }
}
