import AsyncHTTPClient
import NIOCore
import Synchronization

/// A content as the body of a request: piece by piece, each when the one before is on its way.
struct PiecewiseBody: Sendable {
  /// Nil at the end.
  let next: @Sendable () throws -> [UInt8]?

  /// Gives them at once.
  static func reader(of bytes: [UInt8]) -> @Sendable () throws -> [UInt8]? {
    let rest = Mutex<[UInt8]?>(bytes)
    return {
      rest.withLock { rest in
        defer { rest = nil }
        return rest
      }
    }
  }

  func write(to writer: HTTPClient.Body.StreamWriter) -> EventLoopFuture<Void> {
    do {
      guard let piece = try next() else { return writer.write(.byteBuffer(ByteBuffer())) }
      return writer.write(.byteBuffer(ByteBuffer(bytes: piece))).flatMap { write(to: writer) }
    } catch {
      return writer.write(.byteBuffer(ByteBuffer())).flatMapThrowing { throw error }
    }
  }
}
