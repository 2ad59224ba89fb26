import FieldbookReplication
import Synchronization

/// Lets so many through at a time, so many others wait, and turns the rest away: what is large in memory is few.
actor Turnstile {
  private let places: Int
  private let queue: Int
  private var inside = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int, queue: Int) {
    self.places = places
    self.queue = queue
  }

  func pass<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
    try await wait()
    defer { leave() }
    return try await body()
  }

  /// A place that is kept until it is left, or forgotten.
  func enter() async throws -> Place {
    try await wait()
    return Place(self)
  }

  final class Place: Sendable {
    private let turnstile: Turnstile
    private let isLeft = Mutex(false)

    fileprivate init(_ turnstile: Turnstile) { self.turnstile = turnstile }

    deinit { leave() }

    func leave() {
      let isFirst = isLeft.withLock { isLeft in
        defer { isLeft = true }
        return !isLeft
      }
      if isFirst { Task { [turnstile] in await turnstile.leave() } }
    }
  }

  private func wait() async throws {
    if inside >= places {
      guard waiting.count < queue else { throw SyncRefusal.busy }
      // Whoever leaves hands the place on.
      await withCheckedContinuation { waiting.append($0) }
    } else {
      inside += 1
    }
  }

  fileprivate func leave() {
    if waiting.isEmpty { inside -= 1 } else { waiting.removeFirst().resume() }
  }
}
