import FieldbookReplication

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
    if inside >= places {
      guard waiting.count < queue else { throw SyncRefusal.busy }
      // Whoever leaves hands the place on.
      await withCheckedContinuation { waiting.append($0) }
    } else {
      inside += 1
    }
    defer { leave() }
    return try await body()
  }

  private func leave() {
    if waiting.isEmpty { inside -= 1 } else { waiting.removeFirst().resume() }
  }
}
