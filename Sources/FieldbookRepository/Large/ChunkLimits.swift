/// Sizes of the chunk store. Those of chunks are part of the format: where contents are cut decides what they share.
package enum ChunkLimits {
  /// Bytes of a chunk. The last one of a content may be shorter.
  package static let minBytes = 16 << 10
  /// What cutting aims at.
  package static let meanBytes = 64 << 10
  package static let maxBytes = 256 << 10

  /// A pack that has grown to this many bytes is sealed, and the next one begun.
  package static let packBytes = 128 << 20
  /// A pack's entries never reach further: places in it are 32-bit numbers.
  static let packBytesMax = 512 << 20
  static let packChunksMax = 1 << 20

  /// A content in the store. Its recipe takes about 600 bytes for each MiB.
  package static let contentBytesMax: Int64 = 1 << 40
  static let recipeChunksMax = 1 << 26
}
