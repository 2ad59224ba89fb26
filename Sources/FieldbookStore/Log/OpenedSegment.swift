import FieldbookModel
import FieldbookReplication

/// A segment's ops with this replica's dots, and the running hash after each.
struct OpenedSegment {
  let numbered: [(Dot, Operation<Dot>)]
  let hashes: RunningHashes
  /// False for one with features of a later version: its ops are kept and have no effect.
  let isUnderstood: Bool
}

extension WriteTransaction {
  /// Ops of a stored segment. Keeps a few opened, since conflicts come in company.
  func opened(_ id: Int64) throws -> OpenedSegment {
    if let known = openedSegments[id] { return known }
    return try reading(id) { segment, start, chainID in
      let body = try segment.body()
      let logs = try segment.header.anchors.map { try chain(chainHolding($0)).log }
      let opened = OpenedSegment(
        numbered: try number(body, of: segment.header, chain: chainID),
        hashes: try segment.runningHashes(of: body, from: start, anchorLogs: logs),
        isUnderstood: segment.header.isUnderstood)
      keepOpened(id, opened, bytes: segment.header.bodyByteCount)
      return opened
    }
  }

  /// - Parameter body: is given a stored segment, the running hash before it, and its chain.
  private func reading<Result>(
    _ id: Int64, _ body: (_ segment: Segment, _ start: [UInt8], _ chain: Int64) throws -> Result
  ) throws -> Result {
    guard
      let row = try sql.first("SELECT bytes, start, chain FROM segment WHERE id = ?", .integer(id)),
      let bytes = row[0].blob, let start = row[1].blob, let chainID = row[2].integer
    else { throw DatabaseFailure.corrupt("segment \(id) is missing") }
    do {
      return try body(Segment(encoded: bytes), start, chainID)
    } catch let failure as DecodingFailure {
      // It was whole when it was stored: the damage is here, not in what a peer gives now.
      throw DatabaseFailure.corrupt("segment \(id): \(failure.message)")
    } catch let failure as SegmentFailure {
      throw DatabaseFailure.corrupt(failure.message)
    }
  }

  /// - Parameter bytes: of its body: what is kept is bounded by what it takes.
  func keepOpened(_ id: Int64, _ opened: OpenedSegment, bytes: Int) {
    openedBytes += bytes
    if openedSegments.count >= 32 || openedBytes > 8 * 1024 * 1024 {
      openedSegments = [:]
      openedBytes = bytes
    }
    openedSegments[id] = opened
  }

  /// The ops of a segment with this replica's dots.
  func number(_ body: SegmentBody, of header: SegmentHeader, chain chainID: Int64) throws
    -> [(Dot, Operation<Dot>)]
  {
    let holders = try [chain(chainID)] + header.anchors.map { try chain(chainHolding($0)) }
    func dot(_ anchor: Int, _ number: UInt64) throws -> Dot {
      let holder = holders[anchor]
      if number > holder.fork { return Dot(chain: holder.id, number: number) }
      return try self.dot(holder.id, number)
    }
    var out: [(Dot, Operation<Dot>)] = []
    out.reserveCapacity(body.ops.count)
    for (index, op) in body.ops.enumerated() {
      out.append(
        (
          try dot(0, header.first + UInt64(index)),
          try op.numbered { try dot($0.anchor, $0.number) }
        ))
    }
    return out
  }

  func chainHolding(_ hash: SegmentHash) throws -> Int64 {
    guard
      let id = try sql.first("SELECT chain FROM segment WHERE hash = ?", .blob(hash.bytes))?[0]
        .integer
    else { throw DeliveryFailure.missingAnchor(hash) }
    return id
  }

  /// The true name of an op: the running hash of its log up to it.
  func hash(of dot: Dot) throws -> [UInt8] {
    if let row = try sql.first(
      "SELECT id, first, last FROM segment WHERE chain = ? AND last >= ? AND first <= ? ORDER BY last LIMIT 1",
      .integer(dot.chain), .integer(Int64(dot.number)), .integer(Int64(dot.number))),
      let id = row[0].integer, let first = row[1].integer
    {
      // The last one's is what the segment was signed with: its ops need not be hashed again.
      if row[2].integer == Int64(dot.number), openedSegments[id] == nil {
        return try reading(id) { segment, _, _ in segment.header.bodyRoot.bytes }
      }
      let hashes = try opened(id).hashes
      let index = Int(dot.number) - Int(first)
      guard hashes.indices.contains(index) else {
        throw DatabaseFailure.corrupt("op \(dot.number) is missing from its segment")
      }
      return hashes[index]
    }
    let journal = try journalOps()
    guard let position = journal.firstIndex(where: { $0.0 == dot }) else {
      throw DatabaseFailure.corrupt("op \(dot.number) of chain \(dot.chain) is missing")
    }
    return try journalHashes(journal)[position]
  }

  /// The op that a dot names.
  func operation(_ dot: Dot) throws -> Operation<Dot> {
    if let row = try sql.first(
      "SELECT id FROM segment WHERE chain = ? AND last >= ? AND first <= ? ORDER BY last LIMIT 1",
      .integer(dot.chain), .integer(Int64(dot.number)), .integer(Int64(dot.number))),
      let id = row[0].integer,
      let found = try opened(id).numbered.first(where: { $0.0 == dot })
    {
      return found.1
    }
    guard let found = try journalOps().first(where: { $0.0 == dot }) else {
      throw DatabaseFailure.corrupt("op \(dot.number) of chain \(dot.chain) is missing")
    }
    return found.1
  }

  /// Ops of the open segment.
  func journalOps() throws -> [(Dot, Operation<Dot>)] {
    guard let chain = try meta("own_chain").integer else { return [] }
    return try sql.all("SELECT number, op FROM journal ORDER BY number").map { row in
      (
        Dot(chain: chain, number: UInt64(row[0].integer ?? 0)),
        try JournalCoding.decode(row[1].blob ?? [])
      )
    }
  }

  func journalHashes(_ ops: [(Dot, Operation<Dot>)]) throws -> RunningHashes {
    let chain = try ownChain()
    return try OperationHash.running(
      from: sealedRoot(chain), ops: ops.map(\.1), salts: .seed(journalSeed())
    ) { dot in
      (try self.chain(dot.chain).log, dot.number)
    }
  }

  /// Running hash after the chain's last sealed op.
  func sealedRoot(_ chain: Chain) throws -> [UInt8] {
    guard let tip = chain.tipSegment else {
      return OperationHash.start(workspace: identity.workspace, log: chain.log)
    }
    guard
      let bytes = try sql.first("SELECT bytes FROM segment WHERE id = ?", .integer(tip))?[0].blob
    else { throw DatabaseFailure.corrupt("segment \(tip) is missing") }
    return try Segment(encoded: bytes).header.bodyRoot.bytes
  }

  /// Salts of the open segment's commitments. Drawn once a segment, so that an op's name is fixed when it
  /// is written, not when it is sealed.
  func journalSeed() throws -> [UInt8] {
    if let seed = try meta("journal_seed").blob { return seed }
    let seed = identity.random(32)
    try setMeta("journal_seed", .blob(seed))
    return seed
  }
}
