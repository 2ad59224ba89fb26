import Foundation
import GRDBSQLite

/// An open file of a `FaultyDisk`. In memory: SQLite's own head, a reference to this, then the system's file.
final class FaultyFile: Sendable {
  static let headerBytes = 32

  let disk: FaultyDisk
  let path: String
  /// Which process opened it.
  private let process: Int

  private init(disk: FaultyDisk, path: String) {
    self.disk = disk
    self.path = path
    process = disk.process
  }

  private func verdict(on call: FaultyDisk.Call) -> FaultyDisk.Fault? {
    disk.verdict(on: call, by: process)
  }

  private typealias File = UnsafeMutablePointer<sqlite3_file>

  static func open(
    _ file: UnsafeMutablePointer<sqlite3_file>, on disk: FaultyDisk, name: UnsafePointer<CChar>,
    by system: UnsafeMutablePointer<sqlite3_vfs>, _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    let real = under(file)
    real.pointee.pMethods = nil
    file.pointee.pMethods = nil
    if disk.verdict(on: .open) != nil { return SQLITE_CANTOPEN }
    let code = FaultyFileSystem.openSound(name, real, by: system, flags, outFlags)
    guard real.pointee.pMethods != nil else { return code }
    file.pointee.pMethods = UnsafePointer(methods)
    let this = FaultyFile(disk: disk, path: String(cString: name))
    disk.noteOpened(1, by: this.process)
    reference(file).pointee = Unmanaged.passRetained(this).toOpaque()
    return code
  }

  private static func under(_ file: File) -> File {
    (UnsafeMutableRawPointer(file) + headerBytes).assumingMemoryBound(to: sqlite3_file.self)
  }

  private static func reference(_ file: File) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    (UnsafeMutableRawPointer(file) + MemoryLayout<sqlite3_file>.stride)
      .assumingMemoryBound(to: UnsafeMutableRawPointer.self)
  }

  /// The system's file, its methods, and what stands in between.
  private static func parts(_ file: File?) -> (File, sqlite3_io_methods, FaultyFile)? {
    guard let file else { return nil }
    let real = under(file)
    let this = Unmanaged<FaultyFile>.fromOpaque(reference(file).pointee).takeUnretainedValue()
    return (real, real.pointee.pMethods.pointee, this)
  }

  // MARK: What can fail

  private func read(_ real: File, _ methods: sqlite3_io_methods, _ count: Int, _ offset: Int)
    -> [UInt8]
  {
    let present = size(real, methods)
    let held = max(0, min(count, present - offset))
    var bytes = [UInt8](repeating: 0, count: held)
    if held > 0 { _ = methods.xRead(real, &bytes, Int32(held), Int64(offset)) }
    return bytes
  }

  private func size(_ real: File, _ methods: sqlite3_io_methods) -> Int {
    var size: Int64 = 0
    _ = methods.xFileSize(real, &size)
    return Int(size)
  }

  private func write(
    _ real: File, _ methods: sqlite3_io_methods, _ bytes: UnsafeRawPointer, _ count: Int,
    _ offset: Int
  ) -> Int32 {
    let verdict = verdict(on: .write)
    var arrives = count
    switch verdict {
    case nil: break
    case .shortWrite: arrives = disk.part(of: count)
    case .powerCut, .kill, .processKill: arrives = disk.part(of: count + 1)
    default: arrives = 0
    }
    if arrives > 0 {
      disk.note(
        UnsyncedWrite(
          bytes: Array(UnsafeRawBufferPointer(start: bytes, count: arrives)), offset: offset,
          replaced: read(real, methods, arrives, offset), size: size(real, methods)), of: path)
      let code = methods.xWrite(real, bytes, Int32(arrives), Int64(offset))
      if code != SQLITE_OK { return code }
    }
    switch verdict {
    case nil: return SQLITE_OK
    case .full, .shortWrite: return SQLITE_FULL
    default: return IOError.write
    }
  }

  private func truncate(_ real: File, _ methods: sqlite3_io_methods, _ size: Int) -> Int32 {
    if verdict(on: .truncate) != nil { return IOError.truncate }
    let present = self.size(real, methods)
    disk.note(
      UnsyncedWrite(
        bytes: nil, offset: size, replaced: read(real, methods, present - size, size),
        size: present), of: path)
    return methods.xTruncate(real, Int64(size))
  }

  // MARK: The table that SQLite reads

  private nonisolated(unsafe) static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
    let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    table.initialize(to: sqlite3_io_methods())
    table.pointee.iVersion = 2
    table.pointee.xClose = { file in
      guard let file, let (real, methods, this) = parts(file) else { return SQLITE_MISUSE }
      this.disk.noteOpened(-1, by: this.process)
      Unmanaged<FaultyFile>.fromOpaque(reference(file).pointee).release()
      file.pointee.pMethods = nil
      return methods.xClose(real)
    }
    table.pointee.xRead = { file, out, count, offset in
      guard let (real, methods, this) = parts(file) else { return SQLITE_MISUSE }
      if this.verdict(on: .read) != nil { return IOError.read }
      return methods.xRead(real, out, count, offset)
    }
    table.pointee.xWrite = { file, bytes, count, offset in
      guard let (real, methods, this) = parts(file), let bytes else { return SQLITE_MISUSE }
      return this.write(real, methods, bytes, Int(count), Int(offset))
    }
    table.pointee.xTruncate = { file, size in
      guard let (real, methods, this) = parts(file) else { return SQLITE_MISUSE }
      return this.truncate(real, methods, Int(size))
    }
    table.pointee.xSync = { file, flags in
      guard let (real, methods, this) = parts(file) else { return SQLITE_MISUSE }
      if this.verdict(on: .sync) != nil { return IOError.sync }
      this.disk.noteSynced(this.path)
      return methods.xSync(real, flags)
    }
    table.pointee.xFileSize = { file, out in
      guard let (real, methods, _) = parts(file) else { return SQLITE_MISUSE }
      return methods.xFileSize(real, out)
    }
    table.pointee.xLock = { file, level in
      guard let (real, methods, _) = parts(file) else { return SQLITE_MISUSE }
      return methods.xLock(real, level)
    }
    table.pointee.xUnlock = { file, level in
      guard let (real, methods, _) = parts(file) else { return SQLITE_MISUSE }
      return methods.xUnlock(real, level)
    }
    table.pointee.xCheckReservedLock = { file, out in
      guard let (real, methods, _) = parts(file) else { return SQLITE_MISUSE }
      return methods.xCheckReservedLock(real, out)
    }
    table.pointee.xFileControl = { file, operation, argument in
      guard let (real, methods, _) = parts(file) else { return SQLITE_MISUSE }
      return methods.xFileControl(real, operation, argument)
    }
    table.pointee.xSectorSize = { file in
      guard let (real, methods, _) = parts(file) else { return SQLITE_MISUSE }
      return methods.xSectorSize(real)
    }
    table.pointee.xDeviceCharacteristics = { file in
      guard let (real, methods, _) = parts(file) else { return SQLITE_MISUSE }
      return methods.xDeviceCharacteristics(real)
    }
    table.pointee.xShmMap = { file, region, size, extend, out in
      guard let (real, methods, this) = parts(file) else { return SQLITE_MISUSE }
      if this.verdict(on: .map) == .mapError { return IOError.map }
      return methods.xShmMap(real, region, size, extend, out)
    }
    table.pointee.xShmLock = { file, offset, count, flags in
      guard let (real, methods, this) = parts(file) else { return SQLITE_MISUSE }
      // Nothing keeps a lock from being given back.
      if flags & SQLITE_SHM_LOCK != 0, this.verdict(on: .map) == .mapError {
        return IOError.lockMap
      }
      return methods.xShmLock(real, offset, count, flags)
    }
    table.pointee.xShmBarrier = { file in
      guard let (real, methods, _) = parts(file) else { return }
      methods.xShmBarrier(real)
    }
    table.pointee.xShmUnmap = { file, isDeleted in
      guard let (real, methods, _) = parts(file) else { return SQLITE_MISUSE }
      return methods.xShmUnmap(real, isDeleted)
    }
    return table
  }()
}
