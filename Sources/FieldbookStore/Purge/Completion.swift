import FieldbookModel
import FieldbookReplication

/// Values that are missing though no purge took them: whoever gave the segment had no right to leave them out, or a
/// revocation undid the purge. Others hold them.
extension WriteTransaction {
  /// Names of segments that lack such values.
  func incompleteSegments(limit: Int) throws -> [SegmentHash] {
    // By chance, so that those that nobody can give do not stand before the others for ever.
    try sql.all(
      """
      SELECT hash FROM (SELECT DISTINCT (SELECT s.hash FROM segment s
          WHERE s.chain = w.dot >> 40 AND s.last >= (w.dot & ?1)
            AND s.first <= (w.dot & ?1) ORDER BY s.last LIMIT 1) AS hash
        FROM withheld_cell w
        WHERE NOT EXISTS (SELECT 1 FROM purged_cell p WHERE p.dot = w.dot AND p.cell = w.cell))
      WHERE hash IS NOT NULL ORDER BY random() LIMIT ?2
      """, .integer(Int64(Dot.numberLimit - 1)), .integer(Int64(limit))
    ).compactMap { $0[0].blob.flatMap(SegmentHash.init(bytes:)) }.sorted()
  }

  package func incompleteSegments() throws -> Int { try incompleteSegments(limit: 1000).count }

  /// Takes from another copy of a segment what the one here lacks, cell by cell. False if that is nothing.
  ///
  /// Neither copy need be whole: each cell is verified by the commitment that stands here in its place.
  @discardableResult
  func complete(_ hash: SegmentHash, _ bytes: [UInt8]) throws -> Bool {
    guard try sql.first("SELECT 1 FROM withheld_cell LIMIT 1") != nil,
      let id = try sql.first("SELECT id FROM segment WHERE hash = ?", .blob(hash.bytes))?[0]
        .integer,
      let other = try? Segment(encoded: bytes), other.header.hash == hash
    else { return false }
    return try complete(id, from: other)
  }

  /// Where branches share ops, one can have brought values that the other left out.
  ///
  /// - Parameter shared: ops of the segment that were here before.
  func completeShared(_ shared: [(Dot, Operation<Dot>)], in id: Int64) throws {
    let (holders, isOpen) = try shared.reduce(into: (Set<Int64>(), false)) { found, one in
      guard let holder = try segment(holding: one.0), holder != id else { return }
      found.0.insert(holder)
      found.1 = found.1 || one.1.cells.contains(where: \.isWithheld)
    }
    let isKnownOpen = try sql.first("SELECT 1 FROM withheld_cell LIMIT 1") != nil
    guard isOpen || isKnownOpen, let new = try held(id)?.segment else { return }
    for holder in holders.sorted() {
      guard let old = try held(holder)?.segment else { continue }
      try complete(holder, from: new)
      try complete(id, from: old)
    }
  }

  private func held(_ id: Int64) throws -> (segment: Segment, start: [UInt8], chain: Int64)? {
    guard
      let row = try sql.first("SELECT bytes, start, chain FROM segment WHERE id = ?", .integer(id)),
      let bytes = row[0].blob, let start = row[1].blob, let chain = row[2].integer
    else { return nil }
    return (try Segment(encoded: bytes), start, chain)
  }

  /// - Parameter other: a copy of it, or one of another branch that shares ops with it.
  @discardableResult
  private func complete(_ id: Int64, from other: Segment) throws -> Bool {
    guard let (held, start, chainID) = try held(id), held.header.log == other.header.log else {
      return false
    }
    let body = try held.body()
    guard body.hasWithheld, let given = try? other.body() else { return false }
    let first = held.header.first
    let completed = try body.completed(
      from: given, shift: Int(first) - Int(other.header.first)
    ) { place in
      let dot = try dot(chainID, first + UInt64(place.op))
      return try sql.first(
        "SELECT 1 FROM purged_cell WHERE dot = ? AND cell = ?", .integer(dot.raw),
        .integer(Int64(place.cell))) == nil
    }
    guard let merged = completed else { return false }
    let whole = held.replacing(merged)
    let logs = try held.header.anchors.map { try chain(chainHolding($0)).log }
    guard whole.encoded.bytes.count <= SegmentLimits.encodedBytes,
      (try? whole.runningHashes(of: whole.body(), from: start, anchorLogs: logs)) != nil
    else { return false }
    try sql.run(
      "UPDATE segment SET bytes = ? WHERE id = ?", .blob(whole.encoded.bytes), .integer(id))
    openedSegments[id] = nil
    needsRefold = true
    // It can have been an enrolment or a revocation that came without its values.
    needsCollection = true
    return true
  }
}
