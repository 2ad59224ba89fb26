/// Paths as text. Foundation's `deletingLastPathComponent` traps on relative paths of one character.
package enum PathText {
  /// What holds the last name: `a/b` for `a/b/c`, `/` for `/a`, nothing for `a`. Slashes at the end do not count.
  package static func folder(of path: String) -> String {
    let bytes = path.utf8
    guard let end = bytes.lastIndex(where: { $0 != slash }) else { return path.isEmpty ? "" : "/" }
    guard let cut = bytes[...end].lastIndex(of: slash) else { return "" }
    guard let last = bytes[..<cut].lastIndex(where: { $0 != slash }) else { return "/" }
    return String(path[...last])
  }

  private static let slash = UInt8(ascii: "/")
}
