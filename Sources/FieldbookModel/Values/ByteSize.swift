import Foundation

/// Numbers of bytes as people say them.
package enum ByteSize {
  private static let units: [(name: String, bytes: Int64)] = [
    ("tib", 1 << 40), ("gib", 1 << 30), ("mib", 1 << 20), ("kib", 1 << 10),
    ("tb", 1_000_000_000_000),
    ("gb", 1_000_000_000), ("mb", 1_000_000), ("kb", 1000), ("b", 1),
  ]

  /// `100 MiB`, `1.5GB`, `4096`; nil for anything else, for less than one byte, and for more than 2^62.
  package static func parse(_ text: String) -> Int64? {
    let small = text.lowercased()
    let number = small.prefix { $0.isNumber || $0 == "." }
    let name = small.dropFirst(number.count).drop { $0 == " " }
    guard let value = Double(number),
      let unit = name.isEmpty ? 1 : units.first(where: { $0.name == name })?.bytes
    else { return nil }
    let bytes = value * Double(unit)
    return bytes >= 1 && bytes < 0x1p62 ? Int64(bytes) : nil
  }

  /// `4.1 MB`: in thousands.
  package static func words(_ count: Int64) -> String {
    guard count >= 1000 else { return "\(count) B" }
    var value = Double(count)
    for unit in ["kB", "MB", "GB"] {
      value /= 1000
      if value < 999.5 {
        return String(format: value < 9.95 ? "%.1f \(unit)" : "%.0f \(unit)", value)
      }
    }
    return String(format: "%.1f TB", value / 1000)
  }
}
