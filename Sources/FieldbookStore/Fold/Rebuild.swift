import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Drops every derived table and makes it again from the log.
  package func rebuild() throws {
    try flushTails()
    needsCollection = true
    needsRefold = true
    try refoldIfNeeded()
    try finish()
  }

  /// After ops that changed what earlier ones count for.
  package func refoldIfNeeded() throws {
    // Who has which rights is found in a first pass, what that changes in a second.
    repeat {
      while needsRefold {
        needsRefold = false
        if needsCollection {
          needsCollection = false
          try forgetEvents()
        }
        try refold()
      }
      try withholdPurged()
    } while needsRefold
    try noteForks()
    try rankUnranked()
    try dropPayloads()
  }

  /// Who has which rights is to be found anew.
  private func forgetEvents() throws {
    try sql.run("DELETE FROM membership_event")
    try setMeta("founder", .null)
    try setMeta("genesis", .null)
    try forgetMembership()
  }

  private func refold() throws {
    for table in Schema.derivedTables { try sql.run(composed: "DELETE FROM \(table)") }
    forget()
    unwithheld = [:]
    unranked = [:]
    known.shown = [:]
    try noteLevel()
    var segments = try sql.all("SELECT id, chain, last FROM segment ORDER BY id")
    if Mutant.isOn(.rebuildByLog) { segments.sort { ($0[1].integer ?? 0) < ($1[1].integer ?? 0) } }
    var tips: [Int64: UInt64] = [:]
    for row in segments {
      guard let id = row[0].integer, let chainID = row[1].integer, let last = row[2].integer else {
        continue
      }
      let before = try tips[chainID] ?? chain(chainID).fork
      try refoldSegment(id, chain: chainID, after: before)
      tips[chainID] = UInt64(last)
    }
    forgetAuthorities()
    for (dot, op) in try journalOps() { try foldLocal(op, dot: dot) }
    for device in Set(try sql.all("SELECT DISTINCT device FROM chain").compactMap { $0[0].blob }) {
      if let key = DeviceKey(bytes: device) { try noteFork(key) }
    }
  }

  private func refoldSegment(_ id: Int64, chain chainID: Int64, after before: UInt64) throws {
    guard let bytes = try sql.first("SELECT bytes FROM segment WHERE id = ?", .integer(id))?[0].blob
    else { throw DatabaseFailure.corrupt("segment \(id) is missing") }
    let header = try Segment(encoded: bytes).header
    if try chain(chainID).parent != nil, before == (try chain(chainID).fork) {
      try inheritPast(chainID, from: header.previous)
    }
    for hash in header.past {
      guard
        let row = try sql.first(
          "SELECT chain, last FROM segment WHERE hash = ?", .blob(hash.bytes)),
        let seen = row[0].integer, let last = row[1].integer
      else { continue }
      try notePast(chainID, seen: seen, number: UInt64(last))
    }
    let opened = try opened(id)
    forgetAuthorities()
    let fresh = opened.numbered.filter { $0.0.chain == chainID && $0.0.number > before }
    if opened.isUnderstood { try noteMembership(fresh) }
    for (dot, op) in fresh {
      if opened.isUnderstood { try fold(op, dot: dot) } else { try keepUnknown(op, dot) }
    }
    try noteTouched(opened.numbered, segment: id)
  }

  private func forget() {
    chainCache = [:]
    entityCache = [:]
    fieldIDs = [:]
    recentFields = WriteTransaction.noFields
    fieldNames = [:]
    openedSegments = [:]
    forgetAuthorities()
    presentRole = nil
    hasVoid = nil
  }
}
