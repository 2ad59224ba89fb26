import FieldbookModel
import Foundation

/// The files of a folder that a run can have as artifacts, and what it cannot have.
package struct ArtifactListing {
  package struct Skipped: Equatable, Sendable {
    package var path: TreePath
    package var reason: String
  }

  /// Below the folder, in order.
  package private(set) var files: [String] = []
  package private(set) var skipped: [Skipped] = []

  private static let depthMax = 128
  private let root: String
  /// The folder itself, without links on the way.
  private let real: String

  /// Links are followed to files of the folder, and no further.
  ///
  /// - Parameter reasonAgainst: why what has this name is left out, with all below it.
  /// - Throws: `ContentFailure.cannotRead` for a file or folder that may not be read.
  package init(_ root: String, shown: String, reasonAgainst: (String) -> String?) throws {
    self.root = root
    guard let resolved = realpath(root, nil) else {
      throw ContentFailure.cannotRead(shown, reason: String(cString: strerror(errno)))
    }
    defer { free(resolved) }
    real = String(cString: resolved)
    var folders = [TreePath(bytes: [])]
    while let folder = folders.popLast() {
      try list(folder, shown, &folders, reasonAgainst)
    }
    files.sort()
    skipped.sort { $0.path < $1.path }
  }

  private mutating func list(
    _ folder: TreePath, _ shown: String, _ folders: inout [TreePath],
    _ reasonAgainst: (String) -> String?
  ) throws {
    var found: [(path: TreePath, info: stat)] = []
    let failure = FolderNames.read(folder, below: root) { name, _, descriptor in
      var info = stat()
      let word = (name + [0]).map { CChar(bitPattern: $0) }
      // One that went meanwhile is not part of it.
      guard fstatat(descriptor, word, &info, AT_SYMLINK_NOFOLLOW) == 0 else { return }
      found.append((folder.appending(name), info))
    }
    if let failure { throw unreadable(folder, shown, failure) }
    for (path, info) in found {
      if let reason = reasonAgainst(String(decoding: path.name, as: UTF8.self)) {
        skip(path, reason)
        continue
      }
      guard let text = path.exactText, (try? Check.artifactPath(text)) != nil else {
        skip(path, "its name is none that an artifact can have")
        continue
      }
      switch info.st_mode & S_IFMT {
      case S_IFDIR:
        if path.names.count < ArtifactListing.depthMax {
          folders.append(path)
        } else {
          skip(path, "its folders are too deep")
        }
      case S_IFREG: try take(path, text, shown)
      case S_IFLNK:
        if let reason = fault(ofLink: path) {
          skip(path, reason)
        } else {
          try take(path, text, shown)
        }
      default: skip(path, "it is no file")
      }
    }
  }

  private mutating func take(_ path: TreePath, _ text: String, _ shown: String) throws {
    guard path.withPath(below: root, { access($0, R_OK) }) == 0 else {
      throw unreadable(path, shown, errno)
    }
    files.append(text)
  }

  private mutating func skip(_ path: TreePath, _ reason: String) {
    skipped.append(Skipped(path: path, reason: reason))
  }

  /// Nil for a link to a file that lies in the folder.
  private func fault(ofLink path: TreePath) -> String? {
    guard let resolved = path.withPath(below: root, { realpath($0, nil) }) else {
      return errno == ELOOP ? "it is a link to itself" : "it is a link that leads nowhere"
    }
    defer { free(resolved) }
    guard String(cString: resolved).hasPrefix(real == "/" ? "/" : real + "/") else {
      return "it is a link that leads out of the folder"
    }
    var info = stat()
    guard stat(resolved, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      return "it is a link to something that is no file"
    }
    return nil
  }

  private func unreadable(_ path: TreePath, _ shown: String, _ code: Int32) -> ContentFailure {
    .cannotRead(
      path.bytes.isEmpty ? shown : shown + "/" + path.shown, reason: String(cString: strerror(code))
    )
  }
}
