import Synchronization

/// One line for each attempt that was refused, however many there are of it.
///
/// The same from the same address is told once a minute, with how often it came meanwhile; all together a bounded
/// number of lines a minute. What is told is words of ours: nothing that a stranger sent.
package final class Complaints: Sendable {
  package static let linesAMinute = 30
  static let kinds = 256
  private static let minuteMilliseconds: Int64 = 60_000

  private let now: @Sendable () -> Int64
  private let write: @Sendable (String) -> Void
  private let state = Mutex(State())

  private struct Kind: Hashable {
    var what: String
    var address: NetworkAddress
  }

  private struct State {
    var told: [Kind: (time: Int64, unsaid: Int)] = [:]
    var lines: [Int64] = []
  }

  /// - Parameter now: milliseconds.
  package init(
    now: @escaping @Sendable () -> Int64, write: @escaping @Sendable (String) -> Void
  ) {
    self.now = now
    self.write = write
  }

  /// For servers whose refusals nobody reads, as the one of a single `run`.
  package static let silent = Complaints(now: { 0 }, write: { _ in })

  package func note(_ what: String, from address: NetworkAddress) {
    let kind = Kind(what: what, address: address)
    let line = state.withLock { state -> String? in
      let now = now()
      let known = state.told[kind]
      if let known, now - known.time < Complaints.minuteMilliseconds {
        state.told[kind]?.unsaid += 1
        return nil
      }
      state.lines.removeAll { now - $0 >= Complaints.minuteMilliseconds }
      guard state.lines.count < Complaints.linesAMinute else { return nil }
      state.lines.append(now)
      if known == nil, state.told.count >= Complaints.kinds,
        let oldest = state.told.min(by: { $0.value.time < $1.value.time })?.key
      {
        state.told[oldest] = nil
      }
      state.told[kind] = (now, 0)
      let unsaid = known?.unsaid ?? 0
      return "refused, from \(address): \(what)"
        + (unsaid > 0 ? " (and \(unsaid) more since it was last said)" : "")
    }
    if let line { write(line) }
  }
}
