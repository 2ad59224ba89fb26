/// From which size on a file lies in chunks. The values of a setting: `1MiB`, `512 KiB`, `65536`.
package enum LargeFiles {
  /// Bytes.
  package static let usual: Int64 = 1 << 20
  /// Below the smallest there is little to share, and a pack for each file costs more than it saves; a file of more than the largest
  /// would be sent whole again for each changed byte.
  static let bounds: ClosedRange<Int64> = 64 << 10...1 << 30
  package static let hint = "it is a size from 64KiB to 1GiB, such as 4MiB"

  private static let units: [(name: String, bytes: Int64)] = [
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1000), ("MB", 1_000_000),
    ("GB", 1_000_000_000), ("B", 1),
  ]

  /// Nil for what is no size, or lies outside of the bounds.
  package static func bytes(_ text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = String(text.dropFirst(digits.count).drop { $0 == " " })
    guard let number = Int64(digits),
      let factor = unit.isEmpty ? 1 : units.first(where: { $0.name == unit })?.bytes
    else { return nil }
    let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: factor)
    return !isTooLarge && bounds.contains(bytes) ? bytes : nil
  }
}
