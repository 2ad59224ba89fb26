import Foundation
import GRDBSQLite
import Synchronization

/// The databases of folders that are kept in memory while they are open, below SQLite.
///
/// A simulation opens, locks and writes its files so often that the system's part was a fifth of its time.
enum MemoryFiles {
  private struct State: ~Copyable {
    var folders: Set<String> = []
    var files: [String: MemoryFile] = [:]
  }

  // Open files belong to connections, which are used by one thread at a time; what they share is here.
  private static let state = Mutex(State())

  static func add(_ folder: String) { state.withLock { _ = $0.folders.insert(folder) } }
  static func remove(_ folder: String) { state.withLock { _ = $0.folders.remove(folder) } }

  /// What SQLite wrote below a folder is on the disk, too.
  static func save(below folder: String) {
    state.withLock { state in
      for (path, file) in state.files where path.hasPrefix(folder + "/") { file.save() }
    }
  }

  /// Whether SQLite's file of this name is to be in memory: a database or one of its logs.
  static func hold(_ path: String, _ flags: Int32) -> Bool {
    let kinds = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL
    guard flags & kinds != 0 else { return false }
    return state.withLock { state in state.folders.contains { path.hasPrefix($0 + "/") } }
  }

  static func open(_ path: String, isMade: Bool) -> MemoryFile? {
    state.withLock { state in
      guard let file = state.files[path] ?? MemoryFile(path, isMade: isMade) else { return nil }
      state.files[path] = file
      file.openCount += 1
      return file
    }
  }

  static func close(_ file: MemoryFile) {
    state.withLock { state in
      file.openCount -= 1
      guard file.openCount == 0 else { return }
      file.save()
      if state.files[file.path] === file { state.files[file.path] = nil }
    }
  }

  static func delete(_ path: String) {
    state.withLock { $0.files.removeValue(forKey: path)?.isGone = true }
  }

  /// Bytes of a file that is open; nil if it is not.
  static func size(_ path: String) -> Int? { state.withLock { $0.files[path]?.count } }

  /// Whatever is done with a file that several have open.
  static func with<Result>(_ body: () -> Result) -> Result { state.withLock { _ in body() } }
}

/// A `MemoryFile` that SQLite has open. In memory: SQLite's own head, then a reference to this.
final class OpenMemoryFile: @unchecked Sendable {
  private let file: MemoryFile
  private var held = SQLITE_LOCK_NONE
  private var id: ObjectIdentifier { ObjectIdentifier(self) }

  private init(_ file: MemoryFile) { self.file = file }

  static func open(
    _ place: UnsafeMutablePointer<sqlite3_file>, _ path: String, _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    place.pointee.pMethods = nil
    guard let file = MemoryFiles.open(path, isMade: flags & SQLITE_OPEN_CREATE != 0) else {
      return SQLITE_CANTOPEN
    }
    reference(place).pointee = Unmanaged.passRetained(OpenMemoryFile(file)).toOpaque()
    place.pointee.pMethods = UnsafePointer(methods)
    outFlags?.pointee = flags
    return SQLITE_OK
  }

  private static func reference(_ file: UnsafeMutablePointer<sqlite3_file>)
    -> UnsafeMutablePointer<UnsafeMutableRawPointer>
  {
    (UnsafeMutableRawPointer(file) + MemoryLayout<sqlite3_file>.stride)
      .assumingMemoryBound(to: UnsafeMutableRawPointer.self)
  }

  private static func of(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenMemoryFile? {
    guard let file else { return nil }
    return Unmanaged<OpenMemoryFile>.fromOpaque(reference(file).pointee).takeUnretainedValue()
  }

  private func lock(_ wanted: Int32) -> Int32 {
    guard held < wanted else { return SQLITE_OK }
    guard MemoryFiles.with({ file.locks.lock(id, from: held, to: wanted) }) else {
      return SQLITE_BUSY
    }
    held = wanted
    return SQLITE_OK
  }

  private func unlock(_ wanted: Int32) {
    guard held > wanted else { return }
    MemoryFiles.with { file.locks.unlock(id, from: held, to: wanted) }
    held = wanted
  }

  private func close() {
    unlock(SQLITE_LOCK_NONE)
    MemoryFiles.with { file.index.leave(id) }
    MemoryFiles.close(file)
  }

  // MARK: The table that SQLite reads

  private nonisolated(unsafe) static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
    let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    table.initialize(to: sqlite3_io_methods())
    table.pointee.iVersion = 2
    table.pointee.xClose = { place in
      guard let place, let this = of(place) else { return SQLITE_MISUSE }
      this.close()
      place.pointee.pMethods = nil
      Unmanaged<OpenMemoryFile>.fromOpaque(reference(place).pointee).release()
      return SQLITE_OK
    }
    table.pointee.xRead = { place, out, count, offset in
      guard let this = of(place), let out else { return SQLITE_MISUSE }
      return MemoryFiles.with { this.file.read(into: out, Int(count), at: Int(offset)) }
    }
    table.pointee.xWrite = { place, bytes, count, offset in
      guard let this = of(place), let bytes else { return SQLITE_MISUSE }
      MemoryFiles.with { this.file.write(bytes, Int(count), at: Int(offset)) }
      return SQLITE_OK
    }
    table.pointee.xTruncate = { place, size in
      guard let this = of(place) else { return SQLITE_MISUSE }
      MemoryFiles.with { this.file.truncate(Int(size)) }
      return SQLITE_OK
    }
    table.pointee.xSync = { _, _ in SQLITE_OK }
    table.pointee.xFileSize = { place, out in
      guard let this = of(place) else { return SQLITE_MISUSE }
      out?.pointee = Int64(MemoryFiles.with { this.file.count })
      return SQLITE_OK
    }
    table.pointee.xLock = { place, level in of(place)?.lock(level) ?? SQLITE_MISUSE }
    table.pointee.xUnlock = { place, level in
      of(place)?.unlock(level)
      return SQLITE_OK
    }
    table.pointee.xCheckReservedLock = { place, out in
      guard let this = of(place) else { return SQLITE_MISUSE }
      out?.pointee = MemoryFiles.with { this.file.locks.isReserved } ? 1 : 0
      return SQLITE_OK
    }
    table.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    table.pointee.xSectorSize = { _ in 4096 }
    // A write is not undone by the death of the process; what a power cut takes, `FaultyFile` knows.
    table.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
    table.pointee.xShmMap = { place, region, bytes, isMade, out in
      guard let this = of(place) else { return SQLITE_MISUSE }
      let room = MemoryFiles.with {
        this.file.index.region(Int(region), bytes: Int(bytes), isMade: isMade != 0, for: this.id)
      }
      out?.pointee = room.map { UnsafeMutableRawPointer($0) }
      return SQLITE_OK
    }
    table.pointee.xShmLock = { place, first, count, flags in
      guard let this = of(place) else { return SQLITE_MISUSE }
      let slots = Int(first)..<Int(first + count)
      return MemoryFiles.with {
        if flags & SQLITE_SHM_UNLOCK != 0 {
          this.file.index.unlock(slots, for: this.id)
          return SQLITE_OK
        }
        let isExclusive = flags & SQLITE_SHM_EXCLUSIVE != 0
        return this.file.index.lock(slots, isExclusive: isExclusive, for: this.id)
          ? SQLITE_OK : SQLITE_BUSY
      }
    }
    table.pointee.xShmBarrier = { _ in MemoryFiles.with {} }
    table.pointee.xShmUnmap = { place, _ in
      guard let this = of(place) else { return SQLITE_MISUSE }
      MemoryFiles.with { this.file.index.leave(this.id) }
      return SQLITE_OK
    }
    return table
  }()
}
