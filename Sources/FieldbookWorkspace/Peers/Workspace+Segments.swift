import FieldbookModel
import FieldbookReplication

/// What sync needs of a replica.
extension Workspace {
  /// What this replica knows. Seals the open segment first; all of it is durable on return.
  package func heads() throws -> [Head] {
    try seal()
    return try store.inspect { try $0.heads() }
  }

  package func headsDigest() throws -> ContentDigest { HeadsDigest.of(try heads()) }

  /// In causal order. The cursor is nil when that was all.
  package func segments(notIn peerHeads: [Head], maxBytes: Int, after cursor: Int64?) throws
    -> (segments: [EncodedSegment], cursor: Int64?)
  {
    try store.inspect { try $0.segments(notIn: peerHeads, maxBytes: maxBytes, after: cursor) }
  }

  /// Takes in what a peer gave. Durable on return; idempotent; what does not fit changes nothing.
  package func apply(_ segments: [EncodedSegment], from peer: String) throws -> ApplyReport {
    try checkMark()
    return try store.apply(segments)
  }

  package func chunkPayloads(of segments: [SegmentHash]) throws -> [(ContentDigest, [UInt8])] {
    try store.inspect { try $0.payloads(of: segments) }
  }

  package func missingChunkPayloads(limit: Int) throws -> [ContentDigest] {
    try store.inspect { try $0.missingPayloads(limit: limit) }
  }

  package func chunkPayload(_ digest: ContentDigest) throws -> [UInt8]? {
    try store.inspect { try $0.payload(digest) }
  }

  package func putChunkPayload(_ digest: ContentDigest, _ bytes: [UInt8]) throws {
    try putChunkPayloads([(digest, bytes)])
  }

  package func putChunkPayloads(_ payloads: [(ContentDigest, [UInt8])]) throws {
    guard !payloads.isEmpty else { return }
    try write(.script) { transaction in
      for (digest, bytes) in payloads { try transaction.addPayload(digest, bytes) }
    }
  }

  /// Settles aliases and gives version numbers, where that is this device's duty.
  package func performHubDuties() throws {
    let isHub = device.isHub
    try write(.person) { transaction in
      try transaction.allocateNumbers()
      if isHub {
        try transaction.witnessSuspects()
        try transaction.settleUnconflicted()
      }
    }
  }

  /// Nil for a device that is not enrolled.
  package func isEnrolled(_ key: DeviceKey) -> Role? {
    (try? store.inspect { try $0.role(of: key) }) ?? nil
  }

  package func devices() throws -> [Device] { try store.inspect { try $0.devices() } }

  // MARK: What a peer was known to hold

  package func peerState(_ peer: DeviceKey) throws -> [Head] {
    try store.inspect { try $0.peerHeads(peer) }
  }

  package func setPeerState(_ peer: DeviceKey, _ heads: [Head]) throws {
    try write(.script) { try $0.setPeerHeads(peer, heads) }
  }
}
