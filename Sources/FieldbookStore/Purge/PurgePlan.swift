import FieldbookModel
import FieldbookReplication

/// What a person asks to have taken out of the log.
package enum PurgeSubject: Sendable, Equatable {
  /// All values that a field ever had.
  case field(FieldName)
  /// One value of a field that keeps all of them: a comment, by the hash of its op.
  case value(FieldName, op: String)
  /// All points of one metric.
  case series(String)
  /// The whole thing.
  case everything
}

/// What a purge found to take away.
package struct PurgePlan: Sendable {
  package var targets: [(Dot, [Int])] = []
  package var contents: Set<ContentDigest> = []
  package var values: Int { targets.reduce(0) { $0 + $1.1.count } }
  package var isEmpty: Bool { targets.isEmpty }
}

extension WriteTransaction {
  /// Finds every op that gave the subject a value. Call with nothing in the journal.
  package func purgePlan(_ key: EntityKey, _ subject: PurgeSubject) throws -> PurgePlan {
    var plan = PurgePlan()
    var seen: Set<Dot> = []
    guard let entity = try existingEntity(key) else { return plan }
    for id in try segments(touching: entity) {
      let segment = try opened(id)
      for ((dot, op), hash) in zip(segment.numbered, segment.hashes)
      where op.entity == key && !op.kind.isNote && segment.isUnderstood {
        let positions = op.cells.indices.filter { index in
          !op.cells[index].isWithheld && subject.names(op.cells[index], of: hash)
        }
        guard !positions.isEmpty, seen.insert(dot).inserted else { continue }
        plan.targets.append((dot, positions))
        for position in positions where op.cells[position].field.family == .artifacts {
          if let digest = op.cells[position].value?.text.flatMap(ArtifactCoding.digest) {
            plan.contents.insert(digest)
          }
        }
      }
    }
    return plan
  }

  /// Takes the values of a plan away, here and wherever the op comes.
  ///
  /// - Parameters:
  ///   - series: metrics whose points come back if somebody records what else their chunks hold meanwhile.
  ///   - label: what people are told it was; nil tells nobody.
  @discardableResult
  package func purge(
    _ key: EntityKey, _ plan: PurgePlan, contents: [ContentDigest] = [], series: [String] = [],
    reason: String, label: String?
  ) throws -> Dot? {
    let commitments = series.map {
      SeriesCommitment($0, of: key, salt: identity.random(SeriesCommitment.saltBytes))
    }
    var last: Dot?
    let perOp = 200 * Purge.targetsPerCell
    for start in stride(from: 0, to: max(plan.targets.count, 1), by: perOp) {
      let part =
        plan.targets.isEmpty
        ? [] : Array(plan.targets[start..<min(start + perOp, plan.targets.count)])
      last = try append(
        kind: .purge, entity: key,
        cells: Purge.cells(
          part, contents: start == 0 ? contents : [], series: commitments, reason: reason,
          subject: label))
    }
    return last
  }

  /// Records what else is in chunks that hold one series anew, without it.
  ///
  /// - Throws: `StoreFailure.pointsNotHere` if their points are known and not here.
  package func separate(_ key: String, from run: EntityKey) throws {
    guard let entity = try existingEntity(run) else { return }
    for row in try sql.all(
      """
      SELECT c.dot, c.manifest, p.bytes FROM chunk c LEFT JOIN payload p ON p.digest = c.digest
      WHERE c.run = ?
      """, .integer(entity.id))
    {
      guard let dot = row[0].integer.map(Dot.init(raw:)),
        let manifest = row[1].blob.flatMap({ try? MetricManifest(encoded: $0) }),
        manifest.series.contains(where: { $0.key == key }), manifest.series.count > 1
      else { continue }
      guard let bytes = row[2].blob else { throw StoreFailure.pointsNotHere }
      let rest = try MetricChunk.decode(bytes, expecting: manifest.digest).filter { $0.key != key }
      try recordChunk(rest, of: run, replacing: dot)
    }
  }

  /// Contents that other things than this one name, too, in whatever value of a conflict, with those things.
  package func sharedContents(_ contents: Set<ContentDigest>, besides key: EntityKey) throws
    -> [ContentDigest: Set<EntityKey>]
  {
    guard !contents.isEmpty, let own = try existingEntity(key) else { return [:] }
    var shared: [ContentDigest: Set<EntityKey>] = [:]
    try sql.each(
      """
      SELECT r.value, e.key FROM register r JOIN field f ON f.id = r.field
      JOIN entity e ON e.id = r.entity WHERE f.name GLOB 'artifacts.*' AND r.entity <> ?1
      UNION ALL
      SELECT s.value, e.key FROM sibling s JOIN field f ON f.id = s.field
      JOIN entity e ON e.id = s.entity WHERE f.name GLOB 'artifacts.*' AND s.entity <> ?1
      """, [.integer(own.id)]
    ) { row in
      guard let digest = row[0].text.flatMap(ArtifactCoding.digest),
        contents.contains(digest), let other = row[1].blob.flatMap({ EntityKey(bytes: $0) })
      else { return }
      shared[digest, default: []].insert(other)
    }
    return shared
  }
}

extension PurgeSubject {
  fileprivate func names(_ cell: Cell<Dot>, of hash: [UInt8]) -> Bool {
    switch self {
    case .field(let field): cell.field == field
    case .value(let field, let op): cell.field == field && Hex.encode(hash) == op
    case .everything: true
    case .series(let key):
      cell.field == .metrics
        && (cell.value?.bytes.flatMap { try? MetricManifest(encoded: $0) }?.series
          .contains { $0.key == key } ?? false)
    }
  }
}
