import FieldbookModel
import Foundation

/// A replica that is being made. Until it is complete a file in its folder says so: nobody opens it, and whoever makes one
/// there next begins anew.
///
/// Who makes one holds a lock on the folder itself from before the first look until the end: so what is cleared away is
/// never what another has just completed.
final class HalfMade {
  private let folder: ReplicaFolder
  private let lock: Int32

  private static let mark = "being-made"
  private static func mark(_ folder: ReplicaFolder) -> String { folder.path + "/" + mark }

  static func isAt(_ folder: ReplicaFolder) -> Bool {
    FileManager.default.fileExists(atPath: mark(folder))
  }

  /// Makes the folder. Throws if a replica lies there, or another process is at it.
  init(_ folder: ReplicaFolder) throws {
    self.folder = folder
    do {
      // One that is there stays as it is.
      try FileManager.default.createDirectory(
        atPath: folder.path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
      throw isThere && isFolder.boolValue
        ? WorkspaceFailure.alreadyAReplica(folder.dir)
        : WorkspaceFailure.cannotWrite(
          path: folder.path,
          reason: isThere ? "a file of that name is there" : SystemReason.words(error))
    }
    lock = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw HalfMade.cannotWrite(folder) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      throw WorkspaceFailure.alreadyAReplica(folder.dir)
    }
    try clear()
  }

  deinit { close(lock) }

  /// It is complete.
  func finish() throws {
    guard unlink(HalfMade.mark(folder)) == 0 else { throw HalfMade.cannotWrite(folder) }
  }

  /// Removes what was left by one who was stopped. Throws if there is more than that.
  private func clear() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard names.isEmpty || names.contains(HalfMade.mark) else {
      throw WorkspaceFailure.alreadyAReplica(folder.dir)
    }
    // The mark stays, so that whoever is stopped here can be followed, too.
    for name in names where name != HalfMade.mark {
      try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
    let mark = open(HalfMade.mark(folder), O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    guard mark >= 0, chmod(folder.path, 0o700) == 0 else { throw HalfMade.cannotWrite(folder) }
    close(mark)
  }

  private static func cannotWrite(_ folder: ReplicaFolder) -> WorkspaceFailure {
    .cannotWrite(path: folder.path, reason: String(cString: strerror(errno)))
  }
}
