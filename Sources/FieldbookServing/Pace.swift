/// Whether a message comes or goes fast enough. Time is only counted while the other side could go on.
///
/// Decides purely: seconds in, a verdict out.
struct Pace: Equatable {
  let graceSeconds: Double
  let bytesPerSecond: Double
  private var bytes = 0
  private var counted = 0.0
  private var since: Double?

  init(_ bounds: ListeningBounds) {
    graceSeconds = bounds.graceSeconds
    bytesPerSecond = bounds.bytesPerSecond
  }

  /// The other side may go on from now.
  mutating func wait(now: Double) { if since == nil { since = now } }

  /// It did, or is made to wait for us.
  mutating func move(_ count: Int, now: Double) {
    bytes += count
    guard let since else { return }
    counted += now - since
    self.since = nil
  }

  /// So many bytes are handed over at once: they have the time that they take.
  mutating func allow(_ count: Int) { bytes += count }

  func isTooSlow(now: Double) -> Bool {
    let waited = counted + (since.map { now - $0 } ?? 0)
    return waited > graceSeconds && Double(bytes) < (waited - graceSeconds) * bytesPerSecond
  }
}
