/// Tells git which files of a snapshot are pointers, so that where git-lfs is installed `git checkout` brings the files themselves.
///
/// Source: gitattributes(5); a line of git-lfs's is `PATTERN filter=lfs diff=lfs merge=lfs -text`.
enum LargeFileAttributes {
  static let name = ".gitattributes"

  /// - Parameter paths: from the snapshot's top.
  static func text(_ paths: [TreePath]) -> [UInt8] {
    paths.sorted().flatMap { pattern($0) + Array(" filter=lfs diff=lfs merge=lfs -text\n".utf8) }
  }

  /// From the top, nothing in it read as a pattern, in the quotes of C where a name needs them.
  private static func pattern(_ path: TreePath) -> [UInt8] {
    let special = Set("*?[\\".utf8)
    let plain = path.bytes.flatMap { special.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    let whole = [TreePath.slash] + plain
    let isPlain = whole.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\"") }
    guard !isPlain else { return whole }
    return [UInt8(ascii: "\"")] + whole.flatMap(quoted) + [UInt8(ascii: "\"")]
  }

  private static func quoted(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [UInt8(ascii: "\\"), byte]
    case 32..<127: return [byte]
    default:
      let digits = String(byte, radix: 8)
      return Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
    }
  }
}
