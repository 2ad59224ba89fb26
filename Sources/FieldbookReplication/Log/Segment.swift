import Crypto
import FieldbookModel

/// Consecutive ops of one log, sealed together: the unit of signature, transfer and idempotence.
package struct Segment: Sendable {
  package var header: SegmentHeader
  /// Ed25519 over the segment's hash.
  package var signature: [UInt8]
  /// zstd of `SegmentBody`.
  package var compressedBody: [UInt8]

  package init(header: SegmentHeader, signature: [UInt8], compressedBody: [UInt8]) {
    self.header = header
    self.signature = signature
    self.compressedBody = compressedBody
  }

  private static let magic = Array("FBS1".utf8)

  package var encoded: EncodedSegment {
    var out = ByteWriter()
    out.bytes(Segment.magic)
    out.lengthPrefixed(header.encoded)
    out.bytes(signature)
    out.lengthPrefixed(compressedBody)
    return EncodedSegment(hash: header.hash, bytes: out.bytes)
  }

  /// Takes apart, checks no signature and opens no body.
  package init(encoded bytes: [UInt8]) throws {
    guard bytes.count <= SegmentLimits.encodedBytes else {
      throw DecodingFailure.tooLarge("segment")
    }
    var reader = ByteReader(bytes)
    guard Array(try reader.bytes(count: 4)) == Segment.magic else {
      throw DecodingFailure.malformed("segment: it does not begin with FBS1")
    }
    header = try SegmentHeader(
      encoded: Array(try reader.lengthPrefixed(limit: SegmentLimits.headerBytes)))
    signature = Array(try reader.bytes(count: 64))
    compressedBody = Array(try reader.lengthPrefixed(limit: SegmentLimits.encodedBytes))
    guard reader.isAtEnd else { throw DecodingFailure.malformed("segment: bytes follow it") }
  }

  /// Throws unless the log's device signed this header.
  package func verifySignature() throws {
    let hash = header.hash
    let device = header.log.device
    if SignatureMemo.knows(signature, hash, device) { return }
    guard
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: device.bytes),
      key.isValidSignature(signature, for: hash.bytes)
    else { throw SegmentFailure.badSignature(hash) }
    SignatureMemo.note(signature, hash, device)
  }

  /// Opens the body, without checking it against the header's root.
  package func body() throws -> SegmentBody {
    // Salts one by one take more than the seed that they came of, commitments more than small values.
    let limit = header.bodyByteCount + SegmentLimits.purgedBytes
    let raw = try Zstd.decompress(compressedBody, limit: limit)
    guard raw.first != 0 || raw.count == header.bodyByteCount else {
      throw SegmentFailure.altered(header.hash)
    }
    return try SegmentBody(
      encoded: raw, clockBase: header.clockBase, count: header.count,
      anchors: header.anchors.count)
  }

  /// Running hash after each op. Throws unless the last is the header's root.
  ///
  /// - Parameter start: running hash before the first op.
  /// - Parameter anchorLogs: the log of each anchor, in the header's order.
  package func runningHashes(of body: SegmentBody, from start: [UInt8], anchorLogs: [LogID]) throws
    -> RunningHashes
  {
    let hashes = try OperationHash.running(from: start, ops: body.ops, salts: body.salts) { dot in
      (dot.anchor == 0 ? header.log : anchorLogs[dot.anchor - 1], dot.number)
    }
    guard hashes.last == header.bodyRoot.bytes || Mutant.isOn(.rootUnchecked) else {
      throw SegmentFailure.altered(header.hash)
    }
    return hashes
  }

  /// Seals ops into a signed segment.
  package static func seal(
    _ body: SegmentBody, workspace: WorkspaceID, log: LogID, first: UInt64,
    previous: SegmentHash?, start: [UInt8], past: [SegmentHash], anchors: [SegmentHash],
    anchorLogs: [LogID], key: Curve25519.Signing.PrivateKey
  ) throws -> Segment {
    let clockBase = body.ops.first?.clock ?? HybridTime(raw: 0)
    let raw = body.encoded(clockBase: clockBase)
    let running = try OperationHash.running(from: start, ops: body.ops, salts: body.salts) { dot in
      (dot.anchor == 0 ? log : anchorLogs[dot.anchor - 1], dot.number)
    }
    guard let root = running.last.flatMap(SegmentHash.init(bytes:)) else {
      throw DecodingFailure.malformed("a segment without ops")
    }
    let header = SegmentHeader(
      workspace: workspace, log: log, first: first, count: body.ops.count, previous: previous,
      past: past, anchors: anchors, clockBase: clockBase, bodyRoot: root,
      bodyByteCount: raw.count)
    return Segment(
      header: header, signature: Array(try key.signature(for: header.hash.bytes)),
      compressedBody: Zstd.compress(raw))
  }
}
