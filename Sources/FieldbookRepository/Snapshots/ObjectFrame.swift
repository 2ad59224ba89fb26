import Czstd
import FieldbookModel

/// A git object as one message carries it: name (20 bytes), kind (1), bytes of the object and of what follows (4 each,
/// little-endian), and the object, as a zstd frame where that is shorter.
package struct ObjectFrame: Equatable, Sendable {
  package enum Kind: UInt8, Sendable {
    case commit = 1
    case tree = 2
    case blob = 3
  }

  package var object: GitObjectID
  package var kind: Kind
  package var bytes: [UInt8]

  package static let headBytes = 29
  /// A larger file is no object: its pointer is.
  package static let objectBytesMax = 16 << 20
  package static let bytesMax = headBytes + objectBytesMax
  /// Of the objects of one message, unpacked: what is sent stops at half of it, so that one object more fits.
  package static let messageBytesMax = 64 << 20

  package init(object: GitObjectID, kind: Kind, bytes: [UInt8]) {
    self.object = object
    self.kind = kind
    self.bytes = bytes
  }

  package var encoded: [UInt8] {
    let packed = ObjectFrame.packed(bytes) ?? bytes
    var out = object.bytes + [kind.rawValue]
    for count in [bytes.count, packed.count] {
      for shift in stride(from: 0, to: 32, by: 8) {
        out.append(UInt8(truncatingIfNeeded: count >> shift))
      }
    }
    return out + packed
  }

  /// Nil unless it is shorter.
  private static func packed(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > 1 else { return nil }
    var size = 0
    let out = [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { buffer, count in
      size = ZSTD_compress(buffer.baseAddress, bytes.count - 1, bytes, bytes.count, 3)
      count = ZSTD_isError(size) == 0 ? size : 0
    }
    return out.isEmpty ? nil : out
  }

  /// Cuts a message apart. Whether an object is what its name says is for `SnapshotIntake` to see.
  ///
  /// - Throws: `SnapshotFailure.badFrame` unless the bytes are whole frames and nothing else.
  package static func split(_ message: [UInt8]) throws -> [ObjectFrame] {
    var out: [ObjectFrame] = []
    var place = 0
    var sum = 0
    while place < message.count {
      guard message.count - place >= headBytes,
        let object = GitObjectID(bytes: message[place..<(place + 20)]),
        let kind = Kind(rawValue: message[place + 20])
      else { throw SnapshotFailure.badFrame }
      let size = number(message, place + 21)
      let packed = number(message, place + 25)
      place += headBytes
      sum += size
      guard size <= objectBytesMax, sum <= messageBytesMax, packed <= size,
        packed <= message.count - place
      else { throw SnapshotFailure.badFrame }
      let bytes = try unpacked(message[place..<(place + packed)], size)
      out.append(ObjectFrame(object: object, kind: kind, bytes: bytes))
      place += packed
    }
    return out
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  /// Never more than `size` bytes, whatever the frame declares.
  private static func unpacked(_ packed: ArraySlice<UInt8>, _ size: Int) throws -> [UInt8] {
    if packed.count == size { return Array(packed) }
    var found = 0
    let out = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      found = packed.withUnsafeBytes {
        ZSTD_decompress(buffer.baseAddress, size, $0.baseAddress, $0.count)
      }
      count = ZSTD_isError(found) == 0 ? found : 0
    }
    guard out.count == size else { throw SnapshotFailure.badFrame }
    return out
  }
}
