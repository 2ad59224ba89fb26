import FieldbookModel
import FieldbookReplication

/// Metric points: first a tail, quick to append; then chunks, whose manifests are in the log.
///
/// Invariant: a point that was committed is in `tail` or in a chunk's payload, never in neither.
extension WriteTransaction {
  /// Points of a run after which its tail becomes a chunk at once.
  static let chunkPoints = 4096

  package func addPoints(_ run: EntityKey, _ series: [MetricSeries]) throws {
    let series = series.filter { !$0.points.isEmpty }
    guard !series.isEmpty else { return }
    if !Mutant.isOn(.pointsOfAnyone) { try checkMayWrite() }
    let entity = try entityRow(run)
    var fresh: [MetricSeries] = []
    for one in series {
      let points = try unknownPoints(entity, one)
      if !points.isEmpty { fresh.append(MetricSeries(key: one.key, points: points)) }
    }
    guard !fresh.isEmpty else { return }
    for part in MetricChunk.parts(of: fresh) {
      try sql.run(
        "INSERT INTO tail(run, points, time, payload) VALUES (?, ?, ?, ?)", .blob(run.bytes),
        .integer(Int64(part.reduce(0) { $0 + $1.points.count })), .integer(identity.now()),
        .blob(MetricChunk.encode(part, level: 1).payload))
    }
    for one in fresh { try extendSeries(entity, one, areNew: areNew(entity, one)) }
    let pending = try sql.first(
      "SELECT sum(points), count(*) FROM tail WHERE run = ?", .blob(run.bytes))
    if (pending?[0].integer ?? 0) >= WriteTransaction.chunkPoints
      || (pending?[1].integer ?? 0) >= 512
    {
      try flushTail(run)
    }
  }

  /// Turns every tail into a chunk. Called before sealing, so that whatever is sent is complete.
  func flushTails() throws {
    for row in try sql.all("SELECT DISTINCT run FROM tail") {
      if let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }) { try flushTail(key) }
    }
  }

  func flushTail(_ run: EntityKey) throws {
    var byKey: [ExactText: [MetricPoint]] = [:]
    for row in try sql.all("SELECT payload FROM tail WHERE run = ? ORDER BY id", .blob(run.bytes)) {
      for one in try MetricChunk.decode(row[0].blob ?? [], expecting: nil) {
        byKey[ExactText(one.key), default: []].append(contentsOf: one.points)
      }
    }
    guard !byKey.isEmpty else { return }
    let series = byKey.keys.sorted().map {
      MetricSeries(key: $0.text, points: byKey[$0] ?? [])
    }
    try sql.run("DELETE FROM tail WHERE run = ?", .blob(run.bytes))
    flushing = true
    defer { flushing = false }
    for part in MetricChunk.parts(of: series) { try appendChunk(part, of: run, replacing: []) }
  }

  /// Records points that another chunk held among others: its manifest goes.
  func recordChunk(_ series: [MetricSeries], of run: EntityKey, replacing dot: Dot) throws {
    for part in MetricChunk.parts(of: series) { try appendChunk(part, of: run, replacing: [dot]) }
  }

  private func appendChunk(_ part: [MetricSeries], of run: EntityKey, replacing dots: [Dot]) throws
  {
    let chunk = MetricChunk.encode(part)
    let isNew =
      try sql.run(
        "INSERT OR IGNORE INTO payload(digest, bytes) VALUES (?, ?)", .blob(chunk.digest.bytes),
        .blob(chunk.payload)) > 0
    // Points that were taken in are said to others, whatever became of this device since.
    try appendUnchecked(
      kind: .addMetrics, entity: run,
      cells: [Cell(field: .metrics, overwrites: dots, value: .bytes(chunk.manifest.encoded))])
    // Somebody else's chunk of the same points can have been waiting for them.
    if isNew { try recountEstimates(chunk.digest, part) }
  }

  /// The points that this replica does not hold yet: a client's retry adds nothing.
  private func unknownPoints(_ entity: EntityRow, _ series: MetricSeries) throws -> [MetricPoint] {
    var seen: Set<MetricPoint> = []
    let points = series.points.filter { seen.insert($0).inserted }
    guard
      let row = try sql.first(
        "SELECT last_step, last_timestamp FROM series WHERE run = ? AND key = ?",
        .integer(entity.id), .integer(metricID(series.key))), let step = row[0].integer,
      let timestamp = row[1].integer
    else { return points }
    // Beyond the last point by (step, timestamp) nothing is held: a script that logs without steps goes on there.
    let doubtful = points.filter { ($0.step, $0.timestamp) <= (step, timestamp) }
    guard let lowest = doubtful.map(\.step).min() else { return points }
    let held = Set(try history(entity, key: series.key, from: lowest))
    return points.filter { !held.contains($0) }
  }

  /// Points of one metric that are on this replica, by (step, timestamp, value), without duplicates.
  package func history(_ run: EntityKey, key: String) throws -> [MetricPoint] {
    guard let entity = try existingEntity(run) else { return [] }
    let parts = try parts(entity, key: key, from: .min)
    if Mutant.isOn(.chunksJoinedTwice) { return parts.flatMap { $0 } }
    return MetricPoint.union(parts)
  }

  private func history(_ entity: EntityRow, key: String, from step: Int64) throws -> [MetricPoint] {
    try parts(entity, key: key, from: step).flatMap { part in part.filter { $0.step >= step } }
  }

  /// Of each chunk, and of what is not in one yet, that may hold such points: all points of the metric.
  private func parts(_ entity: EntityRow, key: String, from step: Int64) throws -> [[MetricPoint]] {
    var parts: [[MetricPoint]] = []
    try sql.each(
      "SELECT c.manifest, p.bytes FROM chunk c JOIN payload p ON p.digest = c.digest WHERE c.run = ?",
      [.integer(entity.id)]
    ) { row in
      guard let manifest = row[0].blob.flatMap({ try? MetricManifest(encoded: $0) }),
        manifest.series.contains(where: { $0.key == key && $0.lastStep >= step })
      else { return }
      parts.append(try MetricChunk.points(of: key, in: row[1].blob ?? []))
    }
    try sql.each("SELECT payload FROM tail WHERE run = ?", [.blob(entity.key.bytes)]) { row in
      parts.append(try MetricChunk.points(of: key, in: row[0].blob ?? []))
    }
    return parts
  }

  func metricID(_ key: String) throws -> Int64 { try fieldID(FieldName("metrics." + key)) }

  func pointCount(_ op: Operation<Dot>) throws -> Int {
    guard op.kind == .addMetrics else { return 0 }
    return op.cells.compactMap { $0.value?.bytes }
      .compactMap { try? MetricManifest(encoded: $0) }
      .reduce(0) { $0 + $1.count }
  }

  // MARK: Folding manifests

  func foldManifest(_ entity: EntityRow, _ dot: Dot, _ cell: Cell<Dot>) throws {
    for part in try overwritten(by: cell) {
      try sql.run("DELETE FROM chunk WHERE dot = ?", .integer(part.raw))
      try sql.run(
        "INSERT OR IGNORE INTO replaced_chunk(dot, part) VALUES (?, ?)", .integer(dot.raw),
        .integer(part.raw))
    }
    guard let bytes = cell.value?.bytes, let manifest = try? MetricManifest(encoded: bytes) else {
      return
    }
    try sql.run(
      "INSERT INTO chunk(run, dot, digest, manifest) VALUES (?, ?, ?, ?)", .integer(entity.id),
      .integer(dot.raw), .blob(manifest.digest.bytes), .blob(bytes))
    // A chunk flushed from this replica's own tail was counted when its points came in.
    guard !flushing else { return }
    for one in manifest.series { try extendSeries(entity, one) }
  }

  /// False when points that this replica does not hold can be among those of a chunk that is known and not here.
  private func areNew(_ entity: EntityRow, _ series: MetricSeries) throws -> Bool {
    if Mutant.isOn(.absentPointsForgotten) { return true }
    guard
      let row = try sql.first(
        "SELECT last_step, last_timestamp FROM series WHERE run = ? AND key = ?",
        .integer(entity.id), .integer(metricID(series.key))), let step = row[0].integer,
      let timestamp = row[1].integer,
      series.points.contains(where: { ($0.step, $0.timestamp) <= (step, timestamp) })
    else { return true }
    return try !lacksPoints(entity, series.key)
  }

  /// True while a chunk's payload is not here.
  private func lacksPoints(_ entity: EntityRow, _ key: String) throws -> Bool {
    try sql.all(
      """
      SELECT c.manifest FROM chunk c WHERE c.run = ?
      AND NOT EXISTS (SELECT 1 FROM payload p WHERE p.digest = c.digest)
      """, .integer(entity.id)
    ).contains { row in
      let manifest = row[0].blob.flatMap { try? MetricManifest(encoded: $0) }
      return manifest?.series.contains { $0.key == key } == true
    }
  }

  private func extendSeries(_ entity: EntityRow, _ series: MetricSeries, areNew: Bool) throws {
    guard let summary = MetricSummary(of: series.points),
      let first = series.points.map(\.step).min()
    else { return }
    try extendSeries(
      entity, key: series.key, summary, first: first, lastStep: summary.last.step,
      isKnownNew: areNew)
  }

  private func extendSeries(_ entity: EntityRow, _ series: MetricManifest.Series) throws {
    try extendSeries(
      entity, key: series.key, series.summary, first: series.firstStep, lastStep: series.lastStep,
      isKnownNew: false)
  }

  private func extendSeries(
    _ entity: EntityRow, key: String, _ added: MetricSummary, first: Int64, lastStep: Int64,
    isKnownNew: Bool
  ) throws {
    let id = try metricID(key)
    guard
      let row = try sql.first(
        """
        SELECT count, first_step, last_step, last_timestamp, last_value, minimum, maximum, exact
        FROM series WHERE run = ? AND key = ?
        """, .integer(entity.id), .integer(id))
    else {
      return try writeSeries(entity, id, added, first: first, exact: true)
    }
    let knownFirst = row[1].integer ?? 0
    let known = MetricSummary(
      count: Int(row[0].integer ?? 0),
      last: MetricPoint(
        step: row[2].integer ?? 0, timestamp: row[3].integer ?? 0, value: row[4].real ?? .nan),
      minimum: row[5].real ?? .nan, maximum: row[6].real ?? .nan)
    let overlaps = !isKnownNew && first <= known.last.step && lastStep >= knownFirst
    if overlaps, !Mutant.isOn(.pointsCountedTwice), try recount(entity, key, id) { return }
    let joined = MetricSummary(
      count: known.count + added.count,
      last: MetricPoint.precedes(known.last, added.last) ? added.last : known.last,
      minimum: WriteTransaction.least(known.minimum, added.minimum, by: <),
      maximum: WriteTransaction.least(known.maximum, added.maximum, by: >))
    try writeSeries(
      entity, id, joined, first: min(knownFirst, first),
      exact: row[7].integer == 1 && !overlaps)
  }

  private static func least(_ left: Double, _ right: Double, by order: (Double, Double) -> Bool)
    -> Double
  {
    if left.isNaN { return right }
    if right.isNaN { return left }
    return order(left, right) ? left : right
  }

  /// Counts a series from its points. False while a chunk's payload is not here.
  @discardableResult
  func recount(_ entity: EntityRow, _ key: String, _ id: Int64) throws -> Bool {
    if try lacksPoints(entity, key) { return false }
    let points = Set(try history(entity, key: key, from: .min))
    guard let summary = MetricSummary(of: points), let first = points.map(\.step).min() else {
      return true
    }
    try writeSeries(entity, id, summary, first: first, exact: true)
    return true
  }

  private func writeSeries(
    _ entity: EntityRow, _ id: Int64, _ summary: MetricSummary, first: Int64, exact: Bool
  ) throws {
    // SQLite stores NaN as NULL: in these columns NULL is NaN.
    try sql.run(
      """
      INSERT OR REPLACE INTO series(run, key, count, first_step, last_step, last_timestamp, last_value,
        minimum, maximum, exact) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, .integer(entity.id), .integer(id), .integer(Int64(summary.count)), .integer(first),
      .integer(summary.last.step), .integer(summary.last.timestamp), .real(summary.last.value),
      .real(summary.minimum), .real(summary.maximum), .integer(exact ? 1 : 0))
  }

  // MARK: Payloads

  /// Takes in a payload that a manifest names.
  ///
  /// Bytes that are not what the digest says are not taken, nor what nothing names: an old bundle can hold what was
  /// purged since. Idempotent.
  package func addPayload(_ digest: ContentDigest, _ bytes: [UInt8]) throws {
    if try complete(digest, bytes) { return }
    guard try isNamed(digest) else { return }
    // One of a later format, or a damaged one: not taken, and asked for again another time.
    guard let series = try? MetricChunk.decode(bytes, expecting: digest) else { return }
    guard
      try sql.run(
        "INSERT OR IGNORE INTO payload(digest, bytes) VALUES (?, ?)", .blob(digest.bytes),
        .blob(bytes)) > 0
    else { return }
    try recountEstimates(digest, series)
  }

  /// Counts the series of a chunk whose points came here, where they were added up from manifests alone.
  private func recountEstimates(_ digest: ContentDigest, _ series: [MetricSeries]) throws {
    for row in try sql.all(
      "SELECT DISTINCT e.key FROM chunk c JOIN entity e ON e.id = c.run WHERE c.digest = ?",
      .blob(digest.bytes))
    {
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }) else { continue }
      let entity = try entityRow(key)
      for one in series {
        let id = try metricID(one.key)
        let exact = try sql.first(
          "SELECT exact FROM series WHERE run = ? AND key = ?", .integer(entity.id), .integer(id))
        if exact?[0].integer == 0 { try recount(entity, one.key, id) }
      }
    }
  }

  /// True when a manifest that stands names it, or one of an op without effect: that can be accepted later, and who
  /// has the points may be gone then.
  private func isNamed(_ digest: ContentDigest) throws -> Bool {
    if try sql.first("SELECT 1 FROM chunk WHERE digest = ? LIMIT 1", .blob(digest.bytes)) != nil {
      return true
    }
    return try sql.all("SELECT dot FROM void_op").contains { row in
      guard let dot = row[0].integer.map(Dot.init(raw:)) else { return false }
      let op = try operation(dot)
      return op.kind == .addMetrics
        && op.cells.contains { cell in
          cell.value?.bytes.flatMap { try? MetricManifest(encoded: $0) }?.digest == digest
        }
    }
  }
}
