import FieldbookModel
import FieldbookReplication

/// Points of a purged metric that came back: two admins purged two metrics of one chunk at once, and each recorded anew
/// what the other took away.
package struct ReturnedSeries: Sendable, Equatable {
  package let run: EntityKey
  /// The chunk's manifest.
  let chunk: Dot
  package let metrics: [String]
  /// Of the purge that had taken them away.
  let reason: String
}

extension WriteTransaction {
  package func returnedSeries() throws -> [ReturnedSeries] {
    guard try sql.first("SELECT 1 FROM purged_series LIMIT 1") != nil else { return [] }
    return try sql.all(
      """
      SELECT e.key, c.dot, c.manifest FROM chunk c JOIN entity e ON e.id = c.run
      WHERE EXISTS (SELECT 1 FROM replaced_chunk r WHERE r.dot = c.dot) ORDER BY c.dot
      """
    ).compactMap { row in
      guard let run = row[0].blob.flatMap({ EntityKey(bytes: $0) }),
        let dot = row[1].integer.map(Dot.init(raw:)),
        let manifest = row[2].blob.flatMap({ try? MetricManifest(encoded: $0) })
      else { return nil }
      let gone = try seriesPurged(from: chunksReplaced(by: dot))
      let metrics = manifest.series.map(\.key).filter { key in
        gone.contains { $0.names(key, of: run) }
      }
      guard !metrics.isEmpty else { return nil }
      return ReturnedSeries(run: run, chunk: dot, metrics: metrics, reason: try reason(of: run))
    }
  }

  /// Purges them again, from those chunks alone: what was recorded since stays. Needs the right, and the points.
  ///
  /// - Returns: false when nothing could be done.
  package func purgeReturnedSeries() throws -> Bool {
    var isDone = false
    for returned in try returnedSeries() {
      guard
        let row = try sql.first(
          """
          SELECT p.digest, p.bytes FROM chunk c JOIN payload p ON p.digest = c.digest
          WHERE c.dot = ?
          """, .integer(returned.chunk.raw)), let digest = row[0].blob.flatMap(ContentDigest.init),
        let bytes = row[1].blob
      else { continue }
      let rest = try MetricChunk.decode(bytes, expecting: digest)
        .filter { !returned.metrics.contains($0.key) }
      if !rest.isEmpty { try recordChunk(rest, of: returned.run, replacing: returned.chunk) }
      try purge(
        returned.run, PurgePlan(targets: [(returned.chunk, [0])]), series: returned.metrics,
        reason: returned.reason, label: nil)
      isDone = true
    }
    return isDone
  }

  /// All that a chunk stands in for, also by way of others that were replaced in their turn.
  private func chunksReplaced(by dot: Dot) throws -> Set<Dot> {
    var found: Set<Dot> = []
    var open = [dot]
    while let next = open.popLast() {
      for part in try operation(next).cells.flatMap(\.overwrites) where found.insert(part).inserted
      {
        open.append(part)
      }
    }
    return found
  }

  private func seriesPurged(from chunks: Set<Dot>) throws -> [SeriesCommitment] {
    try chunks.flatMap { chunk in
      try sql.all("SELECT series FROM purged_series WHERE dot = ?", .integer(chunk.raw))
        .compactMap { $0[0].blob.flatMap(SeriesCommitment.init) }
    }
  }

  /// Of the newest purge in a run.
  private func reason(of run: EntityKey) throws -> String {
    try sql.first(
      "SELECT reason FROM purge WHERE entity = ? ORDER BY clock DESC, dot DESC LIMIT 1",
      .blob(run.bytes))?[0].text ?? "purged before"
  }
}
