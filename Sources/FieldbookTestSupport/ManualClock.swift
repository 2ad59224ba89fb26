import Synchronization

/// A clock that stands still until it is told, so that tests never wait.
package final class ManualClock: Sendable {
  private let time: Mutex<Int64>

  package init(milliseconds: Int64 = 1_763_697_600_000) { time = Mutex(milliseconds) }

  package var now: Int64 { time.withLock { $0 } }

  package func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}
