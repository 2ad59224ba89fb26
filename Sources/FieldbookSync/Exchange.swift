import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// What a replica puts into an offer and takes out of one: the same on both sides of an exchange.
enum Exchange {
  /// Takes in what an offer carries. Durable on return.
  static func take(_ offer: SyncOffer, into workspace: Workspace, from peer: DeviceKey) throws
    -> ApplyReport
  {
    if let time = offer.time { try? workspace.noteClock(of: peer, time) }
    // The receiver computes hashes itself; what the sender calls a segment does not matter.
    let unnamed = ContentDigest(bytes: [UInt8](repeating: 0, count: 32))!
    let report = try workspace.apply(
      offer.segments.map { EncodedSegment(hash: unnamed, bytes: $0) }, from: peer.id)
    let missing =
      offer.payloads.isEmpty ? [] : Set(try workspace.missingChunkPayloads(limit: 1 << 20))
    try workspace.putChunkPayloads(
      offer.payloads.filter { missing.contains($0.digest) }.map { ($0.digest, $0.bytes) })
    return report
  }

  /// What a report says that could not be taken, for the peer to know.
  static func problems(_ report: ApplyReport) -> [SyncOffer.Problem] {
    (report.refused + report.parked).prefix(SyncLimits.problems).map {
      SyncOffer.Problem(segment: $0.segment, reason: $0.reason.bounded(SyncLimits.reasonBytes))
    }
  }

  struct Made {
    var offer: SyncOffer
    var ops = 0
    var points = 0
  }

  /// An offer of everything that the other side lacks, up to the window.
  ///
  /// - Parameter goal: only what was here at that moment is given; nil: everything, sealed now.
  static func offer(
    from workspace: Workspace, upTo goal: Int64?, session: inout SyncSession,
    answering wanted: [ContentDigest], withSegments: Bool
  ) throws -> Made {
    if goal == nil { try workspace.seal() }
    var made = Made(offer: try heads(of: workspace, session: &session))
    made.offer.time = workspace.environment.now()
    var size = 0
    var carried: [ContentDigest] = []
    if withSegments {
      try fill(&session, from: workspace, upTo: goal)
      let segments = try workspace.window(&session.outbox, maxBytes: SyncLimits.windowBytes)
      made.offer.segments = segments.map(\.bytes)
      made.offer.more = !session.outbox.isEmpty
      for segment in segments {
        let contents = SegmentContents(of: segment)
        made.ops += contents.ops
        made.points += contents.points
        carried += contents.payloads
      }
    }
    // One by one: a window of segments can name more payloads than memory holds. What does not fit is asked for.
    for digest in wanted + carried {
      guard size < SyncLimits.payloadBytes, made.offer.payloads.count < SyncLimits.payloads else {
        break
      }
      guard let bytes = try workspace.chunkPayload(digest) else { continue }
      size += bytes.count
      made.offer.payloads.append(.init(digest: digest, bytes: bytes))
    }
    made.offer.wantedPayloads = session.wanted(try workspace.missingChunkPayloads(limit: 1024))
    made.offer.wantedObjects = try workspace.wantedArtifacts(limit: SyncLimits.wanted).map(\.0)
    return made
  }
}

extension String {
  /// Its beginning, in whole characters, of at most so many bytes.
  fileprivate func bounded(_ bytes: Int) -> String {
    var out = self
    while out.utf8.count > bytes { out.removeLast() }
    return out
  }
}
