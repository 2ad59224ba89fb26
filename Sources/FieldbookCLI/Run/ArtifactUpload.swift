import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// Files and folders from this machine into a run.
struct ArtifactUpload {
  private(set) var added: [Artifact] = []
  /// Files of the folders that `.fieldbookignore` names, as they were asked for.
  private(set) var leftOut: [String] = []
  /// What else of the folders was passed over, as it was asked for, and why.
  private var passedOver: [(path: String, reason: String)] = []
  private var names: [(file: String, path: String)] = []

  /// A file keeps its name; a folder keeps its own name and all below it, except for `.`. A file that is named itself
  /// is taken whatever the rules say.
  static func put(_ paths: [String], into folder: String?, of run: RunID, _ workspace: Workspace)
    throws -> ArtifactUpload
  {
    var upload = ArtifactUpload()
    for path in paths { try upload.collect(path, workspace) }
    let prefix = folder.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
    for name in upload.names {
      upload.added.append(
        try workspace.putArtifact(run, path: prefix + name.path, file: name.file))
    }
    return upload
  }

  private mutating func collect(_ path: String, _ workspace: Workspace) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileFailure.cannotRead(path, reason: "there is no such file")
    }
    let absolute = AbsolutePath.of(path)
    let name = (absolute as NSString).lastPathComponent
    guard isFolder.boolValue else {
      var info = stat()
      guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
        throw FileFailure.cannotRead(path, reason: "it is neither a file nor a folder")
      }
      return names.append((path, name))
    }
    let isHere = path.split(separator: "/").allSatisfy { $0 == "." }
    let isInside = absolute.hasPrefix(workspace.dir + "/")
    let rules = try IgnoreRules(folder: absolute, top: isInside ? workspace.dir : absolute)
    guard let walk = FileManager.default.enumerator(atPath: path) else {
      throw FileFailure.cannotRead(path, reason: "the folder cannot be listed")
    }
    var found: [(file: String, path: String)] = []
    for case let below as String in walk {
      let file = path + "/" + below
      if ArtifactUpload.isOwn((below as NSString).lastPathComponent) {
        walk.skipDescendants()
        passedOver.append((file, "a replica or a repository is no result"))
        continue
      }
      var info = stat()
      guard stat(file, &info) == 0 else {
        passedOver.append((file, "it leads nowhere"))
        continue
      }
      guard info.st_mode & S_IFMT == S_IFREG else {
        // Plain folders are walked into.
        guard lstat(file, &info) == 0, info.st_mode & S_IFMT != S_IFDIR else { continue }
        if info.st_mode & S_IFMT == S_IFLNK {
          passedOver.append((file, "links to folders are not followed"))
        } else {
          passedOver.append((file, "it is no file"))
        }
        continue
      }
      if rules?.ignores(absolute + "/" + below) == true {
        leftOut.append(file)
      } else {
        found.append((file, isHere ? below : name + "/" + below))
      }
    }
    names += found.sorted { $0.path < $1.path }
  }

  /// Replicas, with their keys, and repositories are no results.
  private static func isOwn(_ name: String) -> Bool {
    name == ".git" || name == ".fieldbook" || name == ".fieldbook-set-aside"
      || name.hasPrefix(".fieldbook-restoring-") || name.hasPrefix(PartFile.prefix)
  }

  /// Says what was left out and why, if anything was; and that nothing was added, if so.
  func tellLeftOut(_ console: Console) {
    if !leftOut.isEmpty {
      let some = leftOut.sorted().prefix(5).joined(separator: ", ")
      console.status(
        Phrase("left out by \(IgnoreRules.fileName): ", .yellow)
          + Phrase(
            "\(Wording.count(leftOut.count, "file")) (\(some)\(leftOut.count > 5 ? ", …" : ""))"))
    }
    for reason in Set(passedOver.map(\.reason)).sorted() {
      let paths = passedOver.filter { $0.reason == reason }.map(\.path).sorted()
      let some = paths.prefix(5).joined(separator: ", ")
      console.status(
        Phrase("left out: ", .yellow)
          + Phrase("\(some)\(paths.count > 5 ? ", …" : "") (\(reason))"))
    }
    if added.isEmpty {
      console.warning(
        leftOut.isEmpty && passedOver.isEmpty
          ? "there was no file to add" : "nothing was added: all of it was left out")
    }
  }
}
