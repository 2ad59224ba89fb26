import FieldbookReplication
import FieldbookServing

/// How often each address tried something lately that came to nothing. Bounded in addresses and in tries.
struct Attempts: Sendable {
  static let minuteMilliseconds: Int64 = 60_000

  /// Tries of one address within a minute before it is not listened to.
  let limit: Int
  /// Ascending.
  private var times: [NetworkAddress: [Int64]] = [:]

  init(limit: Int) { self.limit = limit }

  /// True while the address has to wait.
  mutating func isOver(_ address: NetworkAddress, now: Int64) -> Bool {
    guard let known = times[address] else { return false }
    let recent = known.filter { now - $0 < Attempts.minuteMilliseconds && $0 <= now }
    times[address] = recent.isEmpty ? nil : recent
    return recent.count >= limit
  }

  mutating func note(_ address: NetworkAddress, now: Int64) {
    if times[address] == nil, times.count >= SyncLimits.addresses,
      let oldest = times.min(by: { ($0.value.last ?? 0) < ($1.value.last ?? 0) })?.key
    {
      times[oldest] = nil
    }
    times[address, default: []].append(now)
  }

  /// The last try came to something after all.
  mutating func forgive(_ address: NetworkAddress) {
    guard times[address]?.popLast() != nil, times[address]?.isEmpty == true else { return }
    times[address] = nil
  }
}
