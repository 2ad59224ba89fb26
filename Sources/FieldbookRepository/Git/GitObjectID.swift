import Cgit2
import FieldbookModel

/// The name of an object in a git repository: its SHA-1.
package struct GitObjectID: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  package init(_ raw: git_oid) {
    (high, middle, low) = withUnsafeBytes(of: raw) { bytes in
      (
        bytes.loadUnaligned(as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
      )
    }
  }

  /// Nil unless there are 20 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 20 else { return nil }
    var raw = git_oid()
    withUnsafeMutableBytes(of: &raw) { $0.copyBytes(from: bytes) }
    self.init(raw)
  }

  /// Nil unless they are 40 hexadecimal digits in small letters.
  package init?(hex: String) {
    guard hex.utf8.count == 40, let bytes = Hex.decode(hex), Hex.encode(bytes) == hex else {
      return nil
    }
    var raw = git_oid()
    withUnsafeMutableBytes(of: &raw) { $0.copyBytes(from: bytes) }
    self.init(raw)
  }

  package var raw: git_oid {
    var raw = git_oid()
    withUnsafeMutableBytes(of: &raw) { bytes in
      bytes.storeBytes(of: high, as: UInt64.self)
      bytes.storeBytes(of: middle, toByteOffset: 8, as: UInt64.self)
      bytes.storeBytes(of: low, toByteOffset: 16, as: UInt32.self)
    }
    return raw
  }

  package var bytes: [UInt8] { withUnsafeBytes(of: raw) { Array($0) } }
  package var hex: String { Hex.encode(bytes) }
  package var description: String { hex }
}
