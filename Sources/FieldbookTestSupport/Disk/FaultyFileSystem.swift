import FieldbookStore
import Foundation
import GRDBSQLite
import Synchronization

/// SQLite's way to files, with `FaultyDisk`s in between: the default of the process once it is installed. Paths that lie on
/// no such disk go to the system as always.
///
/// Source: sqlite.org/vfs.html; the methods are those of sqlite3_vfs version 2 and sqlite3_io_methods version 2.
package enum FaultyFileSystem {
  private static let disks = Mutex<[String: FaultyDisk]>([:])
  private static let seeded = Mutex<SeededGenerator?>(nil)

  package static func mount(_ disk: FaultyDisk) {
    _ = installation
    disks.withLock { $0[disk.folder] = disk }
  }

  package static func unmount(_ disk: FaultyDisk) {
    disks.withLock { $0[disk.folder] = nil }
  }

  static func disk(of path: String) -> FaultyDisk? {
    disks.withLock { disks in
      guard !disks.isEmpty else { return nil }
      return disks.first { path.hasPrefix($0.key + "/") }?.value
    }
  }

  /// Databases below a folder are in memory while they are open (`MemoryFile`): faster, and on the disk only when they are closed.
  package static func keepInMemory(_ folder: String) {
    _ = installation
    MemoryFiles.add(folder)
  }

  package static func keepOnDisk(_ folder: String) { MemoryFiles.remove(folder) }

  /// For whoever copies a folder of which databases are open.
  package static func save(below folder: String) { MemoryFiles.save(below: folder) }

  /// The file without any fault.
  static func openSound(
    _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>,
    by system: UnsafeMutablePointer<sqlite3_vfs>, _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    if let name, MemoryFiles.hold(String(cString: name), flags) {
      return OpenMemoryFile.open(file, String(cString: name), flags, outFlags)
    }
    return system.pointee.xOpen(system, name, file, flags, outFlags)
  }

  /// What SQLite takes for chance from here on, its `random()` included, comes from the seed.
  package static func seed(_ seed: UInt64) {
    _ = installation
    seeded.withLock { $0 = SeededGenerator(seed: seed) }
    // Its generator is filled anew before its next use.
    sqlite3_randomness(0, nil)
  }

  static func hasBytes(_ path: String) -> Bool {
    if let size = MemoryFiles.size(path) { return size > 0 }
    var info = stat()
    return stat(path, &info) == 0 && info.st_size > 0
  }

  /// As `fdatasync` of a file.
  package static func synchronize(_ path: String) -> Int32? {
    guard let disk = disk(of: path) else { return MemoryFiles.size(path).map { _ in 0 } }
    if disk.verdict(on: .sync) != nil { return EIO }
    disk.noteSynced(path)
    return 0
  }

  private static let installation: Bool = {
    Store.settingsOfProcess
    guard let system = sqlite3_vfs_find(nil) else { return false }
    let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    own.initialize(to: system.pointee)
    own.pointee.iVersion = 2
    own.pointee.szOsFile = Int32(FaultyFile.headerBytes) + system.pointee.szOsFile
    own.pointee.pNext = nil
    own.pointee.zName = UnsafePointer(strdup("faulty"))
    own.pointee.pAppData = UnsafeMutableRawPointer(system)
    own.pointee.xOpen = { vfs, name, file, flags, outFlags in
      guard let vfs, let file else { return SQLITE_MISUSE }
      let system = FaultyFileSystem.system(vfs)
      guard let name, let disk = FaultyFileSystem.disk(of: String(cString: name)) else {
        return FaultyFileSystem.openSound(name, file, by: system, flags, outFlags)
      }
      if disk.isDead { return SQLITE_CANTOPEN }
      return FaultyFile.open(file, on: disk, name: name, by: system, flags, outFlags)
    }
    own.pointee.xDelete = { vfs, name, isDirectorySynced in
      guard let vfs, let name else { return SQLITE_MISUSE }
      let system = FaultyFileSystem.system(vfs)
      let path = String(cString: name)
      if let disk = FaultyFileSystem.disk(of: path) {
        if disk.verdict(on: .delete) != nil { return IOError.delete }
        disk.noteDeleted(path)
      }
      MemoryFiles.delete(path)
      return system.pointee.xDelete(system, name, isDirectorySynced)
    }
    own.pointee.xAccess = { vfs, name, flags, out in
      guard let vfs, let name else { return SQLITE_MISUSE }
      if flags == SQLITE_ACCESS_EXISTS, let size = MemoryFiles.size(String(cString: name)) {
        // As the system's: an empty file is none.
        out?.pointee = size > 0 ? 1 : 0
        return SQLITE_OK
      }
      let system = FaultyFileSystem.system(vfs)
      return system.pointee.xAccess(system, name, flags, out)
    }
    own.pointee.xFullPathname = { vfs, name, count, out in
      guard let vfs else { return SQLITE_MISUSE }
      let system = FaultyFileSystem.system(vfs)
      return system.pointee.xFullPathname(system, name, count, out)
    }
    own.pointee.xRandomness = { vfs, count, out in
      guard let vfs, let out else { return 0 }
      let isSeeded = FaultyFileSystem.seeded.withLock { generator -> Bool in
        guard generator != nil else { return false }
        for index in 0..<Int(count) {
          out[index] = CChar(truncatingIfNeeded: generator?.next() ?? 0)
        }
        return true
      }
      if isSeeded { return count }
      let system = FaultyFileSystem.system(vfs)
      return system.pointee.xRandomness(system, count, out)
    }
    return sqlite3_vfs_register(own, 1) == SQLITE_OK
  }()

  private static func system(_ vfs: UnsafeMutablePointer<sqlite3_vfs>)
    -> UnsafeMutablePointer<sqlite3_vfs>
  {
    vfs.pointee.pAppData.assumingMemoryBound(to: sqlite3_vfs.self)
  }
}
