import FieldbookModel
import FieldbookReplication
import FieldbookRepository

extension Workspace {
  /// A person's answer to a conflict.
  package enum Resolution: Sendable, Equatable {
    /// A letter, a device's name, `mine` or `theirs`.
    case take(String)
    case base
    case value(String?)
  }

  /// Blocking ones first, then the newest.
  package func conflicts(blockingOnly: Bool = false) throws -> [Conflict] {
    try store.inspect { transaction in
      try transaction.conflicts(blockingOnly: blockingOnly)
        .map { try Workspace.withBase($0, transaction) }
    }
  }

  package func conflict(_ prefix: String) throws -> Conflict {
    let found = try conflicts().filter { $0.id.hasPrefix(prefix.lowercased()) }
    guard let first = found.first, !prefix.isEmpty else {
      throw WorkspaceFailure.notFound(what: "conflict", reference: prefix)
    }
    guard found.count == 1 else {
      throw WorkspaceFailure.ambiguous(
        reference: prefix, candidates: found.map { String($0.id.prefix(12)) })
    }
    return first
  }

  /// Decides: an ordinary change that overwrites every side seen here. One not seen re-opens the conflict.
  package func resolve(_ conflict: Conflict, _ resolution: Resolution) throws -> (
    taken: String?, op: String
  ) {
    let side: ConflictSide?
    if case .take(let name) = resolution {
      side = try conflict.side(named: name)
    } else {
      side = nil
    }
    if resolution == .base, conflict.base == nil {
      throw WorkspaceFailure.conflictHasNoBase(conflict.id)
    }
    let op = try write(.person) { transaction in
      let dot: Dot
      switch conflict.kind {
      case .value, .alias:
        dot = try transaction.resolveRegister(conflict, resolution, side)
      case .deleteEdit:
        dot = try transaction.resolveDeleteEdit(conflict, resolution, side)
      case .name:
        dot = try transaction.resolveName(conflict, resolution, side)
      case .version:
        dot = try transaction.resolveNumber(conflict, side)
      case .clone:
        dot = try transaction.acknowledgeForks(conflict.entity.key)
      }
      return try transaction.hexHash(dot)
    }
    if try store.inspect({ try $0.isHub(deviceKey) }) { try performHubDuties() }
    return (side?.letter, op)
  }

  /// Of texts by lines and words; of configs by lines alone, as git does it.
  package func baseTextMerge(_ conflict: Conflict) -> TextMergeOutcome {
    guard conflict.sides.count >= 2 else { return .conflicted("") }
    let base = conflict.base ?? ""
    var merged = TextMergeOutcome.merged(conflict.sides[0].value ?? "")
    var label = conflict.sides[0].device
    for side in conflict.sides.dropFirst() {
      guard case .merged(let text) = merged else { break }
      let new = side.value ?? ""
      let byLines =
        conflict.field == .configText
        ? try? LineMerge.merge(
          base: base, left: text, right: new, leftLabel: label, rightLabel: side.device) : nil
      merged =
        byLines
        ?? TextMerge.merge(
          base: base, left: text, right: new, leftLabel: label, rightLabel: side.device)
      label += ", " + side.device
    }
    return merged
  }

  // MARK: History

  /// Oldest first.
  package func history(_ entity: EntityKey, field: FieldName?) throws -> [HistoryEntry] {
    try store.inspect { try $0.history(entity, field: field) }
  }

  /// Puts back what an op replaced, by a new op that overwrites all that stands. Returns the new op's hash.
  package func undo(_ prefix: String) throws -> String {
    guard prefix.count >= 4, prefix.allSatisfy(\.isHexDigit) else {
      throw WorkspaceFailure.notFound(what: "change", reference: prefix)
    }
    return try write(.person) { transaction in
      guard let found = try transaction.findOperation(prefix) else {
        throw WorkspaceFailure.notFound(what: "change", reference: prefix)
      }
      return try transaction.hexHash(transaction.undo(found.op))
    }
  }
}

extension Conflict {
  /// A letter, else a device's name, else `mine` or `theirs` where that means one side.
  package func side(named name: String) throws -> ConflictSide {
    if let side = sides.first(where: { $0.letter == name }) { return side }
    let byDevice = sides.filter { $0.device == name }
    if byDevice.count == 1 { return byDevice[0] }
    if name == "mine" || name == "theirs" {
      let meant = sides.filter { $0.isMine == (name == "mine") }
      if meant.count == 1 { return meant[0] }
    }
    throw WorkspaceFailure.noSuchSide(
      given: name, sides: sides.map { "\($0.letter) (\($0.device))" })
  }
}
