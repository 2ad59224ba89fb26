import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// The past of a new branch is that of the segment it branched off: whatever the segments up to there say.
  func inheritPast(_ chainID: Int64, from previous: SegmentHash?) throws {
    if Mutant.isOn(.branchPastForgotten) { return }
    var current = previous
    while let hash = current, let witness = try witness(upTo: hash) {
      for seen in witness.past {
        guard
          let row = try sql.first(
            "SELECT chain, last FROM segment WHERE hash = ?", .blob(seen.bytes)),
          let id = row[0].integer, let last = row[1].integer
        else { continue }
        try notePast(chainID, seen: id, number: UInt64(last))
      }
      current = witness.previous
    }
  }

  /// The last one of a segment and those before it that says what its author had seen. Most say nothing new, and a log is long:
  /// what was found is kept at some of the places on the way.
  private func witness(upTo hash: SegmentHash) throws -> SegmentHeader? {
    var passed: [Int64] = []
    var found: (row: Int64, header: SegmentHeader)?
    var current: SegmentHash? = hash
    var steps = 0
    while let hash = current, found == nil {
      let stored = try sql.first("SELECT id, bytes FROM segment WHERE hash = ?", .blob(hash.bytes))
      guard let (row, header) = try stored.flatMap(header) else { break }
      if !header.past.isEmpty {
        found = (row, header)
      } else if let known = known.witnesses[row] {
        found = try sql.first("SELECT id, bytes FROM segment WHERE id = ?", .integer(known))
          .flatMap(self.header)
        break
      } else {
        if steps % 256 == 0 { passed.append(row) }
        steps += 1
        current = header.previous
      }
    }
    if known.witnesses.count + passed.count > KnownOps.limit { known.witnesses = [:] }
    for row in passed { known.witnesses[row] = found?.row ?? 0 }
    return found?.header
  }

  private func header(_ row: SQL.Row) throws -> (row: Int64, header: SegmentHeader)? {
    guard let id = row[0].integer, let bytes = row[1].blob else { return nil }
    return (id, try Segment(encoded: bytes).header)
  }
}
