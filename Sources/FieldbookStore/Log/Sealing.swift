import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Seals the open segment if it has grown to its mark.
  func sealIfFull() throws {
    guard
      let row = try sql.first(
        """
        SELECT number - (SELECT min(number) FROM journal), total FROM journal
        ORDER BY number DESC LIMIT 1
        """), let before = row[0].integer, let bytes = row[1].integer
    else { return }
    if before + 1 >= SegmentLimits.sealOps || bytes >= SegmentLimits.sealBytes { try seal() }
  }

  /// Seals what is in the journal into a signed segment. Nothing to seal is nothing to do.
  ///
  /// Called before anything is sent and before a peer's segment is applied: so all ops of a segment have the
  /// same foreign past.
  package func seal() throws {
    try flushTails()
    let ops = try journalOps()
    guard let first = ops.first?.0.number, let last = ops.last?.0.number else { return }
    let chain = try ownChain()
    let past = try unseenHeads(by: chain)
    for head in past { try notePast(chain.id, seen: head.chain, number: head.number) }
    var anchors: [SegmentHash] = []
    var anchorLogs: [LogID] = []
    var anchorOfChain: [Int64: Int] = [chain.id: 0]
    let wire = try ops.map { _, op in
      try op.mapReferences { dot in
        if let known = anchorOfChain[dot.chain] {
          return WireDot(anchor: known, number: dot.number)
        }
        let other = try self.chain(dot.chain)
        anchors.append(try self.tipHash(other))
        anchorLogs.append(other.log)
        anchorOfChain[dot.chain] = anchors.count
        return WireDot(anchor: anchors.count, number: dot.number)
      }
    }
    let start = try sealedRoot(chain)
    let segment = try Segment.seal(
      SegmentBody(salts: .seed(journalSeed()), ops: wire), workspace: identity.workspace,
      log: chain.log,
      first: first, previous: try chain.tipSegment == nil ? nil : tipHash(chain), start: start,
      past: past.map(\.hash), anchors: anchors, anchorLogs: anchorLogs, key: identity.signing)
    // A segment that others could not read would cut off everything after it: better no segment than that one.
    let readable = try Segment(encoded: segment.encoded.bytes)
    _ = try readable.runningHashes(of: readable.body(), from: start, anchorLogs: anchorLogs)
    let id = try insert(segment, chain: chain.id, start: start, origin: "local")
    try advance(chain.id, tip: last, segment: id, clock: HybridTime(raw: 0))
    try noteTouched(ops, segment: id)
    try sql.run("DELETE FROM journal")
    try setMeta("journal_seed", .null)
    sealedNumber = last
  }

  func insert(_ segment: Segment, chain: Int64, start: [UInt8], origin: String) throws -> Int64 {
    let encoded = segment.encoded
    try sql.run(
      """
      INSERT INTO segment(chain, first, last, hash, previous, start, origin, bytes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """, .integer(chain), .integer(Int64(segment.header.first)),
      .integer(Int64(segment.header.last)), .blob(encoded.hash.bytes),
      segment.header.previous.map { .blob($0.bytes) } ?? .null, .blob(start), .text(origin),
      .blob(encoded.bytes))
    return sql.lastInsertedID
  }

  func tipHash(_ chain: Chain) throws -> SegmentHash {
    var current = chain
    while current.tipSegment == nil, let parent = current.parent {
      current = try self.chain(parent)
    }
    guard
      let hash = try current.tipSegment.flatMap({ id in
        try sql.first("SELECT hash FROM segment WHERE id = ?", .integer(id))?[0].blob
      }).flatMap(SegmentHash.init(bytes:))
    else { throw DatabaseFailure.corrupt("chain \(chain.id) has no segment") }
    return hash
  }

  private struct UnseenHead {
    let chain: Int64
    let number: UInt64
    let hash: SegmentHash
  }

  /// Heads of other chains that are not yet in this chain's past.
  private func unseenHeads(by own: Chain) throws -> [UnseenHead] {
    try sql.all(
      """
      SELECT c.id, s.last, s.hash FROM chain c JOIN segment s ON s.id = c.tip_segment
      LEFT JOIN past p ON p.chain = ? AND p.seen = c.id
      WHERE c.id <> ? AND s.last > coalesce(p.number, 0) ORDER BY s.hash
      """, .integer(own.id), .integer(own.id)
    ).compactMap { row in
      guard let id = row[0].integer, let last = row[1].integer,
        let hash = row[2].blob.flatMap(SegmentHash.init(bytes:))
      else { return nil }
      return UnseenHead(chain: id, number: UInt64(last), hash: hash)
    }
  }
}
