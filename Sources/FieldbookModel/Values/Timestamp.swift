/// A moment as milliseconds since 1970-01-01T00:00:00Z; may be negative.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// Milliseconds from `earlier` to this; times from outside can be so far apart that it is clamped.
  package func since(_ earlier: Timestamp) -> Int64 {
    let (difference, isTooFar) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
    guard isTooFar else { return difference }
    return milliseconds > earlier.milliseconds ? .max : .min
  }

  /// RFC 3339 in UTC with milliseconds, `2026-11-21T04:06:04.120Z`.
  ///
  /// Years outside 0000...9999 are clamped, since RFC 3339 has none.
  package var rfc3339: String {
    let clamped = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    let days = clamped.floorDivided(by: 86_400_000)
    let rest = clamped - days * 86_400_000
    let (year, month, day) = Timestamp.civil(daysSinceEpoch: days)
    func pad(_ number: Int64, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + "T" + pad(rest / 3_600_000, 2)
      + ":" + pad(rest / 60_000 % 60, 2) + ":" + pad(rest / 1000 % 60, 2) + "."
      + pad(rest % 1000, 3) + "Z"
  }

  /// Gregorian date of a day number.
  /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  private static func civil(daysSinceEpoch: Int64) -> (Int64, Int64, Int64) {
    let shifted = daysSinceEpoch + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
