import FieldbookModel
import FieldbookReplication

/// Taking values out of the log: the ops stay, with commitments in place of what was purged.
///
/// A purge names every op that ever gave the field a value, as far as its author knew; so a cell that was purged
/// needs no effect, and a replica that never held the value adds up to the same.
extension WriteTransaction {
  /// Notes the cells of an op that came without their values.
  func noteWithheld(_ op: Operation<Dot>, dot: Dot) throws {
    for index in op.cells.indices where op.cells[index].isWithheld {
      try sql.run(
        "INSERT OR IGNORE INTO withheld_cell(dot, cell) VALUES (?, ?)", .integer(dot.raw),
        .integer(Int64(index)))
    }
  }

  func foldPurge(_ op: Operation<Dot>, dot: Dot) throws {
    var count = 0
    let series = op.purgedSeries
    for (target, positions) in try op.purgeTargets() {
      let named = try purgeable(positions, of: operation(target))
      for position in named {
        try sql.run(
          "INSERT OR IGNORE INTO purged_cell(dot, cell) VALUES (?, ?)", .integer(target.raw),
          .integer(Int64(position)))
      }
      for one in series {
        try sql.run(
          "INSERT OR IGNORE INTO purged_series(dot, series) VALUES (?, ?)", .integer(target.raw),
          .blob(one.bytes))
      }
      count += named.count
      if Mutant.isOn(.purgeNotCarriedOut), !isFoldingLocal { continue }
      unwithheld[target, default: []].formUnion(named)
    }
    for digest in op.purgedContents {
      let added = try sql.run(
        "INSERT OR IGNORE INTO purged_content(digest) VALUES (?)", .blob(digest.bytes))
      if added > 0 { hasWithheld = true }
    }
    func text(_ field: FieldName) -> String? { op.cells.first { $0.field == field }?.value?.text }
    try sql.run(
      """
      INSERT OR IGNORE INTO purge(dot, entity, clock, cells, reason, subject) VALUES (?, ?, ?, ?, ?, ?)
      """, .integer(dot.raw), .blob(op.entity.bytes), .integer(op.clock.stored),
      .integer(Int64(count)), .optional(text(.reason)), .optional(text(.subject)))
  }

  /// Those of the positions that may go; all cells if none is named.
  ///
  /// Never what says who may do what, or of other ops: a replica that comes later must find the same. What holds a thing
  /// together goes only with all else that its op says.
  private func purgeable(_ positions: [Int], of op: Operation<Dot>) throws -> [Int] {
    guard !op.kind.isNote, op.kind != .enrolDevice, op.entity != identity.workspace.key,
      try !membership().isSubject(op.entity)
    else { return [] }
    let named = Set(positions.isEmpty ? Array(op.cells.indices) : positions)
      .filter(op.cells.indices.contains)
    guard named.count < op.cells.count else { return named.sorted() }
    return named.filter { !op.cells[$0].field.isStructural }.sorted()
  }

  /// A branch brings ops along that another one brought before: what was purged of them goes here, too.
  func notePurged(_ shared: [(Dot, Operation<Dot>)]) throws {
    for (dot, op) in shared where op.cells.contains(where: { !$0.isWithheld }) {
      for row in try sql.all("SELECT cell FROM purged_cell WHERE dot = ?", .integer(dot.raw)) {
        guard let cell = row[0].integer, op.cells.indices.contains(Int(cell)) else { continue }
        unwithheld[dot, default: []].insert(Int(cell))
      }
    }
  }

  /// Carries out the purges that were folded. Only when it is certain who had the right: there is no way back.
  func withholdPurged() throws {
    let targets = unwithheld
    unwithheld = [:]
    var places: [Int64: Set<CellPlace>] = [:]
    for (target, positions) in targets {
      for (segment, op) in try holders(of: target) {
        places[segment, default: []].formUnion(positions.map { CellPlace(op: op, cell: $0) })
      }
    }
    for (segment, places) in places.sorted(by: { $0.key < $1.key }) {
      try withhold(places, in: segment)
    }
  }

  /// Every segment that holds an op, with its position there: branches can share ops and differ in segments.
  private func holders(of target: Dot) throws -> [(segment: Int64, op: Int)] {
    try chains(of: chain(target.chain).log).compactMap { holder in
      guard
        let row = try sql.first(
          """
          SELECT id, first FROM segment WHERE chain = ?1 AND last >= ?2 AND first <= ?2
          ORDER BY last LIMIT 1
          """, .integer(holder.id), .integer(Int64(target.number))),
        let id = row[0].integer, let first = row[1].integer,
        try dot(holder.id, target.number) == target
      else { return nil }
      return (id, Int(target.number) - Int(first))
    }
  }

  /// Replaces values by their commitments. A purge of what is gone already changes nothing.
  private func withhold(_ places: Set<CellPlace>, in id: Int64) throws {
    guard let bytes = try sql.first("SELECT bytes FROM segment WHERE id = ?", .integer(id))?[0].blob
    else { return }
    let segment = try Segment(encoded: bytes)
    let body = try segment.body()
    let held = places.filter { place in
      guard body.ops.indices.contains(place.op) else { return false }
      let cells = body.ops[place.op].cells
      return cells.indices.contains(place.cell) && !cells[place.cell].isWithheld
    }
    guard !held.isEmpty else { return }
    let bare = try segment.replacing(body.withholding(held))
    // Nobody could read it any more. The values stay, and doctor says so.
    guard bare.encoded.bytes.count <= SegmentLimits.encodedBytes, (try? bare.body()) != nil else {
      return
    }
    for place in held where body.ops[place.op].kind == .addMetrics {
      let value = body.ops[place.op].cells[place.cell].value?.bytes
      guard let manifest = value.flatMap({ try? MetricManifest(encoded: $0) }) else { continue }
      droppedPayloads.insert(manifest.digest)
    }
    try sql.run(
      "UPDATE segment SET bytes = ? WHERE id = ?", .blob(bare.encoded.bytes), .integer(id))
    openedSegments[id] = nil
    needsRefold = true
    hasWithheld = true
    try noteScrubDue()
  }

  /// Metric data that no manifest names any longer. Call when everything is folded again.
  func dropPayloads() throws {
    for digest in droppedPayloads {
      try sql.run(
        """
        DELETE FROM payload WHERE digest = ?1 AND NOT EXISTS
          (SELECT 1 FROM chunk WHERE digest = ?1)
        """, .blob(digest.bytes))
    }
    if hasWithheld {
      // Another copy can wait for its turn; it is held already.
      try sql.run("DELETE FROM waiting WHERE hash IN (SELECT hash FROM segment)")
    }
    droppedPayloads = []
  }
}
