import Foundation

/// The lines of a file, one after the other, in little memory.
final class LineReader {
  private let path: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  /// Of the last line, from 1.
  private(set) var number = 0

  private static let pieceBytes = 1 << 20

  init(_ path: String) throws {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw MovingFailure.notThere(path)
    }
    self.path = path
    self.handle = handle
  }

  deinit { try? handle.close() }

  /// Without what ends it; nil after the last. What is no UTF-8 is replaced.
  ///
  /// - Throws: for a line longer than `limit` bytes.
  func next(limit: Int = 1 << 20) throws -> String? {
    while true {
      if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return line(position..<end)
      }
      if isAtEnd {
        guard position < buffer.count else { return nil }
        defer { position = buffer.count }
        return line(position..<buffer.count)
      }
      guard buffer.count - position <= limit else {
        throw MovingFailure.damaged(path: path, reason: "line \(number + 1) is too long")
      }
      buffer.removeSubrange(..<position)
      position = 0
      let piece = try handle.read(upToCount: LineReader.pieceBytes) ?? Data()
      if piece.isEmpty { isAtEnd = true } else { buffer += piece }
    }
  }

  private func line(_ range: Range<Int>) -> String {
    number += 1
    var range = range
    if range.last.map({ buffer[$0] }) == UInt8(ascii: "\r") { range = range.dropLast() }
    return String(decoding: buffer[range], as: UTF8.self)
  }
}
