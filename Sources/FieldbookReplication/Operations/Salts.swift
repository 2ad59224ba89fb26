import Crypto

/// What hides the values of a segment's cells behind their commitments.
package enum Salts: Equatable, Sendable {
  /// 32 random bytes; each cell's salt is a piece of their keystream.
  case seed([UInt8])
  /// 16 bytes a cell, in order; zeros for a cell that was purged. From the seed, its value could be guessed.
  case each([UInt8])

  package static let bytesPerCell = 16

  /// 16 bytes a cell.
  package func bytes(cells: Int) throws -> [UInt8] {
    switch self {
    case .seed(let seed):
      let zeros = [UInt8](repeating: 0, count: cells * Salts.bytesPerCell)
      let box = try ChaChaPoly.seal(
        zeros, using: SymmetricKey(data: seed),
        nonce: ChaChaPoly.Nonce(data: [UInt8](repeating: 0, count: 12)))
      return Array(box.ciphertext)
    case .each(let bytes):
      guard bytes.count == cells * Salts.bytesPerCell else {
        throw DecodingFailure.malformed("salts")
      }
      return bytes
    }
  }
}
