import Crypto
import FieldbookModel

/// A chunk as it lies in a pack, and as it is sent: a head of 48 bytes, then its bytes as its codec left them.
///
/// The head, numbers little-endian: `FBc1`; codec (1 byte) and three zeros; bytes unpacked (4), bytes behind the head (4);
/// the SHA-256 of the unpacked bytes. Nothing of it is believed before the digest was compared.
package struct ChunkFrame: Equatable, Sendable {
  package static let headBytes = 48
  /// Packed bytes are never more than unpacked ones.
  package static let bytesMax = headBytes + ChunkLimits.maxBytes
  private static let magic: UInt32 = 0x3163_4246

  package var codec: ChunkCodec
  /// Unpacked: 1 to `ChunkLimits.maxBytes`.
  package var byteCount: Int
  /// Behind the head.
  package var packedCount: Int
  package var digest: ContentDigest

  package var frameBytes: Int { ChunkFrame.headBytes + packedCount }

  init(codec: ChunkCodec, byteCount: Int, packedCount: Int, digest: ContentDigest) {
    self.codec = codec
    self.byteCount = byteCount
    self.packedCount = packedCount
    self.digest = digest
  }

  /// Reads a head; nil for anything else.
  package init?(head: UnsafeRawBufferPointer) {
    guard head.count >= ChunkFrame.headBytes, head.number32(at: 0) == ChunkFrame.magic,
      let codec = ChunkCodec(rawValue: head[4]), head[5] | head[6] | head[7] == 0
    else { return nil }
    self.codec = codec
    byteCount = Int(head.number32(at: 8))
    packedCount = Int(head.number32(at: 12))
    guard (1...ChunkLimits.maxBytes).contains(byteCount), (1...byteCount).contains(packedCount),
      codec != .plain || packedCount == byteCount
    else { return nil }
    digest = head.digest(at: 16)
  }

  func write(head: UnsafeMutableRawBufferPointer) {
    head.store32(ChunkFrame.magic, at: 0)
    head.store32(UInt32(codec.rawValue), at: 4)
    head.store32(UInt32(byteCount), at: 8)
    head.store32(UInt32(packedCount), at: 12)
    head.store(digest, at: 16)
  }

  /// Packs a chunk behind its head.
  ///
  /// - Parameter out: has room for the chunk and a head.
  static func pack(
    _ chunk: UnsafeRawBufferPointer, _ digest: ContentDigest, _ packer: ChunkPacker,
    into out: UnsafeMutableRawBufferPointer
  ) -> ChunkFrame {
    let (codec, count) = packer.pack(
      chunk, into: UnsafeMutableRawBufferPointer(rebasing: out[headBytes...]))
    let frame = ChunkFrame(
      codec: codec, byteCount: chunk.count, packedCount: count, digest: digest)
    frame.write(head: out)
    return frame
  }

  /// Unpacks a whole frame into `out`; returns how many bytes there are.
  ///
  /// - Parameter digest: of the chunk that it has to be; nil: of the one that it says it is.
  /// - Returns: nil unless the frame is whole, no longer, and holds what its digest says.
  static func unpack(
    _ frame: UnsafeRawBufferPointer, expecting digest: ContentDigest?, _ packer: ChunkPacker,
    into out: UnsafeMutableRawBufferPointer
  ) -> ChunkFrame? {
    guard let head = ChunkFrame(head: frame), frame.count == head.frameBytes,
      digest == nil || head.digest == digest, out.count >= head.byteCount
    else { return nil }
    let chunk = UnsafeMutableRawBufferPointer(rebasing: out[..<head.byteCount])
    let packed = UnsafeRawBufferPointer(rebasing: frame[headBytes...])
    guard packer.unpack(packed, head.codec, into: chunk),
      ContentDigest(sha256: UnsafeRawBufferPointer(chunk)) == head.digest
    else { return nil }
    return head
  }

  /// A chunk of at most `ChunkLimits.maxBytes`, and at least one, as it is sent.
  package static func pack(_ chunk: [UInt8]) -> [UInt8] {
    chunk.withUnsafeBytes { chunk in
      [UInt8](unsafeUninitializedCapacity: chunk.count + headBytes) { out, count in
        count = ChunkPacker.withOne { packer in
          pack(
            chunk, ContentDigest(sha256: chunk), packer, into: UnsafeMutableRawBufferPointer(out)
          ).frameBytes
        }
      }
    }
  }

  /// The bytes of a frame that came from elsewhere.
  ///
  /// - Throws: `LargeFailure.badFrame` for what is no frame, is cut, or does not hold what it says.
  package static func unpack(_ frame: [UInt8]) throws -> (ContentDigest, [UInt8]) {
    let unpacked: (ContentDigest, [UInt8])? = frame.withUnsafeBytes { frame in
      guard let head = ChunkFrame(head: frame) else { return nil }
      var isWhole = false
      let bytes = [UInt8](unsafeUninitializedCapacity: head.byteCount) { out, count in
        isWhole = ChunkPacker.withOne {
          unpack(frame, expecting: nil, $0, into: UnsafeMutableRawBufferPointer(out)) != nil
        }
        count = isWhole ? head.byteCount : 0
      }
      return isWhole ? (head.digest, bytes) : nil
    }
    guard let unpacked else { throw LargeFailure.badFrame }
    return unpacked
  }
}
