import Cgit2
import FieldbookModel
import Foundation

/// Which files make up a project: what git follows and what it would, or, without git, all but what tools make.
/// `.fieldbookignore` files take out of both.
package struct FolderListing {
  /// The top of the project.
  package private(set) var root: String
  package private(set) var isGit: Bool
  /// In order; files, links, and whatever else has a name and is no folder.
  package private(set) var paths: [TreePath] = []
  /// Repositories in it, with the commit that each is at: their files are listed like all others.
  package private(set) var submodules: [(path: TreePath, commit: GitObjectID?)] = []
  package private(set) var leftOut: [LeftOut] = []
  /// Of its `.fieldbookignore` files; nil if there is none.
  private var rules: IgnoreRules?

  /// - Throws: `SnapshotFailure.tooManyFiles`, `GitFailure.unreadable`.
  package init(_ folder: String, limits: SnapshotLimits) throws {
    let repository = try ProjectRepository.open(folder)
    defer { git_repository_free(repository) }
    root = ProjectFolder.top(of: folder, in: repository)
    if let repository, git_repository_workdir(repository) != nil {
      isGit = true
      try list(repository, below: TreePath(bytes: []), depth: 0, limits)
    } else {
      isGit = false
      try walk(limits)
    }
    paths.sort()
    try applyRules()
  }

  // MARK: With git

  private mutating func list(
    _ repository: OpaquePointer, below prefix: TreePath, depth: Int, _ limits: SnapshotLimits
  ) throws {
    var index: OpaquePointer?
    guard git_repository_index(&index, repository) == 0, let index else {
      throw GitFailure.unreadable(root, reason: GitLibrary.lastError)
    }
    defer { git_index_free(index) }
    var last: TreePath?
    for place in 0..<git_index_entrycount(index) {
      guard let entry = git_index_get_byindex(index, place)?.pointee, let name = entry.path else {
        continue
      }
      let path = prefix.appending(TreePath(name).bytes)
      // The sides of a merge under way are one file.
      if path == last { continue }
      last = path
      if entry.mode == UInt32(GIT_FILEMODE_COMMIT.rawValue) {
        try enter(path, at: GitObjectID(entry.id), depth, limits)
      } else {
        paths.append(path)
      }
      guard paths.count <= limits.files else {
        throw SnapshotFailure.tooManyFiles(root, limits.files)
      }
    }
    if ProjectRepository.hidesUntracked(repository) { return }
    try listUntracked(repository, index, below: prefix, depth, limits)
  }

  private mutating func listUntracked(
    _ repository: OpaquePointer, _ index: OpaquePointer, below prefix: TreePath, _ depth: Int,
    _ limits: SnapshotLimits
  ) throws {
    var options = git_diff_options()
    git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
    options.flags =
      GIT_DIFF_INCLUDE_UNTRACKED.rawValue | GIT_DIFF_RECURSE_UNTRACKED_DIRS.rawValue
      | GIT_DIFF_IGNORE_SUBMODULES.rawValue | GIT_DIFF_SKIP_BINARY_CHECK.rawValue
      | GIT_DIFF_ENABLE_FAST_UNTRACKED_DIRS.rawValue
    // A folder with a million files is told from a project before all of them are known.
    var bound = Bound(left: limits.files)
    let (result, difference) = withUnsafeMutablePointer(to: &bound) { bound in
      var difference: OpaquePointer?
      options.payload = UnsafeMutableRawPointer(bound)
      options.notify_cb = { _, _, _, payload in
        guard let bound = payload?.assumingMemoryBound(to: Bound.self) else { return 0 }
        bound.pointee.left -= 1
        return bound.pointee.left < 0 ? -1 : 0
      }
      return (git_diff_index_to_workdir(&difference, repository, index, &options), difference)
    }
    if bound.left < 0 { throw SnapshotFailure.tooManyFiles(root, limits.files) }
    guard result == 0, let difference else {
      throw GitFailure.unreadable(root, reason: GitLibrary.lastError)
    }
    defer { git_diff_free(difference) }
    var found: [TreePath] = []
    for place in 0..<git_diff_num_deltas(difference) {
      guard let delta = git_diff_get_delta(difference, place)?.pointee,
        delta.status == GIT_DELTA_UNTRACKED, let name = delta.new_file.path
      else { continue }
      let path = TreePath(name)
      guard path.bytes.last == TreePath.slash else {
        found.append(prefix.appending(path.bytes))
        continue
      }
      // A folder that git does not look into is a repository of its own, or empty.
      try enter(prefix.appending(path.bytes.dropLast()), at: nil, depth, limits)
    }
    try keep(untracked: found, limits.files)
  }

  private struct Bound {
    var left: Int
  }

  private mutating func enter(
    _ path: TreePath, at commit: GitObjectID?, _ depth: Int, _ limits: SnapshotLimits
  ) throws {
    guard depth < 8, let name = path.exactText else {
      leftOut.append(LeftOut(path, .badName))
      return
    }
    var repository: OpaquePointer?
    // Only what is a repository there, not the one around it.
    let found = git_repository_open_ext(
      &repository, root + "/" + name, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
    guard found == 0, let repository else { return }
    defer { git_repository_free(repository) }
    guard git_repository_is_bare(repository) == 0 else { return }
    submodules.append((path, commit ?? FolderListing.head(of: repository)))
    try list(repository, below: path, depth: depth + 1, limits)
  }

  private static func head(of repository: OpaquePointer) -> GitObjectID? {
    var id = git_oid()
    return git_reference_name_to_id(&id, repository, "HEAD") == 0 ? GitObjectID(id) : nil
  }

  // MARK: Without

  private mutating func walk(_ limits: SnapshotLimits) throws {
    var found: [TreePath] = []
    var folders: [TreePath] = [TreePath(bytes: [])]
    while let folder = folders.popLast() {
      for (name, type) in try names(in: folder) {
        let path = folder.appending(name)
        if type == DT_DIR {
          if Machinery.isFolder(name) {
            if !Machinery.isSilent(name) { leftOut.append(LeftOut(path, .machinery)) }
          } else if path.names.count < 64 {
            folders.append(path)
          }
        } else {
          found.append(path)
        }
        guard found.count + folders.count <= limits.filesWithoutGit else {
          throw SnapshotFailure.tooManyFiles(root, limits.filesWithoutGit)
        }
      }
    }
    try keep(untracked: found, limits.filesWithoutGit)
  }

  private mutating func names(in folder: TreePath) throws -> [(name: [UInt8], type: Int)] {
    var out: [(name: [UInt8], type: Int)] = []
    let failure = FolderNames.read(folder, below: root) { name, kind, _ in
      out.append((name, kind == DT_UNKNOWN ? kindOnDisk(folder.appending(name)) : kind))
    }
    if let failure {
      leftOut.append(LeftOut(folder, .cannotRead(String(cString: strerror(failure)))))
    }
    return out
  }

  private func kindOnDisk(_ path: TreePath) -> Int {
    var info = stat()
    let isKnown = path.withPath(below: root) { lstat($0, &info) } == 0
    return isKnown && info.st_mode & S_IFMT == S_IFDIR ? Int(DT_DIR) : Int(DT_UNKNOWN)
  }

  // MARK: What does not belong to a project

  /// Keeps files that nobody put under version control, but for what tools make.
  private mutating func keep(untracked found: [TreePath], _ limit: Int) throws {
    let environments = found.compactMap(Machinery.environment)
    var told: Set<TreePath> = []
    for path in found {
      let names = path.names
      if let place = names.dropLast().firstIndex(where: { Machinery.isFolder(Array($0)) }) {
        let folder = TreePath(bytes: Array(names[...place].joined(separator: [TreePath.slash])))
        if !Machinery.isSilent(Array(names[place])), told.insert(folder).inserted {
          leftOut.append(LeftOut(folder, .machinery))
        }
      } else if let folder = environments.first(where: { path.isBelow($0) }) {
        if told.insert(folder).inserted { leftOut.append(LeftOut(folder, .machinery)) }
      } else {
        paths.append(path)
      }
    }
    guard paths.count <= limit else { throw SnapshotFailure.tooManyFiles(root, limit) }
  }

  private mutating func applyRules() throws {
    let name = Array(IgnoreRules.fileName.utf8)
    let places = paths.filter { $0.name.elementsEqual(name) }.compactMap { path -> String? in
      guard let folder = path.folder else { return "" }
      return folder.exactText.map { "/" + $0 }
    }
    rules = try IgnoreRules(top: root, places: places.sorted())
    paths.removeAll(where: ignores)
  }

  /// Whether a `.fieldbookignore` names the file, be it there or not.
  func ignores(_ path: TreePath) -> Bool {
    guard let rules, let text = path.exactText else { return false }
    return rules.ignores(root + "/" + text)
  }
}

/// Folders that tools make.
private enum Machinery {
  private static let folders = Set(
    [
      ".git", ".fieldbook", "__pycache__", ".venv", "node_modules", "mlruns", "wandb",
      ".ipynb_checkpoints",
      ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".dvc", ".cache",
    ].map { Array($0.utf8) })
  /// Not worth a word.
  private static let silent = Set(
    [
      ".git", ".fieldbook", "__pycache__", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache",
      ".ruff_cache",
    ]
    .map { Array($0.utf8) })

  /// The folder of the Python environment that has this file. Sources: PEP 405; conda's `conda-meta/history`.
  static func environment(_ path: TreePath) -> TreePath? {
    if path.name.elementsEqual("pyvenv.cfg".utf8) { return path.folder }
    guard path.name.elementsEqual("history".utf8), let folder = path.folder,
      folder.name.elementsEqual("conda-meta".utf8)
    else { return nil }
    return folder.folder
  }

  static func isFolder(_ name: some Collection<UInt8>) -> Bool { folders.contains(Array(name)) }
  static func isSilent(_ name: some Collection<UInt8>) -> Bool { silent.contains(Array(name)) }
}
