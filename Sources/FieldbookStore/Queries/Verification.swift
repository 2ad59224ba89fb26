import FieldbookModel
import FieldbookReplication
import GRDB

extension Store {
  /// SQLite's own check of the file: `ok`, or what is wrong.
  package func integrity() throws -> String {
    try read { db in try String.fetchOne(db, sql: "PRAGMA integrity_check(20)") ?? "no answer" }
  }
}

extension WriteTransaction {
  /// Verifies every signature and every op of the log.
  package func verifyLog() throws -> (segments: Int, ops: Int) {
    var segments = 0
    var ops = 0
    // One at a time: together they may be larger than the memory.
    for id in try sql.all("SELECT id FROM segment ORDER BY id").compactMap({ $0[0].integer }) {
      guard
        let bytes = try sql.first("SELECT bytes FROM segment WHERE id = ?", .integer(id))?[0].blob
      else { throw DatabaseFailure.corrupt("segment \(id) is missing") }
      try Segment(encoded: bytes).verifySignature()
      openedSegments[id] = nil
      ops += try opened(id).numbered.count
      segments += 1
    }
    return (segments, ops)
  }

  /// Nil, or the first invariant that does not hold.
  package func checkInvariants() throws -> String? {
    let rules: [(String, String)] = [
      (
        "a register in several values has fewer than two",
        """
        SELECT 1 FROM register r WHERE r.dot = -1 AND
        (SELECT count(*) FROM sibling s WHERE s.entity = r.entity AND s.field = r.field) < 2 LIMIT 1
        """
      ),
      (
        "siblings belong to no register",
        """
        SELECT 1 FROM sibling s WHERE NOT EXISTS (SELECT 1 FROM register r
        WHERE r.entity = s.entity AND r.field = s.field AND r.dot = -1) LIMIT 1
        """
      ),
      (
        "a run belongs to no experiment",
        "SELECT 1 FROM run r WHERE r.experiment IS NULL LIMIT 1"
      ),
      (
        "a chain's tip is before its last segment",
        "SELECT 1 FROM chain c JOIN segment s ON s.id = c.tip_segment WHERE c.tip < s.last LIMIT 1"
      ),
      (
        "a value conflict has no siblings",
        """
        SELECT 1 FROM conflict c WHERE c.kind IN ('value', 'alias') AND NOT EXISTS (SELECT 1 FROM sibling s
        WHERE s.entity = c.entity AND s.field = c.field) LIMIT 1
        """
      ),
    ]
    for (name, query) in rules where try sql.first(composed: query) != nil { return name }
    return try areRanked() ? nil : "a register shows another value than the first of its siblings"
  }

  package func newestClock() throws -> HybridTime {
    let row = try sql.first("SELECT coalesce(max(clock), 0) FROM chain")
    return HybridTime(stored: row?[0].integer ?? 0)
  }
}
