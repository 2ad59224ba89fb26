import FieldbookModel
import FieldbookReplication

/// Things that several ops create: an experiment that two laptops named alike, a device that two admins let in; or a
/// member's claim to what is not its own.
extension WriteTransaction {
  /// The creation with the least clock counts, and of these the one with the least hash, in whatever order they come: it
  /// says of which kind the thing is, and whose.
  func noteCreation(
    _ entity: inout EntityRow, kind: EntityKind, _ op: Operation<Dot>, dot: Dot
  ) throws {
    guard let known = entity.createdDot, entity.kind != nil else {
      entity.kind = kind
      entity.createdDot = dot
      entity.createdClock = op.clock
      try save(entity)
      try makeRecord(entity, kind, op, isFirst: false)
      // What was written of it before, by who had seen a creation that counts for nothing.
      try refreshWholeRecord(entity, dot)
      try refreshUpdatedTime(entity)
      return
    }
    guard known != dot else { return }
    // Registers that the first one wrote are given their dot by name, since `createdDot` alone no longer says which
    // creation they are from.
    try release(of: entity)
    try sql.run(
      "UPDATE register SET dot = ? WHERE entity = ? AND dot IS NULL", .integer(known.raw),
      .integer(entity.id))
    if entity.kind != kind {
      try sql.run(
        "UPDATE entity SET updated = ? WHERE id = ?", .integer(WriteTransaction.disputed),
        .integer(entity.id))
    }
    if try isEarlier(dot, op.clock, than: entity) {
      try replaceCreation(&entity, kind, op, dot)
    }
    try refreshCreatedTime(entity)
    try refreshUpdatedTime(entity)
  }

  /// In `entity.updated` of what was created as things of several kinds. Then its creation counts as its last change:
  /// which of the ops there are changed it would depend on the order in which they came.
  static let disputed: Int64 = -1

  /// The earliest creation counts, in whatever order they come.
  private func refreshCreatedTime(_ entity: EntityRow) throws {
    guard let table = entity.kind.flatMap(RecordTable.init), table.hasUpdatedTime,
      let clock = entity.createdClock
    else { return }
    let told = try shownValue(entity.id, .createdTime)
    guard told == .null else { return }
    try sql.run(
      composed: "UPDATE \(table.rawValue) SET created_time = ? WHERE id = ?",
      .integer(clock.milliseconds), .integer(entity.id))
  }

  /// After a creation: what came before it counts, too.
  private func refreshUpdatedTime(_ entity: EntityRow) throws {
    guard let table = entity.kind.flatMap(RecordTable.init), table.hasUpdatedTime,
      let clock = entity.createdClock,
      let noted = try sql.first(
        "SELECT updated FROM entity WHERE id = ?", .integer(entity.id))?[0].integer
    else { return }
    let isDisputed = noted == WriteTransaction.disputed
    try sql.run(
      composed: """
        UPDATE \(table.rawValue) SET updated_time = iif(?1, ?2, max(updated_time, ?3)) WHERE id = ?4
        """, .integer(isDisputed ? 1 : 0), .integer(clock.milliseconds),
      .integer(HybridTime(stored: noted).milliseconds), .integer(entity.id))
  }

  private func isEarlier(_ dot: Dot, _ clock: HybridTime, than entity: EntityRow) throws -> Bool {
    if Mutant.isOn(.firstCreationHeard) { return false }
    guard let known = entity.createdDot, let least = entity.createdClock else { return true }
    if clock != least { return clock < least }
    return try hash(of: dot).lexicographicallyPrecedes(hash(of: known))
  }

  private func replaceCreation(
    _ entity: inout EntityRow, _ kind: EntityKind, _ op: Operation<Dot>, _ dot: Dot
  ) throws {
    if let known = entity.createdDot, let segment = try segment(holding: known) {
      try noteTouched(entity.id, segment)
    }
    let before = entity.kind
    entity.kind = kind
    entity.createdDot = dot
    entity.createdClock = op.clock
    try save(entity)
    if before == kind {
      guard kind == .run else { return }
      try sql.run(
        "UPDATE run SET chain = ? WHERE id = ?", .integer(dot.chain), .integer(entity.id))
    } else {
      if let table = before.flatMap(RecordTable.init) { try dropRecord(of: entity, in: table) }
      try makeRecord(entity, kind, op, isFirst: false)
    }
    try refreshWholeRecord(entity, dot)
  }

  private func dropRecord(of entity: EntityRow, in table: RecordTable) throws {
    let model = try sql.first("SELECT model FROM version WHERE id = ?", .integer(entity.id))
    try sql.run(composed: "DELETE FROM \(table.rawValue) WHERE id = ?", .integer(entity.id))
    // Names and numbers that it shared with others are theirs now.
    if table.hasOwnNames { try refreshNames(table, of: entity) }
    if let model = model?[0].integer {
      try refreshNumbers(inModel: model)
      try markConflict(entity.id, fieldID(.number), .version, blocking: false, open: false)
    }
  }

  /// As `refreshRecord`, of every field that has a value.
  private func refreshWholeRecord(_ entity: EntityRow, _ dot: Dot) throws {
    let names = try sql.all(
      "SELECT f.name FROM register r JOIN field f ON f.id = r.field WHERE r.entity = ?",
      .integer(entity.id)
    ).compactMap { $0[0].text.map { FieldName($0) } }
    for name in names {
      let field = try fieldID(name)
      // Whose thing it is can decide which of several is shown.
      if try liveAlone(entity, field) == nil {
        unranked[Register(entity: entity.key, field: field)] = .anew
      }
      if name == .lifecycle { try refreshLifecycle(entity) }
    }
    let refresh = Operation<Dot>(
      kind: .set, entity: entity.key, clock: HybridTime(raw: 0),
      cells: names.map { Cell(field: $0, overwrites: [], value: nil) })
    try refreshRecord(entity, refresh, dot)
  }
}
