import FieldbookModel
import Foundation

/// A replica that is being made. Until it is complete a file in its folder says so: nobody opens it, and whoever makes one
/// there next begins anew.
final class HalfMade {
  private let folder: ReplicaFolder
  private let lock: Int32

  private static func mark(_ folder: ReplicaFolder) -> String { folder.path + "/being-made" }

  static func isAt(_ folder: ReplicaFolder) -> Bool {
    FileManager.default.fileExists(atPath: mark(folder))
  }

  /// Makes the folder. Throws if a replica lies there, or another process is at it.
  init(_ folder: ReplicaFolder) throws {
    try HalfMade.clear(folder)
    self.folder = folder
    do {
      try FileManager.default.createDirectory(
        atPath: folder.path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch let error as CocoaError {
      throw WorkspaceFailure.cannotWrite(path: folder.path, reason: error.localizedDescription)
    }
    lock = open(HalfMade.mark(folder), O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw WorkspaceFailure.cannotWrite(
        path: folder.path, reason: String(cString: strerror(errno)))
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw WorkspaceFailure.alreadyAReplica(folder.dir)
    }
  }

  /// It is complete.
  func finish() throws {
    guard unlink(HalfMade.mark(folder)) == 0 || errno == ENOENT else {
      throw WorkspaceFailure.cannotWrite(
        path: folder.path, reason: String(cString: strerror(errno)))
    }
  }

  deinit { close(lock) }

  /// Removes what was left by one who was stopped. Throws if there is more than that.
  private static func clear(_ folder: ReplicaFolder) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      guard FileManager.default.fileExists(atPath: folder.path) else { return }
      throw WorkspaceFailure.alreadyAReplica(folder.dir)
    }
    if names.isEmpty { return }
    let found = open(mark(folder), O_RDWR | O_CLOEXEC)
    defer { if found >= 0 { close(found) } }
    guard found >= 0, flock(found, LOCK_EX | LOCK_NB) == 0 else {
      throw WorkspaceFailure.alreadyAReplica(folder.dir)
    }
    // The mark goes last, so that whoever is stopped here can be followed, too.
    for name in names where name != (mark(folder) as NSString).lastPathComponent {
      try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
  }
}
