import AsyncHTTPClient
import Foundation
import NIOCore

/// A file as the body of a request: piece by piece, each when the one before is on its way.
final class FileBody: Sendable {
  private let file: Int32
  private let count: Int64

  private static let pieceBytes = 256 << 10

  /// Nil if it cannot be opened.
  init?(_ path: String, _ count: Int64) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    self.file = file
    self.count = count
  }

  deinit { close(file) }

  func write(to writer: HTTPClient.Body.StreamWriter, at position: Int64 = 0) -> EventLoopFuture<
    Void
  > {
    let count = Int(min(Int64(FileBody.pieceBytes), self.count - position))
    guard count > 0 else { return writer.write(.byteBuffer(ByteBuffer())) }
    var piece = ByteBuffer()
    var got = 0
    piece.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
      while got < count {
        let read = pread(file, room.baseAddress! + got, count - got, off_t(position) + off_t(got))
        if read < 0, errno == EINTR { continue }
        guard read > 0 else { break }
        got += read
      }
      return got
    }
    guard got == count else {
      // It became shorter, or the disk fails: the request cannot be what was signed.
      return writer.write(.byteBuffer(ByteBuffer())).flatMapThrowing { throw FileBodyFailure() }
    }
    return writer.write(.byteBuffer(piece)).flatMap {
      self.write(to: writer, at: position + Int64(count))
    }
  }
}

struct FileBodyFailure: Error {}
