import Crypto
import FieldbookModel
import Foundation

/// The SHA-256 of one file that may be written to at the same time.
enum FileDigest {
  private static let bufferBytes = 1 << 20
  private static let attempts = 3

  /// - Parameter told: how many bytes more were read.
  /// - Returns: the digest, and what the file was while its bytes were read.
  static func of(
    _ path: TreePath, below root: String, shown: String, told: (Int) -> Void
  ) throws(DataFailure) -> (digest: ContentDigest, info: stat) {
    let file = path.withPath(below: root) {
      open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    }
    guard file >= 0 else { throw .cannotRead(shown, reason: String(cString: strerror(errno))) }
    defer { close(file) }
    posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL)
    for _ in 0..<attempts {
      var (before, after) = (stat(), stat())
      guard fstat(file, &before) == 0, before.st_mode & S_IFMT == S_IFREG else {
        throw .odd(shown)
      }
      guard let digest = try digest(of: file, atMost: Int64(before.st_size), shown, told) else {
        continue
      }
      guard fstat(file, &after) == 0, FileStamp(before) == FileStamp(after) else { continue }
      return (digest, before)
    }
    throw .changing(shown)
  }

  /// Nil if there are more bytes than that, or fewer.
  private static func digest(
    of file: Int32, atMost size: Int64, _ shown: String, _ told: (Int) -> Void
  ) throws(DataFailure) -> ContentDigest? {
    var hasher = SHA256()
    var done: Int64 = 0
    var failure: DataFailure?
    let room = Int(min(Int64(bufferBytes), size + 1))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 16)
    defer { buffer.deallocate() }
    while done <= size {
      let count = pread(file, buffer.baseAddress, room, off_t(done))
      if count < 0 && errno == EINTR { continue }
      if count < 0 { failure = .cannotRead(shown, reason: String(cString: strerror(errno))) }
      if count <= 0 { break }
      hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      done += Int64(count)
      told(count)
    }
    if let failure { throw failure }
    return done == size ? ContentDigest(bytes: Array(hasher.finalize())) : nil
  }
}
