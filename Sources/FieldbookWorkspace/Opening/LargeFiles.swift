import FieldbookModel

/// How much of packs stays here although they lie in a bucket. The values of a setting: `0`, `10GB`.
package enum ObjectsCache {
  package static let hint = "it is a size, such as 10GB, or 0"

  package static func bytes(_ text: String) -> Int64? { text == "0" ? 0 : ByteSize.parse(text) }
}

/// From which size on a file lies in chunks. The values of a setting: `1MiB`, `512 KiB`, `65536`.
package enum LargeFiles {
  /// Bytes.
  package static let usual: Int64 = 1 << 20
  /// Below the smallest there is little to share, and a pack for each file costs more than it saves; a file of more than the largest
  /// would be sent whole again for each changed byte.
  static let bounds: ClosedRange<Int64> = 64 << 10...1 << 30
  package static let hint = "it is a size from 64KiB to 1GiB, such as 4MiB"

  /// Nil for what is no size, or lies outside of the bounds.
  package static func bytes(_ text: String) -> Int64? {
    ByteSize.parse(text).flatMap { bounds.contains($0) ? $0 : nil }
  }
}
