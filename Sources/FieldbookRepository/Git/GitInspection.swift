import Cgit2
import FieldbookModel

/// What git says of a folder.
package struct GitState: Equatable, Sendable {
  /// Nil before the first commit.
  package var commit: String?
  /// Nil when HEAD is detached.
  package var branch: String?
  /// URL of `origin`, as configured.
  package var remote: String?
  /// Changed and untracked files that are not ignored; at most `GitInspection.fileLimit` are named.
  package var dirtyFiles: [String]
  /// The folder that they are named from; nil for a repository without one.
  package var root: String?
  package var isDirty: Bool { !dirtyFiles.isEmpty }
}

package enum GitInspection {
  package static let fileLimit = 1000

  /// Nil where there is no repository.
  package static func state(of folder: String) throws -> GitState? {
    guard let repository = try ProjectRepository.open(folder) else { return nil }
    defer { git_repository_free(repository) }
    var state = GitState(commit: nil, branch: nil, remote: nil, dirtyFiles: [])
    var head: OpaquePointer?
    if git_repository_head(&head, repository) == 0, let head {
      defer { git_reference_free(head) }
      if let id = git_reference_target(head) {
        var text = [CChar](repeating: 0, count: 41)
        git_oid_tostr(&text, text.count, id)
        state.commit = String(
          decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      if git_reference_is_branch(head) == 1, let name = git_reference_shorthand(head) {
        state.branch = String(cString: name)
      }
    }
    var remote: OpaquePointer?
    if git_remote_lookup(&remote, repository, "origin") == 0, let remote {
      defer { git_remote_free(remote) }
      state.remote = git_remote_url(remote).map { String(cString: $0) }
    }
    if git_repository_is_bare(repository) == 0 {
      let root = git_repository_workdir(repository).map { String(cString: $0) }
      state.root = root.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
      state.dirtyFiles = try dirtyFiles(repository, folder)
    }
    return state
  }

  private static func dirtyFiles(_ repository: OpaquePointer, _ folder: String) throws -> [String] {
    var options = git_status_options()
    git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION))
    options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR
    options.flags =
      GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue
      | GIT_STATUS_OPT_EXCLUDE_SUBMODULES.rawValue
    var list: OpaquePointer?
    guard git_status_list_new(&list, repository, &options) == 0, let list else {
      throw GitFailure.unreadable(folder, reason: GitLibrary.lastError)
    }
    defer { git_status_list_free(list) }
    var files: [String] = []
    for index in 0..<min(git_status_list_entrycount(list), fileLimit) {
      guard let entry = git_status_byindex(list, index) else { continue }
      let delta = entry.pointee.index_to_workdir ?? entry.pointee.head_to_index
      if let path = delta?.pointee.new_file.path { files.append(String(cString: path)) }
    }
    return files
  }
}
