import Crypto
import FieldbookModel

/// Hashes of ops: what the signature of a segment covers, and what names an op everywhere.
///
/// A value enters as a salted commitment, so that it can later be replaced by that commitment
/// (`purge`) without breaking the signature and without being guessable from it.
package enum OperationHash {
  /// Hash of one op, given one commitment a cell that has a value.
  package static func leaf<Reference>(
    _ op: Operation<Reference>, commitments: [[UInt8]], log: (Reference) -> (LogID, UInt64)
  ) -> [UInt8] {
    var out = ByteWriter()
    out.varint(UInt64(op.kind.rawValue))
    out.bytes(op.entity.bytes)
    out.fixed64(op.clock.raw)
    out.varint(UInt64(op.cells.count))
    for (cell, commitment) in zip(op.cells, commitments) {
      out.text(cell.field.text)
      out.varint(UInt64(cell.overwrites.count))
      for reference in cell.overwrites {
        let (log, number) = log(reference)
        out.bytes(log.device.bytes)
        out.fixed64(log.epoch)
        out.varint(number)
      }
      out.lengthPrefixed(commitment)
    }
    return sha256(out.bytes)
  }

  /// Commitment to a value; empty for a cell without one.
  package static func commitment(_ value: FieldValue?, salt: ArraySlice<UInt8>) -> [UInt8] {
    guard let value else { return [] }
    var out = ByteWriter()
    out.bytes(salt)
    value.write(to: &out)
    return sha256(out.bytes)
  }

  package static func chained(_ running: [UInt8], _ leaf: [UInt8]) -> [UInt8] {
    sha256(running + leaf)
  }

  /// The running hash before a log's first op.
  package static func start(workspace: WorkspaceID, log: LogID) -> [UInt8] {
    var out = ByteWriter()
    out.text("fieldbook log 1")
    out.bytes(workspace.key.bytes)
    out.bytes(log.device.bytes)
    out.fixed64(log.epoch)
    return sha256(out.bytes)
  }

  /// 16 bytes a cell, a keystream of the segment's seed.
  package static func salts(seed: [UInt8], cells: Int) throws -> [UInt8] {
    let zeros = [UInt8](repeating: 0, count: cells * 16)
    let box = try ChaChaPoly.seal(
      zeros, using: SymmetricKey(data: seed),
      nonce: ChaChaPoly.Nonce(data: [UInt8](repeating: 0, count: 12)))
    return Array(box.ciphertext)
  }

  package static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  /// Running hashes after each of the ops, in order.
  package static func running<Reference>(
    from start: [UInt8], ops: [Operation<Reference>], seed: [UInt8],
    log: (Reference) -> (LogID, UInt64)
  ) throws -> [[UInt8]] {
    let salts = try salts(seed: seed, cells: ops.reduce(0) { $0 + $1.cells.count })
    var cursor = 0
    var current = start
    return ops.map { op in
      let commitments = op.cells.map { cell in
        defer { cursor += 16 }
        return commitment(cell.value, salt: salts[cursor..<cursor + 16])
      }
      current = chained(current, leaf(op, commitments: commitments, log: log))
      return current
    }
  }
}

extension FieldValue {
  /// One type byte, then the value: integers zigzag, text and bytes with their length.
  package func write(to out: inout ByteWriter) {
    switch self {
    case .null: out.bytes([1])
    case .text(let text):
      out.bytes([2])
      out.text(text)
    case .integer(let number):
      out.bytes([3])
      out.zigzag(number)
    case .bytes(let bytes):
      out.bytes([4])
      out.lengthPrefixed(bytes)
    }
  }

  package static func read(from reader: inout ByteReader) throws(DecodingFailure) -> FieldValue {
    switch try reader.bytes(count: 1).first {
    case 1: return .null
    case 2: return .text(try reader.text(limit: Limits.valueBytes))
    case 3: return .integer(try reader.zigzag())
    case 4: return .bytes(Array(try reader.lengthPrefixed(limit: Limits.valueBytes)))
    default: throw .malformed("value type")
    }
  }
}
