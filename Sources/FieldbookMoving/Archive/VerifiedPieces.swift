import Crypto
import FieldbookModel

/// A file of the archive as it is read: no longer than it should be, and at its end what it should be.
final class VerifiedPieces {
  private let reader: ArchiveReader
  private let name: String
  private let path: String
  private let expected: (digest: ContentDigest, byteCount: Int64)
  private var hasher = SHA256()
  private var count: Int64 = 0
  private var isAtEnd = false

  init(
    _ reader: ArchiveReader, name: String,
    expected: (digest: ContentDigest, byteCount: Int64), path: String
  ) {
    self.reader = reader
    self.name = name
    self.expected = expected
    self.path = path
  }

  /// Nil at the end.
  func piece() throws -> ArraySlice<UInt8>? {
    guard !isAtEnd, let piece = try reader.bytes() else {
      isAtEnd = true
      return nil
    }
    count += Int64(piece.count)
    guard count <= expected.byteCount else { throw other }
    hasher.update(data: piece)
    return piece
  }

  /// An empty one at the end.
  func next() throws -> ArraySlice<UInt8> { try piece() ?? [] }

  /// The rest, checked.
  func finish() throws {
    while try piece() != nil {}
    guard count == expected.byteCount, Array(hasher.finalize()) == expected.digest.bytes else {
      throw other
    }
  }

  /// To be asked for of what is known to be small.
  func whole() throws -> [UInt8] {
    var out: [UInt8] = []
    while let piece = try piece() { out += piece }
    try finish()
    return out
  }

  private var other: MovingFailure {
    .damaged(path: path, reason: "'\(name)' in it is not what \(RunManifest.fileName) says")
  }
}
