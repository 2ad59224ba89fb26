import FieldbookModel

/// What some data was at one moment: a file by its bytes, a folder by its files. The bytes themselves are not kept.
package struct DataVersion: Equatable, Sendable {
  package enum Kind: String, Sendable {
    case file, folder
  }

  package var kind: Kind
  /// Of a file the SHA-256 of its bytes, of a folder `FolderDigest`.
  package var digest: ContentDigest
  /// Of all files together; links count for nothing.
  package var byteCount: Int64
  /// Files and links.
  package var files: Int
  /// The header of a CSV file, where it plainly has one.
  package var columns: [String]?

  package init(
    kind: Kind, digest: ContentDigest, byteCount: Int64, files: Int, columns: [String]? = nil
  ) {
    self.kind = kind
    self.digest = digest
    self.byteCount = byteCount
    self.files = files
    self.columns = columns
  }

  /// `sha256:` and 64 hexadecimal digits.
  package var digestText: String { DataVersion.prefix + digest.hex }

  private static let prefix = "sha256:"

  /// Nil for any other text.
  package static func digest(_ text: String) -> ContentDigest? {
    guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + 64,
      !text.contains(where: \.isUppercase)
    else { return nil }
    return ContentDigest(hex: text.dropFirst(prefix.count))
  }
}
