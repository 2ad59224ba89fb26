import FieldbookModel

/// What a segment says of itself, and what its signature covers.
package struct SegmentHeader: Equatable, Sendable {
  package var workspace: WorkspaceID
  package var log: LogID
  /// Number of the first op, from 1.
  package var first: UInt64
  package var count: Int
  /// Nil for a log's first segment.
  package var previous: SegmentHash?
  /// Heads of other logs that became known since the previous segment: its causal past.
  package var past: [SegmentHash]
  /// Segments in the past whose logs the body's dots refer to.
  package var anchors: [SegmentHash]
  package var clockBase: HybridTime
  /// Bits that a reader must know to give the ops their effect; none are defined yet.
  package var features: UInt32
  package var isUnderstood: Bool { features == 0 }
  /// Running hash of the log after the segment's last op.
  package var bodyRoot: SegmentHash
  /// Of the body before compression, in bytes.
  package var bodyByteCount: Int

  package var last: UInt64 { first + UInt64(count) - 1 }

  package init(
    workspace: WorkspaceID, log: LogID, first: UInt64, count: Int, previous: SegmentHash?,
    past: [SegmentHash], anchors: [SegmentHash], clockBase: HybridTime, features: UInt32 = 0,
    bodyRoot: SegmentHash, bodyByteCount: Int
  ) {
    self.workspace = workspace
    self.log = log
    self.first = first
    self.count = count
    self.previous = previous
    self.past = past
    self.anchors = anchors
    self.clockBase = clockBase
    self.features = features
    self.bodyRoot = bodyRoot
    self.bodyByteCount = bodyByteCount
  }

  package static let format: UInt64 = 2

  package var encoded: [UInt8] {
    var out = ByteWriter()
    out.varint(SegmentHeader.format)
    out.bytes(workspace.key.bytes)
    out.bytes(log.device.bytes)
    out.fixed64(log.epoch)
    out.varint(first)
    out.varint(UInt64(count))
    out.bytes(previous?.bytes ?? [UInt8](repeating: 0, count: 32))
    for list in [past, anchors] {
      out.varint(UInt64(list.count))
      for hash in list { out.bytes(hash.bytes) }
    }
    out.fixed64(clockBase.raw)
    out.varint(UInt64(features))
    out.bytes(bodyRoot.bytes)
    out.varint(UInt64(bodyByteCount))
    return out.bytes
  }

  package init(encoded: [UInt8]) throws {
    var reader = ByteReader(encoded)
    func hash() throws -> SegmentHash {
      guard let hash = SegmentHash(bytes: Array(try reader.bytes(count: 32))) else {
        throw DecodingFailure.malformed("segment hash")
      }
      return hash
    }
    let format = try reader.varint()
    guard format == SegmentHeader.format else {
      throw SegmentFailure.unknownFormat(found: format)
    }
    guard let workspace = EntityKey(bytes: try reader.bytes(count: 16)),
      let device = DeviceKey(bytes: Array(try reader.bytes(count: 32)))
    else { throw DecodingFailure.malformed("segment header") }
    self.workspace = WorkspaceID(workspace)
    log = LogID(device: device, epoch: try reader.fixed64())
    first = try reader.varint()
    let count = try reader.varint()
    guard first >= 1, count >= 1, count <= UInt64(SegmentLimits.ops),
      first < Dot.numberLimit - count
    else { throw DecodingFailure.malformed("op numbers") }
    self.count = Int(count)
    let previous = try hash()
    self.previous = previous.bytes.allSatisfy { $0 == 0 } ? nil : previous
    guard (self.previous == nil) == (first == 1) else {
      throw DecodingFailure.malformed("previous segment")
    }
    var lists: [[SegmentHash]] = []
    for _ in 0..<2 {
      let length = try reader.varint()
      guard length <= UInt64(SegmentLimits.hashes) else {
        throw DecodingFailure.tooLarge("causal past")
      }
      lists.append(try (0..<length).map { _ in try hash() })
    }
    (past, anchors) = (lists[0], lists[1])
    let clock = try reader.fixed64()
    guard clock <= UInt64(Int64.max) else { throw DecodingFailure.malformed("clock") }
    clockBase = HybridTime(raw: clock)
    let features = try reader.varint()
    guard features <= UInt64(UInt32.max) else { throw DecodingFailure.malformed("features") }
    self.features = UInt32(features)
    bodyRoot = try hash()
    let size = try reader.varint()
    guard size <= UInt64(SegmentLimits.bodyBytes) else {
      throw DecodingFailure.tooLarge("segment body")
    }
    bodyByteCount = Int(size)
    guard reader.isAtEnd else { throw DecodingFailure.malformed("segment header") }
  }

  /// The segment's name.
  package var hash: SegmentHash {
    var out = ByteWriter()
    out.text("fieldbook segment 1")
    out.bytes(encoded)
    return SegmentHash(bytes: OperationHash.sha256(out.bytes))!
  }
}

package enum SegmentLimits {
  /// Ops after which an open segment is sealed.
  package static let sealOps = 1000
  /// Bytes of journaled ops after which an open segment is sealed.
  package static let sealBytes = 64 * 1024
  /// A transaction is never split, so a segment may be larger than the seal marks, up to these.
  package static let ops = 20_000
  package static let bodyBytes = 16 * 1024 * 1024
  package static let hashes = 65_536
  package static let cellsPerOp = 4096
  /// Cells of a segment together, and overwritten ops: what is small packed must not be large opened.
  package static let cells = 262_144
  package static let overwritesPerCell = 4096
  /// What purges can add to a body: of each cell a salt, and a commitment in place of what it held.
  package static let purgedBytes = cells * (Salts.bytesPerCell + 32)
  package static let headerBytes = hashes * 64 + 1024
  /// With a body that does not compress.
  package static let encodedBytes = bodyBytes + purgedBytes + headerBytes + 1024 * 1024
}

package enum SegmentFailure: Failure, Equatable {
  case unknownFormat(found: UInt64)
  case altered(SegmentHash)
  case badSignature(SegmentHash)
  case otherWorkspace(WorkspaceID)

  package var message: String {
    switch self {
    case .unknownFormat(let found):
      "a segment has format \(found), this program knows \(SegmentHeader.format)"
    case .altered(let hash):
      "segment \(hash.hex.prefix(12)) was altered: its content does not match its hash"
    case .badSignature(let hash):
      "segment \(hash.hex.prefix(12)) does not carry its device's signature"
    case .otherWorkspace(let id): "a segment belongs to another workspace, \(id.hex.prefix(8))"
    }
  }

  package var hint: String {
    switch self {
    case .unknownFormat: "update fieldbook on this machine"
    case .altered, .badSignature: "fetch it again; if that does not help, ask its author to sync"
    case .otherWorkspace: "check which remote or file belongs to this workspace"
    }
  }
}
