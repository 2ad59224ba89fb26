import FieldbookModel
import FieldbookReplication

/// Things of other trackers become things of the log: once, however often they come.
///
/// A field that was changed since it was last taken in is merged by three values: what the source said then, what it says
/// now, and what is here. Only where both sides changed it is there a conflict, and then both values stand.
extension WriteTransaction {
  package func takeIn(_ arrival: Arrival) throws -> Taken {
    let known = try existingEntity(arrival.entity)
    var taken: Taken
    var base = try arrivalBase(arrival.entity) ?? ArrivalBase()
    let before = base
    if let known, let kind = known.kind {
      guard kind == arrival.kind.createdKind else {
        throw InvalidInput(
          "\(arrival.entity.hex) is a \(kind.name) here, and something else there",
          hint: "nothing of it was taken in")
      }
      taken = try merge(arrival, into: known, &base)
    } else {
      taken = try make(arrival, &base)
    }
    for (field, value) in arrival.members where try !isMember(arrival.entity, field, value) {
      try append(
        kind: .set, entity: arrival.entity,
        cells: [Cell(field: field, overwrites: [], value: value)])
      taken.written += 1
    }
    try takePoints(arrival, &base)
    for (name, print) in arrival.notes { base["note." + name] = print }
    if base != before || known?.kind == nil { try keep(base, of: arrival.entity) }
    return taken
  }

  private func make(_ arrival: Arrival, _ base: inout ArrivalBase) throws -> Taken {
    // With the creation: someone else who takes it in, too, has then seen of no edit that it was meant to be kept.
    let deletion: Arrival.Fields =
      arrival.isDeleted ? [(.lifecycle, .text(Lifecycle.deleted.rawValue))] : []
    let fields = arrival.founding + deletion + arrival.fields
    try create(arrival.kind, arrival.entity, fields.map { ($0.name, $0.value) })
    for (name, value) in deletion + arrival.fields { base[name.text] = ArrivalBase.print(value) }
    return Taken(isNew: true, written: fields.count - deletion.count)
  }

  private func merge(
    _ arrival: Arrival, into entity: EntityRow, _ base: inout ArrivalBase
  ) throws -> Taken {
    var taken = Taken()
    var cells: [Cell<Dot>] = []
    var held: [FieldName: [FieldValue]]?
    func everHeld(_ name: FieldName, _ value: FieldValue) throws -> Bool {
      let known = try held ?? self.everHeld(entity)
      held = known
      return known[name]?.contains(value) == true
    }
    var fields = arrival.fields
    if arrival.isDeleted { fields.append((.lifecycle, .text(Lifecycle.deleted.rawValue))) }
    for (name, value) in fields {
      switch try verdict(entity, name, value, base[name.text], everHeld) {
      case .same: break
      case .keep: taken.kept.append(name)
      case .write(let overwritten):
        cells.append(Cell(field: name, overwrites: overwritten, value: value))
      case .dispute:
        cells.append(Cell(field: name, overwrites: [], value: value))
        taken.disputed.append(name)
      }
      base[name.text] = ArrivalBase.print(value)
    }
    for part in WriteTransaction.parts(cells[...]) {
      try append(kind: .set, entity: arrival.entity, cells: part)
    }
    taken.written = cells.count
    return taken
  }

  private enum Verdict {
    case same, keep, dispute
    case write(overwriting: [Dot])
  }

  private func verdict(
    _ entity: EntityRow, _ name: FieldName, _ value: FieldValue, _ base: UInt64?,
    _ everHeld: (FieldName, FieldValue) throws -> Bool
  ) throws -> Verdict {
    let standing = try live(entity, fieldID(name))
    if standing.contains(where: { $0.value == value }) { return .same }
    if base == ArrivalBase.print(value) { return .keep }
    if standing.isEmpty, base == nil {
      return try everHeld(name, value) ? .keep : .write(overwriting: [])
    }
    if standing.count == 1, base == ArrivalBase.print(standing[0].value) {
      return .write(overwriting: [standing[0].dot])
    }
    if case .state = FieldRule.of(name) {
      // A run that goes on here and has ended there has ended.
      let isOver = standing.contains {
        $0.value.text.flatMap(RunState.init(coded:))?.status.isFinal == true
      }
      return isOver ? .keep : .write(overwriting: standing.map(\.dot))
    }
    return try everHeld(name, value) ? .keep : .dispute
  }

  private func isMember(_ key: EntityKey, _ name: FieldName, _ value: FieldValue) throws -> Bool {
    guard let entity = try existingEntity(key) else { return false }
    return try sql.first(
      "SELECT 1 FROM member WHERE entity = ? AND field = ? AND value = ?", .integer(entity.id),
      .integer(fieldID(name)), .init(value)) != nil
  }

  /// Every value that the log ever gave a field of the thing, whether or not it stands.
  private func everHeld(_ entity: EntityRow) throws -> [FieldName: [FieldValue]] {
    var held: [FieldName: [FieldValue]] = [:]
    func look(_ op: Operation<Dot>) {
      guard op.entity == entity.key else { return }
      for cell in op.cells where cell.field != .metrics {
        if let value = cell.value { held[cell.field, default: []].append(value) }
      }
    }
    for id in try segments(touching: entity) {
      for (_, op) in try opened(id).numbered { look(op) }
    }
    for (_, op) in try journalOps() { look(op) }
    return held
  }

  private func takePoints(_ arrival: Arrival, _ base: inout ArrivalBase) throws {
    guard !arrival.points.isEmpty || arrival.pointsPrint != nil else { return }
    let name = FieldName.metrics.text
    if let print = arrival.pointsPrint, base[name] == print { return }
    try addPoints(arrival.entity, arrival.points)
    base[name] = arrival.pointsPrint
  }
}

// MARK: Looking whether it came

extension WriteTransaction {
  /// Fields of an arrival whose value is neither among those that stand here, nor one that was changed here since it came.
  /// Nil if the thing is not here at all.
  ///
  /// - Parameter kept: fields that are known to have been changed here.
  package func missing(of arrival: Arrival, kept: [FieldName]) throws -> [FieldName]? {
    guard let entity = try existingEntity(arrival.entity),
      entity.kind == arrival.kind.createdKind
    else { return nil }
    let kept = Set(kept)
    var missing: [FieldName] = []
    var fields = arrival.fields
    if arrival.isDeleted { fields.append((.lifecycle, .text(Lifecycle.deleted.rawValue))) }
    var held: [FieldName: [FieldValue]]?
    for (name, value) in fields where !kept.contains(name) {
      if try live(entity, fieldID(name)).contains(where: { $0.value == value }) { continue }
      // Changed here by someone else a moment ago.
      let known = try held ?? everHeld(entity)
      held = known
      if known[name]?.contains(value) != true { missing.append(name) }
    }
    for (name, value) in arrival.members where try !isMember(arrival.entity, name, value) {
      missing.append(name)
    }
    return missing
  }
}

extension WriteTransaction {
  /// How many of these points, each given once, are not on this replica. Reads one chunk after the other, and only those
  /// that may hold some of them.
  package func lacking(_ run: EntityKey, _ series: MetricSeries) throws -> Int {
    guard let first = series.points.map(\.step).min(), let last = series.points.map(\.step).max(),
      let entity = try existingEntity(run)
    else { return series.points.count }
    var sought = Set(series.points)
    func look(_ payload: SQL.Value) throws {
      for point in try MetricChunk.points(of: series.key, in: payload.blob ?? []) {
        sought.remove(point)
      }
    }
    try sql.each("SELECT payload FROM tail WHERE run = ?", [.blob(run.bytes)]) { try look($0[0]) }
    try sql.each(
      "SELECT c.manifest, p.bytes FROM chunk c JOIN payload p ON p.digest = c.digest WHERE c.run = ?",
      [.integer(entity.id)]
    ) { row in
      guard !sought.isEmpty,
        let manifest = row[0].blob.flatMap({ try? MetricManifest(encoded: $0) }),
        manifest.series.contains(where: {
          $0.key == series.key && $0.lastStep >= first && $0.firstStep <= last
        })
      else { return }
      try look(row[1])
    }
    return sought.count
  }
}
