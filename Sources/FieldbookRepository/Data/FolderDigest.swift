import Crypto
import FieldbookModel
import Foundation

/// One digest for a folder of data:
///
///     SHA-256( "fieldbook-folder 1\n"  then, for every file and link in the order of their paths' bytes:
///              MODE " " DIGEST " " PATH "\0" )
///
/// MODE is git's: `100644`, `100755` for a file that its owner may execute, `120000` for a link. DIGEST is the SHA-256 of the
/// file's bytes, or of the path that the link holds, as 64 small hexadecimal digits. PATH is relative, bytes as the
/// filesystem has them, with `/` between names. Folders count by what is in them: empty ones not at all.
enum FolderDigest {
  struct Entry {
    var path: TreePath
    var kind: TreeEntry.Kind
    var digest: ContentDigest
  }

  private static let head = Array("fieldbook-folder 1\n".utf8)

  /// - Parameter entries: in the order of their paths, each once; no folders.
  static func of(_ entries: some Sequence<Entry>) -> ContentDigest {
    var hasher = SHA256()
    var piece = head
    for entry in entries {
      piece += Array(String(entry.kind.rawValue, radix: 8).utf8)
      piece.append(space)
      piece += Array(entry.digest.hex.utf8)
      piece.append(space)
      piece += entry.path.bytes
      piece.append(0)
      if piece.count > 1 << 16 {
        hasher.update(data: piece)
        piece.removeAll(keepingCapacity: true)
      }
    }
    hasher.update(data: piece)
    return ContentDigest(bytes: Array(hasher.finalize()))!
  }

  private static let space = UInt8(ascii: " ")
}
