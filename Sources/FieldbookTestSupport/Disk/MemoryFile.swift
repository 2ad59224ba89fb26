import Foundation
import GRDBSQLite

/// A file's bytes in memory while SQLite has it open, and what its open files hold of it. The file on the disk is read when the first
/// opens it and written when the last closes it: between, nothing of it is a system call.
///
/// All of it is used under `MemoryFiles`' lock.
final class MemoryFile: @unchecked Sendable {
  let path: String
  private(set) var count = 0
  private var bytes = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 8)
  private var capacity = 1 << 16
  private var isChanged = false
  /// Taken off the disk while it was open: what is written then goes with it.
  var isGone = false
  var openCount = 0
  var locks = FileLocks()
  var index = MemoryIndex()

  /// Nil if there is no such file and none is to be made, or it cannot be read.
  init?(_ path: String, isMade: Bool) {
    self.path = path
    let file = Foundation.open(path, O_RDWR | O_CLOEXEC | (isMade ? O_CREAT : 0), 0o600)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var info = stat()
    guard fstat(file, &info) == 0 else { return nil }
    reserve(Int(info.st_size))
    while count < Int(info.st_size) {
      let got = Foundation.read(file, bytes + count, Int(info.st_size) - count)
      guard got > 0 else { break }
      count += got
    }
  }

  deinit { bytes.deallocate() }

  private func reserve(_ wanted: Int) {
    guard wanted > capacity else { return }
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: max(wanted, capacity * 2), alignment: 8)
    room.copyMemory(from: bytes, byteCount: count)
    bytes.deallocate()
    (bytes, capacity) = (room, max(wanted, capacity * 2))
  }

  /// What lies beyond the end is zeros, and is told.
  func read(into out: UnsafeMutableRawPointer, _ wanted: Int, at offset: Int) -> Int32 {
    let present = max(0, min(wanted, count - offset))
    if present > 0 { out.copyMemory(from: bytes + offset, byteCount: present) }
    guard present < wanted else { return SQLITE_OK }
    memset(out + present, 0, wanted - present)
    return IOError.shortRead
  }

  func write(_ source: UnsafeRawPointer, _ length: Int, at offset: Int) {
    if offset > count { extend(to: offset) }
    reserve(offset + length)
    (bytes + offset).copyMemory(from: source, byteCount: length)
    count = max(count, offset + length)
    isChanged = true
  }

  func truncate(_ size: Int) {
    if size > count { extend(to: size) }
    count = size
    isChanged = true
  }

  private func extend(to size: Int) {
    reserve(size)
    memset(bytes + count, 0, size - count)
    count = size
  }

  /// The file on the disk becomes what this is.
  func save() {
    guard isChanged, !isGone else { return }
    // It is not made anew: somebody may have taken it away.
    let file = Foundation.open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    var done = 0
    while done < count {
      let written = pwrite(file, bytes + done, count - done, off_t(done))
      guard written > 0 else { return }
      done += written
    }
    if ftruncate(file, off_t(count)) == 0 { isChanged = false }
  }
}

/// Who holds which lock of a file. Source: sqlite.org/lockingv3.html, section 3.
struct FileLocks {
  private var shared = 0
  /// Who has announced to write, and whether it waits for readers to go or has them gone.
  private var writer: ObjectIdentifier?
  private var isPending = false

  mutating func lock(_ who: ObjectIdentifier, from held: Int32, to wanted: Int32) -> Bool {
    if wanted == SQLITE_LOCK_SHARED {
      if isPending { return false }
      shared += 1
      return true
    }
    // Whoever wants to write reads already.
    if let writer, writer != who { return false }
    let isReader = wanted == SQLITE_LOCK_EXCLUSIVE && shared > 1
    // Who has announced it keeps others from beginning to read meanwhile.
    if isReader, held < SQLITE_LOCK_RESERVED { return false }
    writer = who
    isPending = wanted == SQLITE_LOCK_EXCLUSIVE
    return !isReader
  }

  mutating func unlock(_ who: ObjectIdentifier, from held: Int32, to wanted: Int32) {
    if writer == who { (writer, isPending) = (nil, false) }
    if held >= SQLITE_LOCK_SHARED, wanted == SQLITE_LOCK_NONE { shared -= 1 }
  }

  var isReserved: Bool { writer != nil }
}

/// The index of a write-ahead log: memory that its users share, with eight locks. Source: sqlite.org/walformat.html, section 2.3.
struct MemoryIndex {
  static let lockCount = 8
  private var regions: [UnsafeMutableRawPointer] = []
  private var users: Set<ObjectIdentifier> = []
  private var shared = [Set<ObjectIdentifier>](repeating: [], count: lockCount)
  private var exclusive = [ObjectIdentifier?](repeating: nil, count: lockCount)

  /// Nil if there is no such region yet, and it is not to be made.
  mutating func region(_ number: Int, bytes: Int, isMade: Bool, for who: ObjectIdentifier)
    -> UnsafeMutableRawPointer?
  {
    users.insert(who)
    while regions.count <= number, isMade {
      let room = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
      memset(room, 0, bytes)
      regions.append(room)
    }
    return regions.count > number ? regions[number] : nil
  }

  mutating func lock(_ slots: Range<Int>, isExclusive: Bool, for who: ObjectIdentifier) -> Bool {
    let isFree = slots.allSatisfy { slot in
      (exclusive[slot] ?? who) == who && (!isExclusive || shared[slot].subtracting([who]).isEmpty)
    }
    guard isFree else { return false }
    for slot in slots {
      if isExclusive { exclusive[slot] = who } else { shared[slot].insert(who) }
    }
    return true
  }

  mutating func unlock(_ slots: Range<Int>, for who: ObjectIdentifier) {
    for slot in slots {
      shared[slot].remove(who)
      if exclusive[slot] == who { exclusive[slot] = nil }
    }
  }

  /// With its last user it goes: the next one makes it anew from the log.
  mutating func leave(_ who: ObjectIdentifier) {
    unlock(0..<MemoryIndex.lockCount, for: who)
    guard users.remove(who) != nil, users.isEmpty else { return }
    for region in regions { region.deallocate() }
    regions = []
  }
}
