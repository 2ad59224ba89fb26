import Synchronization

/// What an event loop found, for the thread that waits.
final class StatusBox: Sendable {
  private let number = Mutex(0)
  var value: Int { number.withLock { $0 } }
  func set(_ value: Int) { number.withLock { $0 = value } }
}
