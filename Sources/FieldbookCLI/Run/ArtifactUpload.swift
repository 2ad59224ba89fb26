import FieldbookModel
import FieldbookWorkspace
import Foundation

/// Files and folders from this machine into a run.
enum ArtifactUpload {
  /// A file keeps its name; a folder keeps its own name and all below it, except for `.`.
  static func put(_ paths: [String], into folder: String?, of run: RunID, _ workspace: Workspace)
    throws -> [Artifact]
  {
    var names: [(file: String, path: String)] = []
    for path in paths { names += try files(of: path) }
    let prefix = folder.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
    return try names.map { name in
      try workspace.putArtifact(run, path: prefix + name.path, file: name.file)
    }
  }

  private static func files(of path: String) throws -> [(file: String, path: String)] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileFailure.cannotRead(path, reason: "there is no such file")
    }
    let name = (AbsolutePath.of(path) as NSString).lastPathComponent
    guard isFolder.boolValue else { return [(path, name)] }
    let isHere = path.split(separator: "/").allSatisfy { $0 == "." }
    guard let walk = FileManager.default.enumerator(atPath: path) else {
      throw FileFailure.cannotRead(path, reason: "the folder cannot be listed")
    }
    var found: [(file: String, path: String)] = []
    for case let below as String in walk {
      let file = path + "/" + below
      if isHere, below == ".fieldbook" || below == ".git" {
        walk.skipDescendants()
        continue
      }
      var isInner: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isInner),
        !isInner.boolValue
      else { continue }
      found.append((file, isHere ? below : name + "/" + below))
    }
    return found.sorted { $0.path < $1.path }
  }
}
