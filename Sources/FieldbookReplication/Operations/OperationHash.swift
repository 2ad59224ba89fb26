import Crypto
import FieldbookModel

/// Hashes of ops: what the signature of a segment covers, and what names an op everywhere.
///
/// The name of a field and its value enter as one salted commitment, so that both can later be replaced by it
/// (`purge`) without breaking the signature and without being guessable from it.
package enum OperationHash {
  /// Hash of one op, given one commitment a cell.
  package static func leaf<Reference>(
    _ op: Operation<Reference>, commitments: [[UInt8]], log: (Reference) throws -> (LogID, UInt64)
  ) rethrows -> [UInt8] {
    var out = ByteWriter()
    out.varint(UInt64(op.kind.rawValue))
    out.bytes(op.entity.bytes)
    out.fixed64(op.clock.raw)
    out.varint(UInt64(op.cells.count))
    for (cell, commitment) in zip(op.cells, commitments) {
      out.varint(UInt64(cell.overwrites.count))
      for reference in cell.overwrites {
        let (log, number) = try log(reference)
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
    cell.writeContent(to: &out)
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
  ///
  /// The same as `chained` over `leaf` over `commitment`, in buffers that are used again.
  package static func running<Reference>(
    from start: [UInt8], ops: [Operation<Reference>], salts: Salts,
    log: (Reference) throws -> (LogID, UInt64)
  ) throws -> RunningHashes {
    let salts = try salts.bytes(cells: ops.reduce(0) { $0 + $1.cells.count })
    var hashes = RunningHashes(capacity: ops.count)
    var (hidden, leaf) = (ByteWriter(), ByteWriter())
    var chain = start
    var cursor = 0
    for op in ops {
      leaf.bytes.removeAll(keepingCapacity: true)
      leaf.varint(UInt64(op.kind.rawValue))
      op.entity.appendBytes(to: &leaf.bytes)
      leaf.fixed64(op.clock.raw)
      leaf.varint(UInt64(op.cells.count))
      try op.cells.withUnsafeBufferPointer { cells in
        for index in cells.indices {
          leaf.varint(UInt64(cells[index].overwrites.count))
          for reference in cells[index].overwrites {
            let (log, number) = try log(reference)
            leaf.bytes.append(contentsOf: log.device.bytes)
            leaf.fixed64(log.epoch)
            leaf.varint(number)
          }
          leaf.varint(UInt64(width))
          if let withheld = cells[index].withheld {
            leaf.bytes.append(contentsOf: withheld)
          } else {
            hidden.bytes.removeAll(keepingCapacity: true)
            hidden.bytes.append(contentsOf: salts[cursor..<cursor + Salts.bytesPerCell])
            cells[index].writeContent(to: &hidden)
            appendHash(of: hidden.bytes, to: &leaf.bytes)
          }
          cursor += Salts.bytesPerCell
        }
      }
      appendHash(of: leaf.bytes, to: &chain)
      hashes.append(hashOf: chain)
      chain.removeAll(keepingCapacity: true)
      hashes.appendLast(to: &chain)
    }
    return hashes
  }

  static let width = 32

  static func appendHash(of bytes: [UInt8], to out: inout [UInt8]) {
    var hasher = SHA256()
    bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    hasher.finalize().withUnsafeBytes { out.append(contentsOf: $0) }
  }
}

/// Hashes of consecutive ops in one piece of memory; each is 32 bytes.
package struct RunningHashes: RandomAccessCollection, Equatable, Sendable {
  private var bytes: [UInt8] = []

  fileprivate init(capacity: Int) { bytes.reserveCapacity(capacity * OperationHash.width) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { bytes.count / OperationHash.width }

  package subscript(index: Int) -> [UInt8] {
    Array(bytes[index * OperationHash.width..<(index + 1) * OperationHash.width])
  }

  fileprivate mutating func append(hashOf content: [UInt8]) {
    OperationHash.appendHash(of: content, to: &bytes)
  }

  fileprivate func appendLast(to out: inout [UInt8]) {
    out.append(contentsOf: bytes[(bytes.count - OperationHash.width)...])
  }
}

extension Cell {
  /// What its commitment is to, besides the salt.
  fileprivate func writeContent(to out: inout ByteWriter) {
    out.text(field.text)
    if let value { value.write(to: &out) } else { out.bytes.append(0) }
  }
}

extension FieldValue {
  /// One type byte, then the value: integers zigzag, text and bytes with their length.
  package func write(to out: inout ByteWriter) {
    switch self {
    case .null: out.bytes.append(1)
    case .text(let text):
      out.bytes.append(2)
      out.text(text)
    case .integer(let number):
      out.bytes.append(3)
      out.zigzag(number)
    case .bytes(let bytes):
      out.bytes.append(4)
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
