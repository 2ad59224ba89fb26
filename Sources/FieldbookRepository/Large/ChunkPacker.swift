import Czstd
import Synchronization

/// Packs and unpacks chunks, with zstd's working memory kept for the next one.
///
/// Unchecked: one thread at a time has it, since it is either in the pool or in the hands of the one caller of `withOne` that
/// took it out.
final class ChunkPacker: @unchecked Sendable {
  private let compression: OpaquePointer
  private let decompression: OpaquePointer
  private let scratch = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ChunkLimits.maxBytes, alignment: 64)
  private let probe = UnsafeMutableRawBufferPointer.allocate(
    byteCount: probeBytes * 2, alignment: 64)

  /// For whoever has the packer: room for a frame and for a chunk.
  let frameRoom = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ChunkFrame.bytesMax, alignment: 64)
  let chunkRoom = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ChunkLimits.maxBytes, alignment: 64)

  /// zstd's own. Of weights that were taken apart a higher one makes hardly less, and takes half as long again.
  private static func level(_ codec: ChunkCodec) -> Int32 { codec.stride == 1 ? 3 : 1 }

  private static let probeBytes = 4096
  private static let kept = 4
  private static let idle = Mutex<[ChunkPacker]>([])

  private init() {
    guard let compression = ZSTD_createCCtx(), let decompression = ZSTD_createDCtx() else {
      fatalError("out of memory")
    }
    self.compression = compression
    self.decompression = decompression
  }

  deinit {
    ZSTD_freeCCtx(compression)
    ZSTD_freeDCtx(decompression)
    scratch.deallocate()
    probe.deallocate()
    frameRoom.deallocate()
    chunkRoom.deallocate()
  }

  static func withOne<Result>(_ body: (ChunkPacker) throws -> Result) rethrows -> Result {
    let packer = idle.withLock { $0.popLast() } ?? ChunkPacker()
    defer { idle.withLock { if $0.count < kept { $0.append(packer) } } }
    return try body(packer)
  }

  // MARK: Packing

  /// Writes the chunk's bytes into `out`, which has room for as many: packed where it saves at least a sixteenth.
  ///
  /// What pays is tried on 4 KiB from the chunk's middle first; most weights are noise, and are left as they are.
  func pack(_ chunk: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) -> (
    ChunkCodec, count: Int
  ) {
    let codec = choose(for: chunk)
    let limit = chunk.count - chunk.count / 16
    if codec != .plain, limit > 0 {
      let source = codec.stride == 1 ? chunk : takeApart(chunk, codec.stride, into: scratch)
      let count = compress(
        source, codec, into: UnsafeMutableRawBufferPointer(rebasing: out[..<limit]))
      if let count { return (codec, count) }
    }
    out.copyMemory(from: chunk)
    return (.plain, chunk.count)
  }

  private func choose(for chunk: UnsafeRawBufferPointer) -> ChunkCodec {
    let count = min(ChunkPacker.probeBytes, chunk.count)
    let start = (chunk.count - count) / 2 & ~3
    let sample = UnsafeRawBufferPointer(rebasing: chunk[start..<start + count])
    let result = UnsafeMutableRawBufferPointer(rebasing: probe[ChunkPacker.probeBytes...])
    var best = (codec: ChunkCodec.plain, count: count - count / 16)
    for codec in [ChunkCodec.zstd, .zstdPairs, .zstdFours] {
      let source = codec.stride == 1 ? sample : takeApart(sample, codec.stride, into: probe)
      // The next one has to be better by a margin: taking apart costs time.
      let limit = codec == .zstd ? best.count : best.count - best.count / 32
      if limit > 0,
        let found = compress(
          source, codec, into: UnsafeMutableRawBufferPointer(rebasing: result[..<limit]))
      {
        best = (codec, found)
      }
    }
    return best.codec
  }

  /// Nil if it does not fit.
  private func compress(
    _ source: UnsafeRawBufferPointer, _ codec: ChunkCodec,
    into out: UnsafeMutableRawBufferPointer
  ) -> Int? {
    let size = ZSTD_compressCCtx(
      compression, out.baseAddress, out.count, source.baseAddress, source.count,
      ChunkPacker.level(codec))
    return ZSTD_isError(size) == 0 ? size : nil
  }

  private func takeApart(
    _ source: UnsafeRawBufferPointer, _ stride: Int, into out: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    guard let from = source.baseAddress, let to = out.baseAddress else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    var place = 0
    for plane in 0..<stride {
      var index = plane
      while index < source.count {
        to.storeBytes(
          of: from.load(fromByteOffset: index, as: UInt8.self), toByteOffset: place, as: UInt8.self)
        index &+= stride
        place &+= 1
      }
    }
    return UnsafeRawBufferPointer(start: to, count: source.count)
  }

  // MARK: Unpacking

  /// False unless the bytes unpack to exactly as many as `out` holds, which are at most `ChunkLimits.maxBytes`.
  func unpack(
    _ packed: UnsafeRawBufferPointer, _ codec: ChunkCodec,
    into out: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard out.count <= ChunkLimits.maxBytes else { return false }
    switch codec {
    case .plain:
      guard packed.count == out.count else { return false }
      out.copyMemory(from: packed)
      return true
    case .zstd: return decompress(packed, into: out)
    case .zstdPairs, .zstdFours:
      let apart = UnsafeMutableRawBufferPointer(rebasing: scratch[..<out.count])
      guard decompress(packed, into: apart) else { return false }
      putTogether(UnsafeRawBufferPointer(apart), codec.stride, into: out)
      return true
    }
  }

  /// The library stops at the end of the destination, whatever the frame declares.
  private func decompress(
    _ packed: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer
  ) -> Bool {
    let size = ZSTD_decompressDCtx(
      decompression, out.baseAddress, out.count, packed.baseAddress, packed.count)
    return ZSTD_isError(size) == 0 && size == out.count
  }

  private func putTogether(
    _ source: UnsafeRawBufferPointer, _ stride: Int, into out: UnsafeMutableRawBufferPointer
  ) {
    guard let from = source.baseAddress, let to = out.baseAddress else { return }
    var place = 0
    for plane in 0..<stride {
      var index = plane
      while index < out.count {
        to.storeBytes(
          of: from.load(fromByteOffset: place, as: UInt8.self), toByteOffset: index, as: UInt8.self)
        index &+= stride
        place &+= 1
      }
    }
  }
}
