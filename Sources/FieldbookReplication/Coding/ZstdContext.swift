import Czstd
import Synchronization

/// The library's working memory. Making one costs more than packing a small thing with it, so a few
/// are kept for whoever comes next.
///
/// Unchecked: the pointers are used by one thread at a time, since a context is either in the pool
/// or in the hands of the one caller of `withOne` that took it out.
final class ZstdContext: @unchecked Sendable {
  private let compression: OpaquePointer
  private let decompression: OpaquePointer

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
  }

  private static let kept = 4
  private static let idle = Mutex<[ZstdContext]>([])

  static func withOne<Result>(_ body: (ZstdContext) -> Result) -> Result {
    let context = idle.withLock { $0.popLast() } ?? ZstdContext()
    defer { idle.withLock { if $0.count < kept { $0.append(context) } } }
    return body(context)
  }

  /// Returns how many bytes it wrote. The destination has room for the worst case.
  func compress(
    _ source: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<UInt8>, level: Int32,
    cuts: [Int]
  ) -> Int {
    ZSTD_CCtx_reset(compression, ZSTD_reset_session_and_parameters)
    ZSTD_CCtx_setParameter(compression, ZSTD_c_compressionLevel, level)
    guard !cuts.isEmpty else {
      let size = ZSTD_compress2(
        compression, out.baseAddress, out.count, source.baseAddress, source.count)
      // With room for the worst case the library fails only for want of memory.
      precondition(ZSTD_isError(size) == 0, "zstd: out of memory")
      return size
    }
    ZSTD_CCtx_setPledgedSrcSize(compression, UInt64(source.count))
    var input = ZSTD_inBuffer(src: source.baseAddress, size: 0, pos: 0)
    var output = ZSTD_outBuffer(dst: out.baseAddress, size: out.count, pos: 0)
    for cut in cuts {
      input.size = min(cut, source.count)
      feed(&input, to: &output, ZSTD_e_flush)
    }
    input.size = source.count
    feed(&input, to: &output, ZSTD_e_end)
    return output.pos
  }

  private func feed(
    _ input: inout ZSTD_inBuffer, to output: inout ZSTD_outBuffer, _ end: ZSTD_EndDirective
  ) {
    while true {
      let left = ZSTD_compressStream2(compression, &output, &input, end)
      if left == 0 { return }
      precondition(ZSTD_isError(left) == 0 && output.pos < output.size, "zstd: out of memory")
    }
  }

  /// False unless the source unpacks to exactly as many bytes as the destination holds.
  func decompress(
    _ source: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    let size = ZSTD_decompressDCtx(
      decompression, out.baseAddress, out.count, source.baseAddress, source.count)
    return ZSTD_isError(size) == 0 && size == out.count
  }
}
