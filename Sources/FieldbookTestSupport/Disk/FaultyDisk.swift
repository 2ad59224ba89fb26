import Foundation
import Synchronization

/// One machine's disk, below SQLite: it fails when told to, and forgets what was not synced when the power is cut.
///
/// What SQLite writes below `folder` goes to real files at once, as into a page cache. Beside them is kept what each
/// write replaced since the file was last synced; so a power cut can take any of it back, whole or sector by sector.
/// What the shared memory of the write-ahead log's index holds is left alone: it does not survive anything.
///
/// Several processes can have files open there. Whatever is opened belongs to the process that `act` named last.
package final class FaultyDisk: Sendable {
  package enum Fault: String, CaseIterable, Sendable {
    /// The power goes at a write, truncation or sync: what was not synced may be lost, in part or in pieces.
    case powerCut = "power cut"
    /// All processes of the machine die at a write, truncation or sync: what was written stays.
    case kill
    /// EIO.
    case readError = "read error"
    case writeError = "write error"
    case syncError = "sync error"
    /// ENOSPC, with nothing written, or a part of it.
    case full = "disk full"
    case shortWrite = "short write"
    /// One process dies at a write, truncation, deletion or sync; others that have the replica open go on.
    case processKill = "kill of one process"
    /// EIO where a file is opened, deleted, cut off, or its shared memory is mapped or locked.
    case openError = "open error"
    case deleteError = "delete error"
    case truncateError = "truncate error"
    case mapError = "map error"

    /// Those of the first profile whose disks fail: its seeds draw from them.
    package static let first: [Fault] = [
      .powerCut, .kill, .readError, .writeError, .syncError, .full, .shortWrite,
    ]
  }

  /// What SQLite asks of a file, or of the folder.
  enum Call { case open, read, write, truncate, sync, delete, map }

  struct State {
    var armed: (fault: Fault, calls: Int)?
    /// The fault that has struck since the last `disarm`.
    var struck: Fault?
    /// Nobody is alive: every call fails until the machine is started again.
    var isDead = false
    /// Which process acts, and those that are dead while others live.
    var process = 0
    var dead: Set<Int> = []
    /// So many writes find the disk full from now on.
    var fullWrites = 0
    var unsynced: [String: [UnsyncedWrite]] = [:]
    /// Databases whose write-ahead log no longer holds all that is unsynced in them.
    var bare: Set<String> = []
    /// By process.
    var openFiles: [Int: Int] = [:]
    var generator: SeededGenerator
  }

  package let folder: String
  private let state: Mutex<State>

  package init(folder: String, seed: UInt64) {
    self.folder = folder
    state = Mutex(State(generator: SeededGenerator(seed: seed)))
  }

  /// Lets a fault strike at the `calls`th call of its kind from now on.
  package func arm(_ fault: Fault, after calls: Int) {
    state.withLock { $0.armed = (fault, calls) }
  }

  /// The fault that struck, if it did; none will.
  package func disarm() -> Fault? {
    state.withLock { state in
      defer { (state.armed, state.struck) = (nil, nil) }
      return state.struck
    }
  }

  package var openFiles: Int { state.withLock { $0.openFiles.values.reduce(0, +) } }
  package func openFiles(of process: Int) -> Int { state.withLock { $0.openFiles[process] ?? 0 } }
  func noteOpened(_ change: Int, by process: Int) {
    state.withLock { $0.openFiles[process, default: 0] += change }
  }

  /// A fault has struck since the last `disarm`.
  package var hasStruck: Bool { state.withLock { $0.struck != nil } }

  // MARK: Processes

  /// From now on it is this process that calls.
  package func act(as process: Int) { state.withLock { $0.process = process } }
  var process: Int { state.withLock { $0.process } }

  /// The processes that died alone and are not buried yet.
  package var dead: Set<Int> { state.withLock { $0.dead } }

  /// When all of its files are closed.
  package func bury(_ process: Int) { state.withLock { _ = $0.dead.remove(process) } }

  // MARK: Room

  /// The next so many writes find no room, whatever else happens.
  package func fill(for writes: Int) { state.withLock { $0.fullWrites = writes } }

  package var isFull: Bool { state.withLock { $0.fullWrites > 0 } }

  package var isDead: Bool { state.withLock { $0.isDead } }

  /// Files of which a power cut now would take something, for the words of a failure.
  package var unsyncedFiles: [String] {
    state.withLock { state in
      state.exposed.map { String($0.dropFirst(folder.utf8.count + 1)) }.sorted()
    }
  }

  /// True when a power cut now would take nothing away.
  package var isSynced: Bool { state.withLock { $0.exposed.isEmpty } }

  /// Another folder lies there now.
  package func forget() { state.withLock { ($0.unsynced, $0.bare) = ([:], []) } }

  // MARK: What the file system calls

  /// What becomes of a call: nil if it goes through.
  ///
  /// - Parameter process: who opened the file; nil: who acts.
  func verdict(on call: Call, by process: Int? = nil) -> Fault? {
    state.withLock { state in
      let process = process ?? state.process
      if state.isDead || state.dead.contains(process) { return .writeError }
      if state.fullWrites > 0, call == .write {
        state.fullWrites -= 1
        state.struck = state.struck ?? .full
        return .full
      }
      guard let (fault, calls) = state.armed, fault.strikes(at: call) else { return nil }
      guard calls <= 1 else {
        state.armed = (fault, calls - 1)
        return nil
      }
      (state.armed, state.struck) = (nil, fault)
      if fault == .powerCut || fault == .kill { state.isDead = true }
      if fault == .processKill { state.dead.insert(process) }
      return fault
    }
  }

  func note(_ write: UnsyncedWrite, of path: String) {
    let hasLog = FaultyFileSystem.hasBytes(path + "-wal")
    state.withLock { state in
      if write.offset == 0 { state.uncover(path) }
      if !hasLog { state.bare.insert(path) }
      state.unsynced[path, default: []].append(write)
    }
  }

  func noteSynced(_ path: String) {
    state.withLock { state in
      state.unsynced[path] = nil
      state.bare.remove(path)
    }
  }

  func noteDeleted(_ path: String) {
    state.withLock { state in
      state.unsynced[path] = nil
      state.uncover(path)
    }
  }

  /// How much of a write that is cut short arrives.
  func part(of count: Int) -> Int {
    state.withLock { Int.random(in: 0..<max(1, count), using: &$0.generator) }
  }

  // MARK: After it

  /// Starts the machine again, when all that had files open have closed them. After a power cut the files are what the
  /// disk had kept.
  package func revive(afterPowerCut: Bool) throws {
    try state.withLock { state in
      if afterPowerCut {
        for (path, writes) in state.unsynced.sorted(by: { $0.key < $1.key }) {
          guard FileManager.default.fileExists(atPath: path) else { continue }
          let now = Array(FileManager.default.contents(atPath: path) ?? Data())
          let kept = UnsyncedWrite.image(after: writes, from: now, using: &state.generator)
          // Into the same file: its inode is how a replica knows itself.
          let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
          try file.truncate(atOffset: 0)
          try file.write(contentsOf: Data(kept))
          try file.close()
          // It was last written before the machine started.
          try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: path)
        }
        (state.unsynced, state.bare) = ([:], [])
      }
      state.isDead = false
      state.dead = []
      (state.armed, state.struck) = (nil, nil)
    }
  }
}

extension FaultyDisk.State {
  /// Files of which a power cut would take something for good. What a checkpoint left unsynced in a database is in the log still.
  fileprivate var exposed: [String] {
    unsynced.filter { path, writes in
      !writes.isEmpty && (!path.hasSuffix(".sqlite") || bare.contains(path))
    }.map(\.key)
  }

  /// A log is begun anew, or goes.
  fileprivate mutating func uncover(_ path: String) {
    guard path.hasSuffix("-wal") else { return }
    let database = String(path.dropLast("-wal".utf8.count))
    if unsynced[database]?.isEmpty == false { bare.insert(database) }
  }
}

extension FaultyDisk.Fault {
  fileprivate func strikes(at call: FaultyDisk.Call) -> Bool {
    switch self {
    case .powerCut, .kill, .processKill: [.write, .truncate, .sync, .delete].contains(call)
    case .readError: call == .read
    case .writeError, .full, .shortWrite: call == .write
    case .syncError: call == .sync
    case .openError: call == .open
    case .deleteError: call == .delete
    case .truncateError: call == .truncate
    case .mapError: call == .map
    }
  }
}
