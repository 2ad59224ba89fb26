import Crypto
import FieldbookModel
import Foundation

/// Reads a content, or a part of it, from one piece to the next, wherever it lies.
///
/// Of a content in chunks every byte is verified before it is handed out. One that is a file of its own is verified when it was
/// read whole: what the pieces were written to is to be thrown away if the last call fails. A part of such a one is not.
///
/// Unchecked: whoever reads calls `next` from one thread at a time.
package final class ContentReader: @unchecked Sendable {
  /// Of the content.
  package let size: Int64
  /// Of its bytes, those that are read.
  package let range: Range<Int64>
  private let digest: ContentDigest
  private let source: Source
  private var position: Int64
  private var hasher: SHA256?
  /// What `fill` has not handed out.
  private var rest: ArraySlice<UInt8> = []

  private enum Source {
    case whole(StoredBytes)
    case chunks(LargeReader)
  }

  private static let pieceBytes: Int64 = 1 << 20

  fileprivate init(_ digest: ContentDigest, _ bytes: StoredBytes, _ range: Range<Int64>?) throws {
    size = Int64(bytes.count)
    self.range = try ContentReader.checked(range, size)
    self.digest = digest
    source = .whole(bytes)
    position = self.range.lowerBound
    hasher = self.range == 0..<size ? SHA256() : nil
  }

  fileprivate init(_ digest: ContentDigest, _ reader: LargeReader, size: Int64) {
    self.size = size
    range = reader.range
    self.digest = digest
    source = .chunks(reader)
    position = range.lowerBound
  }

  private static func checked(_ range: Range<Int64>?, _ size: Int64) throws -> Range<Int64> {
    guard let range else { return 0..<size }
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw LargeFailure.badRange(size: size)
    }
    return range
  }

  /// A few megabytes at most; nil at the end.
  ///
  /// - Throws: `ContentFailure.damaged`; `LargeFailure` for one in chunks.
  package func next() throws -> [UInt8]? {
    switch source {
    case .chunks(let reader): return try reader.next()
    case .whole(let bytes):
      let count = min(ContentReader.pieceBytes, range.upperBound - position)
      guard count > 0 else {
        if let hasher, ContentDigest(finishing: hasher) != digest {
          throw ContentFailure.damaged(digest)
        }
        return nil
      }
      guard let piece = bytes.read(at: Int(position), count: Int(count)) else {
        throw ContentFailure.damaged(digest)
      }
      hasher?.update(data: piece)
      position += count
      return piece
    }
  }

  /// The same for who has room of his own: how many bytes were put there; 0 at the end.
  func fill(_ room: UnsafeMutableRawBufferPointer) throws -> Int {
    if rest.isEmpty { rest = try next()?[...] ?? [] }
    let count = min(rest.count, room.count)
    room.copyBytes(from: rest.prefix(count))
    rest = rest.dropFirst(count)
    return count
  }
}

extension ContentStore {
  /// - Parameter range: of its bytes; nil: all of them.
  /// - Throws: `LargeFailure.notHere`, or `.badRange` for one that does not lie within.
  package func reader(of digest: ContentDigest, range: Range<Int64>? = nil) throws
    -> ContentReader
  {
    if let path = wholeFile(of: digest), let file = try OpenFile(path) {
      return try ContentReader(digest, .file(file), range)
    }
    let reader = try large.reader(of: digest, range: range)
    return ContentReader(digest, reader, size: reader.size)
  }
}
