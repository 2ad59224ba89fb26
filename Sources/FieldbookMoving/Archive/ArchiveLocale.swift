import Foundation

/// libarchive reads and writes names by the thread's locale, whatever the archive's own form: here names are UTF-8.
enum ArchiveLocale {
  static func use<Value>(_ body: () throws -> Value) rethrows -> Value {
    // LC_CTYPE alone. Source: newlocale(3), `LC_CTYPE_MASK`.
    guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return try body() }
    let before = uselocale(locale)
    defer {
      uselocale(before)
      freelocale(locale)
    }
    return try body()
  }
}
