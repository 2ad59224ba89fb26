/// How the JSON of Protocol Buffers writes moments and durations. Source: protobuf.dev, "ProtoJSON".
package enum ProtobufTime {
  /// `2026-11-21T04:06:04.120Z`; whole seconds without a fraction.
  package static func text(_ time: Timestamp) -> String {
    let text = time.rfc3339
    return text.hasSuffix(".000Z") ? text.dropLast(5) + "Z" : text
  }

  /// `1.250s`.
  package static func duration(_ milliseconds: Int64) -> String {
    let (sign, size) = (milliseconds < 0 ? "-" : "", milliseconds.magnitude)
    let rest = size % 1000
    let fraction = String(repeating: "0", count: 3 - String(rest).count) + String(rest)
    return sign + String(size / 1000) + (rest == 0 ? "" : "." + fraction) + "s"
  }

  /// Nil for what is none; finer than milliseconds is cut.
  package static func milliseconds(duration text: String) -> Int64? {
    guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds.magnitude < 1e12
    else { return nil }
    return Int64((seconds * 1000).rounded(.toNearestOrEven))
  }

  /// Reads RFC 3339, in any zone; nil for what is none.
  package static func time(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      return bytes[range].reduce(Int64?(0)) { sum, digit in
        guard let sum, (48...57).contains(digit) else { return nil }
        return sum * 10 + Int64(digit - 48)
      }
    }
    guard bytes.count >= 20, bytes[4] == 45, bytes[7] == 45, bytes[10] | 32 == 116,
      bytes[13] == 58, bytes[16] == 58, let year = number(0..<4), let month = number(5..<7),
      let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
      let second = number(17..<19), (1...12).contains(month), (1...31).contains(day), hour < 24,
      minute < 60, second < 61
    else { return nil }
    var place = 19
    var milliseconds: Int64 = 0
    if bytes[place] == 46 {
      let digits = bytes[20...].prefix { (48...57).contains($0) }
      guard !digits.isEmpty else { return nil }
      for (index, digit) in digits.prefix(3).enumerated() {
        milliseconds += Int64(digit - 48) * [100, 10, 1][index]
      }
      place = digits.endIndex
    }
    guard let zone = offset(bytes[place...]) else { return nil }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone
    return Timestamp(milliseconds: seconds * 1000 + milliseconds)
  }

  /// Seconds ahead of UTC: `Z`, `+02:00`.
  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let bytes = Array(bytes)
    if bytes.count == 1, bytes[0] | 32 == 122 { return 0 }
    guard bytes.count == 6, bytes[0] == 43 || bytes[0] == 45, bytes[3] == 58,
      let hours = Int64(String(decoding: bytes[1...2], as: UTF8.self)),
      let minutes = Int64(String(decoding: bytes[4...5], as: UTF8.self))
    else { return nil }
    return (hours * 3600 + minutes * 60) * (bytes[0] == 43 ? 1 : -1)
  }

  /// Since 1970-01-01, in the Gregorian calendar.
  /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
