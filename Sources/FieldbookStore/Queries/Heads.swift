import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// The last segment held of every log, or of every branch of a forked one: those that no other follows.
  ///
  /// A chain's last one can be followed on another chain, which has its ops by segments that were cut otherwise.
  package func heads() throws -> [Head] {
    try sql.all(
      """
      SELECT c.device, c.epoch, s.last, s.hash FROM chain c JOIN segment s ON s.id = c.tip_segment
      WHERE ? OR NOT EXISTS (SELECT 1 FROM segment n WHERE n.previous = s.hash)
      """, .integer(Mutant.isOn(.followedHeads) ? 1 : 0)
    ).compactMap(head).sorted()
  }

  /// Heads whose segments came after one of them, in the order in which they came.
  ///
  /// - Parameter position: what was returned as `end` before; 0 for all.
  /// - Returns: at most `limit`, where to go on, and whether these were the last.
  package func heads(after position: Int64, limit: Int) throws -> (
    heads: [Head], end: Int64, isLast: Bool
  ) {
    let rows = try sql.all(
      """
      SELECT s.id, c.device, c.epoch, s.last, s.hash
      FROM segment s CROSS JOIN chain c ON c.id = s.chain AND c.tip_segment = s.id
      WHERE s.id > ? AND NOT EXISTS (SELECT 1 FROM segment n WHERE n.previous = s.hash)
      ORDER BY s.id LIMIT ?
      """, .integer(position), .integer(Int64(limit)))
    let isLast = rows.count < limit
    let end = try isLast ? lastSegment() : rows.last?[0].integer
    return (rows.compactMap { head($0.dropFirst()) }, max(end ?? 0, position), isLast)
  }

  /// Device, epoch, number and hash.
  private func head(_ row: some Collection<SQL.Value>) -> Head? {
    let row = Array(row)
    guard let device = row[0].blob.flatMap(DeviceKey.init), let epoch = row[1].blob,
      let last = row[2].integer, let hash = row[3].blob.flatMap(SegmentHash.init)
    else { return nil }
    return Head(
      log: LogID(device: device, epoch: epoch.reduce(0) { $0 << 8 | UInt64($1) }),
      number: UInt64(last), hash: hash)
  }

  /// More than there are chains, and so no fewer than there are heads.
  package func chainBound() throws -> Int {
    Int(try sql.first("SELECT coalesce(max(id), 0) FROM chain")?[0].integer ?? 0)
  }

  /// Segments that a peer with these heads lacks, in causal order, from `cursor` on.
  ///
  /// - Parameter maxBytes: stops before it is passed; at least one segment is given.
  /// - Parameter goal: what `lastSegment` said at some moment: nothing is given that came later.
  /// - Parameter refused: logs with one of these segments are left out.
  /// - Returns: the cursor for the next call, nil when that was all.
  package func segments(
    notIn peerHeads: [Head], maxBytes: Int, after cursor: Int64?, upTo goal: Int64 = .max,
    except refused: some Collection<SegmentHash> = []
  ) throws -> (segments: [EncodedSegment], cursor: Int64?) {
    let rows = try missingSegments(
      notIn: peerHeads, after: cursor ?? 0, upTo: goal, except: refused)
    let window = try window(rows[...], maxBytes: maxBytes)
    return (window.segments, window.count < rows.count ? rows[window.count - 1] : nil)
  }

  /// Rows of the segments that a peer with these heads lacks, in causal order.
  package func missingSegments(
    notIn peerHeads: [Head], after position: Int64 = 0, upTo goal: Int64,
    except refused: some Collection<SegmentHash>
  ) throws -> [Int64] {
    let withheld = Set(try refused.compactMap { try chainID(of: $0) })
    return try missing(at: coverage(peerHeads), after: position, upTo: goal, except: withheld)
  }

  /// The first of these segments.
  ///
  /// - Parameter maxBytes: stops before it is passed; one segment may be larger.
  /// - Returns: also how many rows that were; one that is gone meanwhile counts.
  package func window(_ rows: ArraySlice<Int64>, maxBytes: Int) throws -> (
    segments: [EncodedSegment], count: Int
  ) {
    var out: [EncodedSegment] = []
    var size = 0
    for (count, id) in rows.enumerated() {
      guard
        let row = try sql.first("SELECT bytes, hash FROM segment WHERE id = ?", .integer(id)),
        let content = row[0].blob, let hash = row[1].blob.flatMap(SegmentHash.init)
      else { continue }
      if Mutant.isOn(.unknownWithheld),
        try opened(id).numbered.contains(where: { !understands($0.1) })
      {
        continue
      }
      let isFull = size + content.count > maxBytes || out.count >= SyncLimits.windowSegments
      if !out.isEmpty, isFull { return (out, count) }
      out.append(EncodedSegment(hash: hash, bytes: content))
      size += content.count
    }
    return (out, rows.count)
  }

  /// Rows of the segments that are not covered, in the order in which they came here: a causal one.
  private func missing(
    at held: Coverage, after position: Int64, upTo goal: Int64, except withheld: Set<Int64>
  ) throws -> [Int64] {
    var rows: [Int64] = []
    for row in try sql.all("SELECT id FROM chain") {
      guard let id = row[0].integer, !withheld.contains(id) else { continue }
      let forked = try isForked(chain(id).log) && !Mutant.isOn(.branchesByNumber)
      rows += try sql.all(
        "SELECT id FROM segment WHERE chain = ? AND last > ? AND id > ? AND id <= ?", .integer(id),
        .integer(forked ? 0 : Int64(held.numbers[id] ?? 0)), .integer(position), .integer(goal)
      ).compactMap { $0[0].integer }.filter { !held.segments.contains($0) }
    }
    return rows.sorted()
  }

  private func chainID(of hash: SegmentHash) throws -> Int64? {
    try sql.first("SELECT chain FROM segment WHERE hash = ?", .blob(hash.bytes))?[0].integer
  }

  /// Names the present moment of the log here: segments that come later have greater numbers.
  package func lastSegment() throws -> Int64 {
    try sql.first("SELECT coalesce(max(id), 0) FROM segment")?[0].integer ?? 0
  }

  /// Changes whenever an op comes, from here or elsewhere.
  package func moment() throws -> LogMoment {
    let row = try sql.first(
      "SELECT (SELECT max(id) FROM segment), (SELECT max(number) FROM journal)")
    return LogMoment(segment: row?[0].integer ?? 0, open: row?[1].integer ?? 0)
  }

  /// As `moment`, and whenever points come that are in no op yet.
  package func pulse() throws -> String {
    let moment = try moment()
    let tail = try sql.first("SELECT max(id), sum(points) FROM tail")
    return "\(moment.segment)-\(moment.open)-\(tail?[0].integer ?? 0)-\(tail?[1].integer ?? 0)"
  }

  /// Those of a peer's heads that are held here, too.
  package func held(of heads: [Head]) throws -> [Head] {
    try heads.filter { try holds($0.hash) }
  }

  private struct Coverage {
    /// Of logs that were never forked: everything up to this number.
    var numbers: [Int64: UInt64] = [:]
    /// Of forked logs: branches can share ops and differ in segments, so each segment is told by itself.
    var segments: Set<Int64> = []
  }

  private func coverage(_ heads: [Head]) throws -> Coverage {
    var held = Coverage()
    for head in heads {
      guard
        let row = try sql.first(
          "SELECT chain, last FROM segment WHERE hash = ?", .blob(head.hash.bytes)),
        let id = row[0].integer, let number = row[1].integer.map({ UInt64($0) })
      else { continue }
      if Mutant.isOn(.branchesByNumber) {
        for one in try chains(of: chain(id).log) {
          held.numbers[one.id] = max(held.numbers[one.id] ?? 0, number)
        }
        continue
      }
      guard try isForked(chain(id).log) else {
        held.numbers[id] = max(held.numbers[id] ?? 0, number)
        continue
      }
      var current: [UInt8]? = head.hash.bytes
      while let hash = current,
        let row = try sql.first("SELECT id, previous FROM segment WHERE hash = ?", .blob(hash)),
        let id = row[0].integer, held.segments.insert(id).inserted
      {
        current = row[1].blob
      }
    }
    return held
  }

  /// Ops that a peer with these heads lacks, written here, sealed or not.
  package func unsentOps(peers: [[Head]]) throws -> Int {
    var total = 0
    for chainRow in try sql.all(
      "SELECT id, tip, fork FROM chain WHERE device = ?", .blob(identity.device.bytes))
    {
      guard let id = chainRow[0].integer, let tip = chainRow[1].integer,
        let fork = chainRow[2].integer
      else { continue }
      var acknowledged = fork
      for heads in peers {
        for head in heads {
          if let row = try sql.first(
            "SELECT last FROM segment WHERE hash = ? AND chain = ?", .blob(head.hash.bytes),
            .integer(id))
          {
            acknowledged = max(acknowledged, row[0].integer ?? 0)
          }
        }
      }
      total += Int(tip - acknowledged)
    }
    return total
  }

  /// Metric points that were logged here and are in no op yet: of runs that go on, as a rule.
  package func openPoints() throws -> Int {
    Int(try sql.first("SELECT coalesce(sum(points), 0) FROM tail")?[0].integer ?? 0)
  }

  /// Digests of metric payloads that manifests name and this replica lacks, and hashes of segments whose values were
  /// left out by someone who had no right to.
  package func missingPayloads(limit: Int) throws -> [ContentDigest] {
    try incompleteSegments(limit: limit) + missingChunks(limit: limit)
  }

  /// Digests of metric payloads alone.
  package func missingChunks(limit: Int) throws -> [ContentDigest] {
    try sql.all(
      """
      SELECT DISTINCT c.digest FROM chunk c
      WHERE NOT EXISTS (SELECT 1 FROM payload p WHERE p.digest = c.digest) LIMIT ?
      """, .integer(Int64(limit))
    ).compactMap { $0[0].blob.flatMap(ContentDigest.init) }
  }

  /// Metric payloads that lie here, named or not.
  package func payloadCount() throws -> Int {
    Int(try sql.first("SELECT count(*) FROM payload")?[0].integer ?? 0)
  }

  package func payload(_ digest: ContentDigest) throws -> [UInt8]? {
    if let bytes = try sql.first(
      "SELECT bytes FROM payload WHERE digest = ?", .blob(digest.bytes))?[
        0
      ].blob
    {
      return bytes
    }
    return try sql.first("SELECT bytes FROM segment WHERE hash = ?", .blob(digest.bytes))?[0].blob
  }

  /// Metric payloads that ops of these segments name, those of them that are here.
  package func payloads(of hashes: [SegmentHash]) throws -> [(ContentDigest, [UInt8])] {
    var out: [(ContentDigest, [UInt8])] = []
    for hash in hashes {
      guard
        let id = try sql.first("SELECT id FROM segment WHERE hash = ?", .blob(hash.bytes))?[0]
          .integer
      else { continue }
      for (_, op) in try opened(id).numbered where op.kind == .addMetrics {
        for cell in op.cells {
          guard let manifest = cell.value?.bytes.flatMap({ try? MetricManifest(encoded: $0) }),
            let bytes = try payload(manifest.digest)
          else { continue }
          out.append((manifest.digest, bytes))
        }
      }
    }
    return out
  }
}

/// How far the log here reaches: its last segment, and the last op of the open one.
package struct LogMoment: Equatable, Sendable {
  package let segment: Int64
  package let open: Int64
}
