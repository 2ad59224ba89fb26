import AsyncHTTPClient
import Foundation
import NIOCore

/// A file as the body of a request: piece by piece, each when the one before is on its way.
final class FileBody: Sendable {
  private let descriptor: Int32
  private static let pieceBytes = 256 * 1024

  init(_ path: String) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw MovingFailure.notThere(path) }
  }

  deinit { close(descriptor) }

  func write(to writer: HTTPClient.Body.StreamWriter) -> EventLoopFuture<Void> {
    var piece = [UInt8](repeating: 0, count: FileBody.pieceBytes)
    let count = read(descriptor, &piece, piece.count)
    let written = writer.write(.byteBuffer(ByteBuffer(bytes: piece.prefix(max(0, count)))))
    guard count > 0 else { return written }
    return written.flatMap { self.write(to: writer) }
  }
}
