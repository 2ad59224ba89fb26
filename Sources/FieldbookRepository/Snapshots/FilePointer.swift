import FieldbookModel

/// What git holds in place of a large file. Source: the specification of Git LFS, version 1.
package struct FilePointer: Equatable, Sendable {
  package var digest: ContentDigest
  package var byteCount: Int64

  package init(digest: ContentDigest, byteCount: Int64) {
    self.digest = digest
    self.byteCount = byteCount
  }

  private static let version = "version https://git-lfs.github.com/spec/v1"
  package static let bytesMax = 1024

  package var text: String {
    "\(FilePointer.version)\noid sha256:\(digest.hex)\nsize \(byteCount)\n"
  }

  /// Nil for anything else, however much it looks like one.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count < FilePointer.bytesMax, let text = String(validating: bytes, as: UTF8.self)
    else {
      return nil
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 4, lines[0] == FilePointer.version, lines[3].isEmpty,
      lines[1].hasPrefix("oid sha256:"), lines[2].hasPrefix("size "),
      let digest = Hex.decode(String(lines[1].dropFirst(11))).flatMap(ContentDigest.init),
      let size = Int64(lines[2].dropFirst(5)), size >= 0
    else { return nil }
    self.init(digest: digest, byteCount: size)
    guard self.text == text else { return nil }
  }
}
