import Foundation
import Synchronization

/// One machine's disk, below SQLite: it fails when told to, and forgets what was not synced when the power is cut.
///
/// What SQLite writes below `folder` goes to real files at once, as into a page cache. Beside them is kept what each
/// write replaced since the file was last synced; so a power cut can take any of it back, whole or sector by sector.
/// The shared memory of the write-ahead log's index is left alone: it does not survive anything.
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
  }

  /// What SQLite asks of a file.
  enum Call { case read, write, truncate, sync }

  struct State {
    var armed: (fault: Fault, calls: Int)?
    /// The fault that has struck since the last `disarm`.
    var struck: Fault?
    /// Nobody is alive: every call fails until the machine is started again.
    var isDead = false
    var unsynced: [String: [UnsyncedWrite]] = [:]
    var openFiles = 0
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

  package var openFiles: Int { state.withLock { $0.openFiles } }
  func noteOpened(_ change: Int) { state.withLock { $0.openFiles += change } }

  package var isDead: Bool { state.withLock { $0.isDead } }

  /// True when a power cut now would take nothing away.
  package var isSynced: Bool { state.withLock { $0.unsynced.values.allSatisfy(\.isEmpty) } }

  /// Another folder lies there now.
  package func forget() { state.withLock { $0.unsynced = [:] } }

  // MARK: What the file system calls

  /// What becomes of a call: nil if it goes through.
  func verdict(on call: Call) -> Fault? {
    state.withLock { state in
      if state.isDead { return .writeError }
      guard let (fault, calls) = state.armed, fault.strikes(at: call) else { return nil }
      guard calls <= 1 else {
        state.armed = (fault, calls - 1)
        return nil
      }
      (state.armed, state.struck) = (nil, fault)
      if fault == .powerCut || fault == .kill { state.isDead = true }
      return fault
    }
  }

  func note(_ write: UnsyncedWrite, of path: String) {
    state.withLock { $0.unsynced[path, default: []].append(write) }
  }

  func noteSynced(_ path: String) { state.withLock { $0.unsynced[path] = nil } }

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
        state.unsynced = [:]
      }
      state.isDead = false
      (state.armed, state.struck) = (nil, nil)
    }
  }
}

extension FaultyDisk.Fault {
  fileprivate func strikes(at call: FaultyDisk.Call) -> Bool {
    switch self {
    case .powerCut, .kill: call != .read
    case .readError: call == .read
    case .writeError, .full, .shortWrite: call == .write
    case .syncError: call == .sync
    }
  }
}
