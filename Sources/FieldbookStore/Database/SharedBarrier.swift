import Foundation

/// Lets those who wait for the disk at the same time wait for one sync.
///
/// Who asks while a sync goes on waits for the next: the present one may have begun before what they wrote was there.
final class SharedBarrier: @unchecked Sendable {
  private let condition = NSCondition()
  private var started: UInt64 = 0
  /// The last one that succeeded.
  private var finished: UInt64 = 0
  private var isRunning = false

  /// Returns after a run of `sync` that began after the call, by whomever.
  ///
  /// - Throws: what `sync` threw here. Who waited for one that failed tries by themselves.
  func wait(_ sync: () throws -> Void) rethrows {
    condition.lock()
    let wanted = started + 1
    while isRunning, finished < wanted { condition.wait() }
    guard finished < wanted else { return condition.unlock() }
    isRunning = true
    started += 1
    let own = started
    condition.unlock()
    defer {
      condition.lock()
      isRunning = false
      condition.broadcast()
      condition.unlock()
    }
    try sync()
    condition.lock()
    finished = own
    condition.unlock()
  }
}
