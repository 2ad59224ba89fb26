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
      let row = try sql.first(
        "SELECT id, start, chain, bytes FROM segment WHERE hash = ?", .blob(hash.bytes)),
      let id = row[0].integer, let start = row[1].blob, let chainID = row[2].integer,
      let present = row[3].blob, present != bytes
    else { return false }
    let held = try Segment(encoded: present)
    let body = try held.body()
    guard body.hasWithheld, let other = try? Segment(encoded: bytes), other.header == held.header,
      let given = try? other.body()
    else { return false }
    let first = held.header.first
    let completed = try body.completed(from: given) { place in
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
