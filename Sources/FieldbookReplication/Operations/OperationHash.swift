import Crypto
import FieldbookModel

/// Hashes of ops: what the signature of a segment covers, and what names an op everywhere.
///
/// The name of a field and its value enter as one salted commitment, so that both can later be replaced by it
/// (`purge`) without breaking the signature and without being guessable from it.
package enum OperationHash {
  /// Hash of one op, given one commitment a cell.
  package static func leaf<Reference>(
    _ op: Operation<Reference>, commitments: [[UInt8]], log: (Reference) -> (LogID, UInt64)
  ) -> [UInt8] {
    var out = ByteWriter()
    out.varint(UInt64(op.kind.rawValue))
    out.bytes(op.entity.bytes)
    out.fixed64(op.clock.raw)
    out.varint(UInt64(op.cells.count))
    for (cell, commitment) in zip(op.cells, commitments) {
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

  /// Commitment to a field's name and value: 32 bytes.
  package static func commitment<Reference>(_ cell: Cell<Reference>, salt: ArraySlice<UInt8>)
    -> [UInt8]
  {
    if let withheld = cell.withheld { return withheld }
    var out = ByteWriter()
    out.bytes(salt)
    out.text(cell.field.text)
    if let value = cell.value { value.write(to: &out) } else { out.bytes([0]) }
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

  package static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  /// Running hashes after each of the ops, in order.
  package static func running<Reference>(
    from start: [UInt8], ops: [Operation<Reference>], salts: Salts,
    log: (Reference) -> (LogID, UInt64)
  ) throws -> [[UInt8]] {
    let salts = try salts.bytes(cells: ops.reduce(0) { $0 + $1.cells.count })
    var cursor = 0
    var current = start
    return ops.map { op in
      let commitments = op.cells.map { cell in
        defer { cursor += Salts.bytesPerCell }
        return commitment(cell, salt: salts[cursor..<cursor + Salts.bytesPerCell])
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
