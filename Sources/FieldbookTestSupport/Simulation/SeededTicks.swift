import Synchronization

/// Time that passes by leaps: mostly none, now and then more than a transaction may take.
final class SeededTicks: Sendable {
  private let state: Mutex<(generator: SeededGenerator, time: Int64)>

  init(seed: UInt64) { state = Mutex((SeededGenerator(seed: seed), 0)) }

  func next() -> Int64 {
    state.withLock { state in
      if state.generator.chance(15) { state.time += 60 }
      return state.time
    }
  }
}
