import FieldbookModel
import Foundation

/// Who may remove what, between processes: lock files, which the system gives back when a process ends.
///
/// Those who put hold `put.lock` together from before they look for the first chunk until their recipe has its name. Who removes
/// packs holds it alone, for a moment, and stands in `gate.lock` while he waits, so that no one new begins. Readers hold nothing.
struct StoreLocks: Sendable {
  /// The folder of the lock files.
  let folder: String

  func whilePutting<Result>(_ body: () throws -> Result) throws -> Result {
    let file: Int32
    do {
      let gate = try open("gate.lock")
      defer { close(gate) }
      try take(gate, LOCK_SH, "gate.lock")
      file = try open("put.lock")
      do { try take(file, LOCK_SH, "put.lock") } catch {
        close(file)
        throw error
      }
    }
    defer { close(file) }
    return try body()
  }

  /// - Parameter patience: seconds that are waited for those who put.
  /// - Throws: `LargeFailure.busy` after them.
  func alone<Result>(patience: Double, _ body: () throws -> Result) throws -> Result {
    let gate = try open("gate.lock")
    defer { close(gate) }
    let file = try open("put.lock")
    defer { close(file) }
    let end = ContinuousClock.now + .seconds(patience)
    var hasGate = false
    while true {
      if !hasGate { hasGate = try isTaken(gate, LOCK_EX | LOCK_NB, "gate.lock") }
      if hasGate, try isTaken(file, LOCK_EX | LOCK_NB, "put.lock") { break }
      guard ContinuousClock.now < end else { throw LargeFailure.busy }
      usleep(20_000)
    }
    return try body()
  }

  /// Nil if another holds it.
  ///
  /// - Parameter patience: seconds that are waited. A program that was started meanwhile has a lock's file, too, until it
  ///   is another program.
  func ifFree<Result>(
    _ name: String, patience: Double = 0, _ body: () throws -> Result
  ) throws -> Result? {
    let file = try open(name)
    defer { close(file) }
    let end = ContinuousClock.now + .seconds(patience)
    while try !isTaken(file, LOCK_EX | LOCK_NB, name) {
      guard ContinuousClock.now < end else { return nil }
      usleep(20_000)
    }
    return try body()
  }

  private func open(_ name: String) throws -> Int32 {
    let path = folder + "/" + name
    let file = Foundation.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw ContentFailure.cannotWrite(path, reason: SystemDisk.reason) }
    return file
  }

  private func take(_ file: Int32, _ how: Int32, _ name: String) throws {
    _ = try isTaken(file, how, name)
  }

  private func isTaken(_ file: Int32, _ how: Int32, _ name: String) throws -> Bool {
    while flock(file, how) != 0 {
      if errno == EWOULDBLOCK { return false }
      guard errno == EINTR else {
        throw ContentFailure.cannotWrite(folder + "/" + name, reason: SystemDisk.reason)
      }
    }
    return true
  }
}

extension LargeStore {
  var locks: StoreLocks { StoreLocks(folder: folder.path) }
}
