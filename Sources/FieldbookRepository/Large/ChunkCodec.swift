/// How the bytes of a chunk lie in its frame.
package enum ChunkCodec: UInt8, Sendable {
  /// As they are.
  case plain = 0
  /// One zstd frame.
  case zstd = 1
  /// All bytes at even places, then all at odd ones, as one zstd frame: of numbers of 2 bytes the upper ones, which
  /// repeat, come to lie together.
  case zstdPairs = 2
  /// The same with every fourth byte, for numbers of 4 bytes.
  case zstdFours = 3

  /// Bytes of a number; 1 for what is not taken apart.
  var stride: Int {
    switch self {
    case .plain, .zstd: 1
    case .zstdPairs: 2
    case .zstdFours: 4
    }
  }
}
