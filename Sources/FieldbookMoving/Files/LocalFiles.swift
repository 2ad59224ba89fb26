import FieldbookModel
import Foundation

/// A folder on this machine. Links are followed to files below one other folder, if it is named, and nowhere else.
struct LocalFiles: ForeignFiles {
  /// Nil for a folder that was never made.
  private let root: String?
  private let linksWithin: String?

  /// - Parameter isOptional: one that is not there has no files.
  init(root: String, isOptional: Bool = false, linksWithin: String? = nil) {
    self.root = isOptional && !FileManager.default.fileExists(atPath: root) ? nil : root
    self.linksWithin = linksWithin
  }
  private init() {
    root = nil
    linksWithin = nil
  }

  static let none = LocalFiles()

  func each(_ body: (ForeignFile) throws -> Void) throws {
    if let root { try walk("", depth: 0, root, body) }
  }

  private static let depthLimit = 100

  private func walk(
    _ folder: String, depth: Int, _ root: String, _ body: (ForeignFile) throws -> Void
  ) throws {
    guard depth < LocalFiles.depthLimit else {
      throw MovingFailure.damaged(path: root, reason: "folders are nested too deeply")
    }
    let place = folder.isEmpty ? root : root + "/" + folder
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
      throw MovingFailure.notThere(place)
    }
    for name in names.sorted() {
      let path = folder.isEmpty ? name : folder + "/" + name
      var info = stat()
      guard lstat(root + "/" + path, &info) == 0 else { continue }
      switch info.st_mode & S_IFMT {
      case S_IFDIR: try walk(path, depth: depth + 1, root, body)
      case S_IFREG:
        let stamp = Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec)
        try body(ForeignFile(path: path, byteCount: Int64(info.st_size), stamp: stamp))
      case S_IFLNK where target(of: root + "/" + path, &info) != nil:
        let stamp = Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec)
        try body(ForeignFile(path: path, byteCount: Int64(info.st_size), stamp: stamp))
      default:
        // Said as a file that cannot be read: opening it is refused below.
        try body(ForeignFile(path: path, byteCount: 0, stamp: 0))
      }
    }
  }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws {
    guard let root else { throw MovingFailure.notThere(file.path) }
    var path = root + "/" + file.path
    var info = stat()
    guard lstat(path, &info) == 0 else { throw MovingFailure.notThere(path) }
    if info.st_mode & S_IFMT == S_IFLNK { path = target(of: path, &info) ?? path }
    guard info.st_mode & S_IFMT == S_IFREG, access(path, R_OK) == 0 else {
      throw MovingFailure.notThere(path)
    }
    try body(path)
  }

  /// A file that a link leads to, if links may lead there.
  private func target(of link: String, _ info: inout stat) -> String? {
    guard let linksWithin, let found = realpath(link, nil) else { return nil }
    defer { free(found) }
    let path = String(cString: found)
    guard let home = realpath(linksWithin, nil) else { return nil }
    defer { free(home) }
    guard path.hasPrefix(String(cString: home) + "/"), stat(path, &info) == 0,
      info.st_mode & S_IFMT == S_IFREG
    else { return nil }
    return path
  }
}

extension LocalFiles {
  /// - Throws: `MovingFailure.notThere`; `.notA` for what is no folder.
  static func requireFolder(_ path: String, what: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw MovingFailure.notThere(path)
    }
    guard isFolder.boolValue else {
      throw MovingFailure.notA(what: what, path: path, reason: "it is a file")
    }
  }
}
