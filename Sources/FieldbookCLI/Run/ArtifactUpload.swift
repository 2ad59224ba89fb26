import FieldbookDocuments
import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// Files and folders from this machine into a run.
struct ArtifactUpload {
  private(set) var added: [Artifact] = []
  /// Files of the folders that `.fieldbookignore` names, as they were asked for.
  private(set) var leftOut: [String] = []
  /// What else in the folders is no artifact, as it was asked for, and why.
  private(set) var skipped: [(path: String, reason: String)] = []
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
    let absolute = try AbsolutePath.of(path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileFailure.cannotRead(path, reason: "there is no such file")
    }
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
    let listing = try ArtifactListing(
      absolute, shown: path, reasonAgainst: ArtifactUpload.reasonAgainst)
    var found: [(file: String, path: String)] = []
    for below in listing.files {
      if rules?.ignores(absolute + "/" + below) == true {
        leftOut.append(path + "/" + below)
      } else {
        found.append((path + "/" + below, isHere ? below : name + "/" + below))
      }
    }
    skipped += listing.skipped.map { (path + "/" + $0.path.shown, $0.reason) }
    names += found.sorted { $0.path < $1.path }
  }

  private static func reasonAgainst(_ name: String) -> String? {
    if name == "device.key" { return "a device's key stays on its machine" }
    let isOwn =
      [".git", ".fieldbook", ".fieldbook-set-aside"].contains(name)
      || name.hasPrefix(".fieldbook-restoring-") || name.hasPrefix(PartFile.prefix)
    return isOwn ? "a replica or a repository is no result" : nil
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
    for reason in Set(skipped.map(\.reason)).sorted() {
      let paths = skipped.filter { $0.reason == reason }.map(\.path).sorted()
      let some = paths.prefix(5).joined(separator: ", ")
      console.status(
        Phrase("left out: ", .yellow)
          + Phrase("\(some)\(paths.count > 5 ? ", …" : "") (\(reason))"))
    }
    if added.isEmpty {
      console.warning(
        leftOut.isEmpty && skipped.isEmpty
          ? "there was no file to add" : "nothing was added: all of it was left out")
    }
  }
}

extension JSON {
  static func skipped(_ upload: ArtifactUpload) -> JSON {
    .array(upload.skipped.map { ["path": .string($0.path), "reason": .string($0.reason)] })
  }
}
