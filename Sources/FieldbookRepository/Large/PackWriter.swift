import FieldbookModel
import Foundation

/// Writes chunks into a pack, and gives it its name when it is whole and on the disk. One that is not sealed leaves nothing.
final class PackWriter {
  private let folder: LargeFolder
  private let disk: any StoreDisk
  private var staging: (path: String, file: Int32)?
  private var head: [UInt8] = []
  private var entries: [ChunkTable.Entry] = []
  /// Bytes written so far.
  private(set) var size = 0
  private(set) var sealedPacks = 0
  private var sealing: Sealing?
  /// Chunks that are in no pack with a name yet.
  var unsealed: [ContentDigest] { (entries + (sealing?.entries ?? [])).map(\.digest) }

  init(_ folder: LargeFolder, _ disk: any StoreDisk) {
    self.folder = folder
    self.disk = disk
  }

  deinit { abandon() }

  /// - Parameter frame: a whole one.
  func add(_ frame: UnsafeRawBufferPointer, _ head: ChunkFrame) throws {
    let (path, file) = try begin()
    try disk.write(frame, to: file, path)
    entries.append(
      ChunkTable.Entry(
        digest: head.digest, pack: 0, offset: UInt32(size), frameBytes: UInt32(frame.count)))
    size += frame.count
  }

  private func begin() throws -> (String, Int32) {
    if let staging { return staging }
    let path = folder.fresh()
    let made = (path, try disk.create(path))
    staging = made
    head = PackFormat.head()
    try head.withUnsafeBytes { try disk.write($0, to: made.1, path) }
    size = PackFormat.headBytes
    return made
  }

  /// All that was added is in packs that survive a power cut on return.
  func seal() throws {
    try sealLater()
    try sealing?.wait()
    finishSealing()
  }

  /// Begins to bring the pack to the disk; the next one can be written meanwhile.
  func sealLater() throws {
    try sealing?.wait()
    finishSealing()
    guard let (path, file) = staging else { return }
    staging = nil
    sealing = Sealing(
      path: path, file: file, head: head, entries: entries, size: size, folder, disk)
    (entries, size) = ([], 0)
  }

  private func finishSealing() {
    guard sealing != nil else { return }
    sealing = nil
    sealedPacks += 1
  }

  /// Throws away what was not sealed.
  func abandon() {
    try? sealing?.wait()
    sealing = nil
    guard let (path, file) = staging else { return }
    close(file)
    unlink(path)
    staging = nil
    (entries, size) = ([], 0)
  }
}

/// A pack on its way to its name, on a thread of its own.
///
/// Unchecked: what changes is read after the thread has left the group.
private final class Sealing: @unchecked Sendable {
  let entries: [ChunkTable.Entry]
  private let group = DispatchGroup()
  private var failure: (any Error)?

  init(
    path: String, file: Int32, head: [UInt8], entries: [ChunkTable.Entry], size: Int,
    _ folder: LargeFolder, _ disk: any StoreDisk
  ) {
    self.entries = entries
    DispatchQueue.global().async(group: group) { [self] in
      defer { close(file) }
      do {
        let table = ChunkTable.encode(entries)
        let name = PackFormat.name(table: table, head: head)
        let tail = table + PackFormat.tail(name: name, start: size, count: entries.count)
        try tail.withUnsafeBytes { try disk.write($0, to: file, path) }
        fchmod(file, 0o400)
        try disk.sync(file, path)
        try disk.rename(path, to: folder.pack(name))
        try disk.syncFolder(folder.packs)
      } catch {
        unlink(path)
        failure = error
      }
    }
  }

  func wait() throws {
    group.wait()
    if let failure { throw failure }
  }
}
