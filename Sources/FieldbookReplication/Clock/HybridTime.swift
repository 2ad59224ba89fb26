import FieldbookModel

/// A hybrid logical time: 48 bits of milliseconds since 1970, 16 bits of counter.
///
/// Orders timelines and picks what to show. It never decides who overwrote whom.
/// Source: Kulkarni et al., "Logical Physical Clocks", 2014.
package struct HybridTime: Hashable, Comparable, Sendable {
  package let raw: UInt64

  /// Times after the year 6429 do not fit a signed database integer and are clamped.
  package init(raw: UInt64) { self.raw = min(raw, UInt64(Int64.max)) }

  package init(milliseconds: Int64, counter: UInt16 = 0) {
    self.init(raw: UInt64(max(0, min(milliseconds, (1 << 47) - 1))) << 16 | UInt64(counter))
  }

  package var milliseconds: Int64 { Int64(raw >> 16) }
  package var stored: Int64 { Int64(raw) }
  package init(stored: Int64) { self.init(raw: UInt64(max(0, stored))) }

  package static func < (left: HybridTime, right: HybridTime) -> Bool { left.raw < right.raw }
}

/// The clock of one log. Its times only rise.
package struct HybridClock: Sendable {
  package private(set) var last: HybridTime

  package init(last: HybridTime) { self.last = last }

  /// A remote clock further ahead than this is not adopted.
  package static let skewLimitMilliseconds: Int64 = 5 * 60 * 1000

  package mutating func tick(now: Int64) -> HybridTime {
    let physical = HybridTime(milliseconds: now)
    last = physical > last ? physical : HybridTime(raw: last.raw + 1)
    return last
  }

  package mutating func observe(_ remote: HybridTime, now: Int64) {
    let limit = Mutant.isOn(.farClockAdopted) ? Int64.max : now + HybridClock.skewLimitMilliseconds
    guard remote.milliseconds <= limit else { return }
    last = max(last, remote)
  }
}
