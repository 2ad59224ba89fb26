import FieldbookExecution
import Foundation
import Synchronization

/// A program that was started. Whoever starts one waits for its end, or kills it.
package final class Child: Sendable {
  package let id: pid_t
  private let ended = Mutex<Int32?>(nil)

  init(id: pid_t) { self.id = id }

  package var isRunning: Bool {
    ended.withLock { ended in
      if ended == nil { ended = Spawn.status(of: id) }
      return ended == nil
    }
  }

  /// Blocks until it ends. Its status, or 128 and the number of the signal that ended it.
  @discardableResult
  package func wait() -> Int32 {
    ended.withLock { ended in
      let status = ended ?? Spawn.wait(for: id)
      ended = status
      return status
    }
  }

  /// SIGTERM, and waits for the end.
  @discardableResult
  package func stop() -> Int32 { end(by: SIGTERM) }

  /// SIGKILL, and waits for the end.
  @discardableResult
  package func crash(after microseconds: UInt32 = 0) -> Int32 {
    usleep(microseconds)
    return end(by: SIGKILL)
  }

  /// Once it has ended, its number can be another's.
  private func end(by signal: Int32) -> Int32 {
    if isRunning { kill(id, signal) }
    return wait()
  }
}
