import Czstd

/// Zstandard frames whose content size is always declared, so that whoever unpacks one knows the
/// cost beforehand.
package enum Zstd {
  /// Packs into one frame. Levels are zstd's own; one outside of its range is clamped to it.
  package static func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
    compress(bytes, level: level, cuts: [])
  }

  /// Packs into one frame in which a new block begins at each of the cuts, which ascend.
  ///
  /// zstd has one table of symbol frequencies per block; a cut between contents of different kinds
  /// lets each have its own.
  static func compress(_ bytes: [UInt8], level: Int32, cuts: [Int]) -> [UInt8] {
    let blockHeader = 3
    let bound = ZSTD_compressBound(bytes.count) + cuts.count * blockHeader
    return ZstdContext.withOne { context in
      [UInt8](unsafeUninitializedCapacity: bound) { out, written in
        bytes.withUnsafeBytes { source in
          written = context.compress(source, into: out, level: level, cuts: cuts)
        }
      }
    }
  }

  /// Unpacks exactly one frame. Allocates what the frame declares, and refuses a frame that
  /// declares nothing or more than `limit` bytes.
  package static func decompress(
    _ bytes: [UInt8], limit: Int
  ) throws(DecodingFailure) -> [UInt8] {
    let size = try contentSize(bytes, limit: limit)
    var isWhole = false
    let content = ZstdContext.withOne { context in
      [UInt8](unsafeUninitializedCapacity: size) { out, written in
        isWhole = bytes.withUnsafeBytes { source in
          context.decompress(source, into: UnsafeMutableBufferPointer(rebasing: out[..<size]))
        }
        written = isWhole ? size : 0
      }
    }
    guard isWhole else { throw .malformed("compressed data") }
    return content
  }

  private static func contentSize(_ bytes: [UInt8], limit: Int) throws(DecodingFailure) -> Int {
    // The library also takes frames that it skips and those of versions before 1.0: we write none.
    guard bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) else { throw .malformed("compressed data") }
    // Several frames in a row would each add to the size that only the first one declares here.
    let frame = bytes.withUnsafeBytes { ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
    guard ZSTD_isError(frame) == 0, frame == bytes.count else {
      throw .malformed("compressed data")
    }
    let size = bytes.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    // The library's marks for "unknown" and "error" are the two greatest numbers.
    guard size < UInt64.max - 1 else { throw .malformed("compressed data without a size") }
    guard size <= UInt64(clamping: limit) else { throw .tooLarge("\(size) bytes when unpacked") }
    return Int(size)
  }
}
