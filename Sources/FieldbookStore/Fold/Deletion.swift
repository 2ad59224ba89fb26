import FieldbookModel
import FieldbookReplication

/// Deletions and the edits that they had not seen.
///
/// Invariant: `delete_edit` holds, for every deletion that stands and every branch of a log, the first op of that
/// branch on the entity that is concurrent with the deletion. How a replica numbers branches does not matter.
extension WriteTransaction {
  /// - Parameter gone: ops whose values stand no more.
  func noteLifecycle(_ entity: EntityRow, gone: Set<Dot>, _ new: LiveValue?) throws {
    var row = entity
    row.isDeleted = try hasDeletion(entity.id)
    try save(row)
    for deletion in gone {
      try sql.run(
        "DELETE FROM delete_edit WHERE entity = ? AND deletion = ?", .integer(entity.id),
        .integer(deletion.raw))
    }
    if let new, new.isDeletion, !isFoldingLocal { try findUnseenEdits(entity, deletion: new.dot) }
    try refreshDeleteConflict(entity)
  }

  private func hasDeletion(_ entity: Int64) throws -> Bool {
    try sql.first(
      """
      SELECT 1 FROM sibling WHERE entity = ?1 AND field = ?2 AND value = ?3
      UNION ALL SELECT 1 FROM register
      WHERE entity = ?1 AND field = ?2 AND value = ?3 AND dot IS NOT ?4 LIMIT 1
      """, .integer(entity), .integer(fieldID(.lifecycle)), .text(Lifecycle.deleted.rawValue),
      .integer(WriteTransaction.several)) != nil
  }

  /// Edits applied here before the deletion that its writer had not seen.
  private func findUnseenEdits(_ entity: EntityRow, deletion: Dot) throws {
    if Mutant.isOn(.earlierEditsIgnored) { return }
    for segment in try segments(touching: entity) {
      let row = try sql.first("SELECT chain, last FROM segment WHERE id = ?", .integer(segment))
      guard let chainID = row?[0].integer, let last = row?[1].integer,
        try !covers(deletion.chain, try dot(chainID, UInt64(last)))
      else { continue }
      let found = try opened(segment)
      guard found.isUnderstood else {
        try noteMixedLevels()
        continue
      }
      for (edit, op) in found.numbered {
        // A later program, whose tables these may be, gave it its effect.
        if !understands(op) { try noteMixedLevels() }
        guard try edits(op, entity), try !covers(deletion.chain, edit), try !isVoid(edit) else {
          continue
        }
        try addUnseen(entity, deletion: deletion, edit: edit, op)
      }
    }
  }

  /// An edit that arrives after a deletion which it had not seen.
  func noteEditOfDeleted(_ entity: EntityRow, _ op: Operation<Dot>, _ dot: Dot) throws {
    guard !isFoldingLocal, entity.isDeleted || op.hasOwner else { return }
    for target in try [entity] + (owner(of: op).map { [$0] } ?? []) where target.isDeleted {
      guard try edits(op, target) else { continue }
      let field = try fieldID(.lifecycle)
      for value in try live(target, field) where value.isDeletion && value.dot != dot {
        guard try !covers(dot.chain, value.dot) else { continue }
        try addUnseen(target, deletion: value.dot, edit: dot, op)
      }
      try refreshDeleteConflict(target)
    }
  }

  /// The experiment of a new run or trace, the model of a new version.
  func owner(of op: Operation<Dot>) throws -> EntityRow? {
    guard op.hasOwner else { return nil }
    let field: FieldName = op.kind == .createVersion ? .model : .experiment
    return try op.cells.first { $0.field == field }?.value?.key.flatMap { try existingEntity($0) }
  }

  private func edits(_ op: Operation<Dot>, _ entity: EntityRow) throws -> Bool {
    // What is not understood has no effect, in whatever order it comes.
    if op.kind.isNote || op.isWithheld || !understands(op) { return false }
    if op.entity == entity.key { return !op.cells.allSatisfy { $0.field == .lifecycle } }
    return try owner(of: op)?.id == entity.id
  }

  /// Keeps the edit unless an earlier one of its own branch is kept.
  private func addUnseen(
    _ entity: EntityRow, deletion: Dot, edit: Dot, _ op: Operation<Dot>
  ) throws {
    if Mutant.isOn(.deletionWins) { return }
    let known = try sql.all(
      "SELECT edit FROM delete_edit WHERE entity = ? AND deletion = ?", .integer(entity.id),
      .integer(deletion.raw)
    ).compactMap { $0[0].integer.map(Dot.init(raw:)) }
    if try known.contains(where: { try isAncestor($0, of: edit) }) { return }
    if try wasMadeDeleted(entity, asOf: edit, op) { return }
    for later in known where try isAncestor(edit, of: later) {
      try sql.run(
        "DELETE FROM delete_edit WHERE entity = ? AND deletion = ? AND edit = ?",
        .integer(entity.id),
        .integer(deletion.raw), .integer(later.raw))
    }
    try sql.run(
      "INSERT INTO delete_edit(entity, deletion, edit) VALUES (?, ?, ?)", .integer(entity.id),
      .integer(deletion.raw), .integer(edit.raw))
  }

  /// Whoever wrote the edit had made the thing as a deleted one, as imports do: what is said of it besides is no reason to
  /// keep it. Only the edit's own branch counts, so that it does not matter what else has come.
  private func wasMadeDeleted(
    _ entity: EntityRow, asOf edit: Dot, _ op: Operation<Dot>
  ) throws -> Bool {
    if op.entity == entity.key, op.createsDeleted { return true }
    if try madeDeleted[entity.key, default: []].contains(where: { try isAncestor($0, of: edit) }) {
      return true
    }
    let log = try chain(edit.chain).log
    for segment in try segments(touching: entity) {
      let row = try sql.first("SELECT chain FROM segment WHERE id = ?", .integer(segment))
      guard let id = row?[0].integer, try chain(id).log == log else { continue }
      for (dot, op) in try opened(segment).numbered
      where op.entity == entity.key && op.createsDeleted {
        if try isAncestor(dot, of: edit), try !isVoid(dot) { return true }
      }
    }
    return false
  }

  private func refreshDeleteConflict(_ entity: EntityRow) throws {
    let open =
      try sql.first("SELECT 1 FROM delete_edit WHERE entity = ?", .integer(entity.id)) != nil
    try markConflict(entity.id, fieldID(.lifecycle), .deleteEdit, blocking: false, open: open)
    try refreshLifecycle(entity)
  }

  /// What lists show: the register, but active while an edit waits that a deletion had not seen.
  func refreshLifecycle(_ entity: EntityRow) throws {
    guard let kind = entity.kind, let table = RecordTable(kind) else { return }
    let field = try fieldID(.lifecycle)
    let value = try sql.first(
      "SELECT value FROM register WHERE entity = ? AND field = ?", .integer(entity.id),
      .integer(field))
    let open =
      try sql.first("SELECT 1 FROM delete_edit WHERE entity = ?", .integer(entity.id)) != nil
    let lifecycle = open ? Lifecycle.active.rawValue : value?[0].text ?? Lifecycle.active.rawValue
    try sql.run(
      composed: "UPDATE \(table.rawValue) SET lifecycle = ? WHERE id = ?", .text(lifecycle),
      .integer(entity.id))
    if table.hasOwnNames { try refreshNames(table, of: entity) }
  }
}

extension Operation {
  /// Makes a thing that was deleted where it comes from.
  var createsDeleted: Bool {
    kind.createdKind != nil
      && cells.contains {
        $0.field == .lifecycle && $0.value?.text == Lifecycle.deleted.rawValue
      }
  }

  fileprivate var hasOwner: Bool {
    kind == .createRun || kind == .createVersion || kind == .createTrace
  }
}
