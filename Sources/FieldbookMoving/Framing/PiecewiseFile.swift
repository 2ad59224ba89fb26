import Foundation

/// A file read from its beginning to its end, as many bytes as are asked for.
final class PiecewiseFile {
  let path: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var start = 0
  /// Of the next byte.
  private(set) var offset = 0

  init(_ path: String) throws {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw MovingFailure.notThere(path)
    }
    self.path = path
    self.handle = handle
  }

  deinit { try? handle.close() }

  /// Fewer only where the file ends.
  func take(_ count: Int) throws -> ArraySlice<UInt8> {
    if buffer.count - start < count {
      buffer.removeSubrange(..<start)
      start = 0
      while buffer.count < count {
        // A length that is a lie costs no more memory than the file has bytes.
        let piece = try handle.read(upToCount: min(max(count - buffer.count, 1 << 16), 1 << 20))
        guard let piece, !piece.isEmpty else { break }
        buffer += piece
      }
    }
    let taken = buffer[start..<min(start + count, buffer.count)]
    start += taken.count
    offset += taken.count
    return taken
  }
}

extension ArraySlice<UInt8> {
  /// Little-endian, up to eight bytes.
  var littleEndian: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

/// How a file of records ends.
package enum FileEnd: Equatable {
  case whole
  /// In the middle of a record, as where somebody writes on.
  case cut(at: Int)
  /// What follows cannot be read.
  case damaged(String)
}
