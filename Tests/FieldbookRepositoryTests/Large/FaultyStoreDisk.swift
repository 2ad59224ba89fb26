import FieldbookModel
import FieldbookTestSupport
import Foundation
import Synchronization

@testable import FieldbookRepository

/// A disk that fails at a call, and after a power cut has forgotten what was not synced: bytes of files, and names that were
/// given, taken or made in folders.
final class FaultyStoreDisk: StoreDisk {
  enum Fault: CaseIterable {
    /// ENOSPC, once, after a part was written.
    case full
    /// The process dies: what was done stays.
    case kill
    case powerCut
  }

  private struct State {
    var call = 0
    var fault: (Fault, at: Int)?
    var hasStruck = false
    var isDead = false
    /// Bytes of a file that are on the disk, by its inode.
    var synced: [UInt64: Int] = [:]
    /// What takes a name away again, or gives it back, by folder; the newest last. What one call did is undone together, as
    /// far as its folders were not synced.
    var undo: [(call: Int, folder: String, path: String, before: String?)] = []
    var generator: SeededGenerator
  }

  private let real = SystemDisk()
  private let state: Mutex<State>
  /// Files that a rename or removal took, until the folder is synced.
  private let attic: String

  init(attic: String, seed: UInt64) throws {
    self.attic = attic
    try FileManager.default.createDirectory(atPath: attic, withIntermediateDirectories: true)
    state = Mutex(State(generator: SeededGenerator(seed: seed)))
  }

  func arm(_ fault: Fault, at call: Int) { state.withLock { $0.fault = (fault, $0.call + call) } }

  var hasStruck: Bool { state.withLock { $0.hasStruck } }

  /// Throws if this call fails; `part` does what a call does that breaks off.
  private func check(_ path: String, part: () -> Void = {}) throws {
    let failure = state.withLock { state -> Bool in
      if state.isDead { return true }
      state.call += 1
      guard let (fault, at) = state.fault, state.call == at else { return false }
      state.hasStruck = true
      state.isDead = fault != .full
      part()
      return true
    }
    if failure { throw ContentFailure.cannotWrite(path, reason: "No space left on device") }
  }

  private func inode(_ path: String) -> UInt64 {
    var info = stat()
    return stat(path, &info) == 0 ? UInt64(info.st_ino) : 0
  }

  func create(_ path: String) throws -> Int32 {
    try check(path)
    let file = try real.create(path)
    state.withLock { $0.synced[inode(path)] = 0 }
    return file
  }

  func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws {
    try check(path) {
      try? real.write(
        UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2)), to: file, path)
    }
    try real.write(bytes, to: file, path)
  }

  func sync(_ file: Int32, _ path: String) throws {
    try check(path)
    var info = stat()
    fstat(file, &info)
    state.withLock { state in
      if info.st_mode & S_IFMT == S_IFDIR {
        state.undo.removeAll { $0.folder == path }
      } else {
        state.synced[UInt64(info.st_ino)] = Int(info.st_size)
      }
    }
  }

  func rename(_ path: String, to place: String) throws {
    try check(place)
    let before = keep(place)
    let old = keep(path)
    try real.rename(path, to: place)
    note(place, before)
    // Staging files' names need not survive; what moves from one folder of the store to another may come back.
    let staging = (attic as NSString).deletingLastPathComponent + "/tmp/"
    if !path.hasPrefix(staging) { note(path, old) }
  }

  func remove(_ path: String) throws {
    try check(path)
    let before = keep(path)
    try real.remove(path)
    if before != nil { note(path, before) }
  }

  func makeFolder(_ path: String) throws {
    try check(path)
    let isThere = FileManager.default.fileExists(atPath: path)
    try real.makeFolder(path)
    if !isThere { note(path, nil) }
  }

  private func keep(_ path: String) -> String? {
    let copy = attic + "/" + UUID().uuidString
    return link(path, copy) == 0 ? copy : nil
  }

  private func note(_ path: String, _ before: String?) {
    state.withLock {
      $0.undo.append(($0.call, (path as NSString).deletingLastPathComponent, path, before))
    }
  }

  /// The machine starts again; after a power cut, with what the disk had kept.
  func revive() {
    state.withLock { state in
      if case .powerCut? = state.fault?.0 {
        var isUndone: [Int: Bool] = [:]
        for one in state.undo.reversed() {
          let isGone = isUndone[one.call] ?? state.generator.chance(60)
          isUndone[one.call] = isGone
          guard isGone else { continue }
          try? FileManager.default.removeItem(atPath: one.path)
          if let before = one.before { link(before, one.path) }
        }
        for folder in ["packs", "recipes", "erasing", "index", "away", "leaving"] {
          forget(folder, &state)
        }
      }
      state.isDead = false
      state.fault = nil
    }
  }

  /// What was not synced of files becomes zeros, or goes.
  private func forget(_ folder: String, _ state: inout State) {
    let path = (attic as NSString).deletingLastPathComponent + "/large/" + folder
    for name in (try? LargeFolder.names(in: path)) ?? [] {
      let file = path + "/" + name
      var info = stat()
      guard stat(file, &info) == 0, let kept = state.synced[UInt64(info.st_ino)],
        kept < Int(info.st_size)
      else { continue }
      chmod(file, 0o600)
      truncate(file, off_t(kept))
      if state.generator.chance(50) { truncate(file, info.st_size) }
    }
  }
}
