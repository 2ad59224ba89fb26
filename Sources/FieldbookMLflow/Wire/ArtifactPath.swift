import FieldbookModel

/// A path below a run's or a model's root, as a client asks for it.
package enum ArtifactPath {
  /// Refuses what climbs out, however often it is percent-encoded, and what is absolute here or on Windows.
  package static func check(_ path: String) throws(MLflowError) {
    guard let plain = PercentCoding.unwrapped(path), !plain.contains("#"), !plain.hasPrefix("/"),
      !plain.hasPrefix("\\\\"), !plain.split(separator: "/").contains(".."),
      !plain.contains("\0"), !startsWithDrive(plain), !plain.lowercased().hasPrefix("file:/")
    else { throw .invalid("Invalid path") }
  }

  /// Without parts that mean nothing: `./a//b/` is `a/b`.
  package static func normal(_ path: String) -> String {
    path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  private static func startsWithDrive(_ path: String) -> Bool {
    let start = Array(path.utf8.prefix(3))
    return start.count == 3 && start[1] == UInt8(ascii: ":")
      && (start[2] == UInt8(ascii: "/") || start[2] == UInt8(ascii: "\\"))
  }
}
