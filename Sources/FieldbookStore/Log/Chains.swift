import FieldbookModel
import FieldbookReplication

/// A branch of a log, as this replica numbers it. A log that never forked is one chain.
struct Chain {
  let id: Int64
  let log: LogID
  /// The chain that it branched off, after the op numbered `fork`; nil for a log's first chain.
  let parent: Int64?
  let fork: UInt64
  /// Number of its last op.
  var tip: UInt64
  /// Row of its last segment; nil while nothing of it is sealed.
  var tipSegment: Int64?

  init?(_ row: SQL.Row) {
    guard row.count == 8, let id = row[0].integer, let device = row[1].blob.flatMap(DeviceKey.init),
      let epoch = row[2].blob, epoch.count == 8
    else { return nil }
    self.id = id
    log = LogID(device: device, epoch: epoch.reduce(0) { $0 << 8 | UInt64($1) })
    parent = row[3].integer
    fork = UInt64(row[4].integer ?? 0)
    tip = UInt64(row[5].integer ?? 0)
    tipSegment = row[6].integer
  }
}

extension LogID {
  var epochBytes: [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: epoch >> UInt64(56 - 8 * $0)) }
  }
}

extension WriteTransaction {
  func chain(_ id: Int64) throws -> Chain {
    if let known = chainCache[id] { return known }
    guard let row = try sql.first("SELECT * FROM chain WHERE id = ?", .integer(id)),
      let chain = Chain(row)
    else { throw DatabaseFailure.corrupt("chain \(id) is missing") }
    chainCache[id] = chain
    return chain
  }

  func chains(of log: LogID) throws -> [Chain] {
    try sql.all(
      "SELECT * FROM chain WHERE device = ? AND epoch = ? ORDER BY id", .blob(log.device.bytes),
      .blob(log.epochBytes)
    ).compactMap(Chain.init)
  }

  func makeChain(_ log: LogID, parent: Int64?, fork: UInt64) throws -> Chain {
    try sql.run(
      "INSERT INTO chain(device, epoch, parent, fork, tip) VALUES (?, ?, ?, ?, ?)",
      .blob(log.device.bytes), .blob(log.epochBytes), .optional(parent), .integer(Int64(fork)),
      .integer(Int64(fork)))
    if parent != nil { try forgetMembership() }
    return try chain(sql.lastInsertedID)
  }

  /// - Parameter clock: the latest of the ops that are new.
  func advance(_ id: Int64, tip: UInt64, segment: Int64?, clock: HybridTime) throws {
    try sql.run(
      """
      UPDATE chain SET tip = ?, tip_segment = coalesce(?, tip_segment), clock = max(clock, ?)
      WHERE id = ?
      """, .integer(Int64(tip)), .optional(segment), .integer(clock.stored), .integer(id))
    chainCache[id] = nil
  }

  /// True for two ops of one branch of a log in this order; an op is its own ancestor.
  func isAncestor(_ earlier: Dot, of later: Dot) throws -> Bool {
    guard earlier.number <= later.number else { return false }
    return try dot(later.chain, earlier.number) == earlier
  }

  /// True when the op is in the causal past of what `chain` has applied so far.
  func covers(_ chainID: Int64, _ dot: Dot) throws -> Bool {
    if chainID == dot.chain { return true }
    if try dot.number <= inheritedNumber(of: dot.chain, by: chainID) { return true }
    let seen = try sql.first(
      "SELECT number FROM past WHERE chain = ? AND seen = ?", .integer(chainID),
      .integer(dot.chain))
    return (seen?[0].integer).map { UInt64($0) >= dot.number } ?? false
  }

  /// How far another chain is in the causal past of what `chain` has applied so far; 0 for not at all.
  func coveredNumber(of seen: Int64, by chainID: Int64) throws -> UInt64 {
    if chainID == seen { return try chain(chainID).tip }
    let inherited = try inheritedNumber(of: seen, by: chainID)
    let row = try sql.first(
      "SELECT number FROM past WHERE chain = ? AND seen = ?", .integer(chainID), .integer(seen))
    // A branch can have taken in more of the one that it left.
    return max(inherited, (row?[0].integer).map { UInt64($0) } ?? 0)
  }

  /// Notes that everything up to `number` on `seen` is in the past of `chain`.
  func notePast(_ chainID: Int64, seen: Int64, number: UInt64) throws {
    var seenChain = try chain(seen)
    var number = number
    while true {
      try sql.run(
        """
        INSERT INTO past(chain, seen, number) VALUES (?, ?, ?)
        ON CONFLICT(chain, seen) DO UPDATE SET number = max(number, excluded.number)
        """, .integer(chainID), .integer(seenChain.id), .integer(Int64(number)))
      guard let parent = seenChain.parent else { return }
      number = min(number, seenChain.fork)
      seenChain = try chain(parent)
    }
  }
}
