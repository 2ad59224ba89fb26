import FieldbookModel
import FieldbookReplication
import FieldbookStore

/// What each kind of conflict becomes when a person has answered.
extension WriteTransaction {
  func resolveRegister(
    _ conflict: Conflict, _ resolution: Workspace.Resolution, _ side: ConflictSide?
  ) throws -> Dot {
    let value: FieldValue
    switch resolution {
    case .take:
      guard let side, let found = try self.value(ofOp: side.op, field: conflict.field) else {
        throw WorkspaceFailure.notFound(what: "change", reference: side?.op ?? "")
      }
      value = found
    case .base:
      let found =
        try conflict.baseOrigin == .replaced
        ? baseValue(conflict) : parse(conflict.base, conflict)
      guard let found else { throw WorkspaceFailure.conflictHasNoBase(conflict.id) }
      value = found
    case .value(let text):
      value = try parse(text, conflict)
    }
    // An op that this program itself would not understand would decide nothing.
    guard Cell<Dot>(field: conflict.field, overwrites: [], value: value).hasKnownShape else {
      throw InvalidInput(
        "'\(value.display ?? "nothing")' is no value for \(conflict.field.text)",
        hint: "take a side: --take \(conflict.sides.map(\.letter).joined(separator: "|"))")
    }
    return try set(conflict.entity.key, [(conflict.field, value)])
  }

  private func parse(_ text: String?, _ conflict: Conflict) throws -> FieldValue {
    if conflict.kind == .alias {
      guard let text else { return .null }
      let found = try versions(of: ModelID(conflict.entity.key), matching: text)
      guard found.count == 1 else {
        throw WorkspaceFailure.notFound(what: "version", reference: text)
      }
      return .reference(found[0].key)
    }
    let (family, member) = conflict.field.split
    let values = try conflict.sides.compactMap { try value(ofOp: $0.op, field: conflict.field) }
    let isNamed = values.contains { $0.bytes != nil }
    if isNamed || text != nil && ["artifacts", "datasets", "assessments"].contains(family) {
      throw WorkspaceFailure.notResolvable(
        kind: String(family),
        hint: "take a side: --take \(conflict.sides.map(\.letter).joined(separator: "|"))")
    }
    guard let text else { return .null }
    if family == "tags", let member { try Check.tagValue(text, key: EntryKey(String(member))) }
    if family == "params", let member {
      try Check.parameterValue(text, key: EntryKey(String(member)))
    }
    if values.contains(where: { $0.integer != nil }) {
      guard let number = Int64(text) else {
        throw InvalidInput("'\(text)' is not a whole number", hint: "both sides are numbers")
      }
      return .integer(number)
    }
    if conflict.field == .lifecycle, Lifecycle(rawValue: text) == nil {
      throw InvalidInput("'\(text)' is not a lifecycle", hint: "use active or deleted")
    }
    if conflict.field == .state, conflict.entity.kind == .trace, TraceState(rawValue: text) == nil {
      throw InvalidInput(
        "'\(text)' is not a state of a trace",
        hint: "use " + TraceState.allCases.map(\.rawValue).joined(separator: ", "))
    }
    if conflict.field == .configText {
      try ConfigText.check(text, name: conflict.entity.name)
    }
    try Check.longText(text, what: conflict.field.text)
    return .text(text)
  }

  /// Taking a deletion deletes again, now having seen the edits; taking an edit restores.
  func resolveDeleteEdit(
    _ conflict: Conflict, _ resolution: Workspace.Resolution, _ side: ConflictSide?
  ) throws -> Dot {
    let lifecycle: Lifecycle
    switch resolution {
    case .take: lifecycle = side?.value == Lifecycle.deleted.rawValue ? .deleted : .active
    case .value(let text):
      guard let known = text.flatMap(Lifecycle.init(rawValue:)) else {
        throw InvalidInput("'\(text ?? "")' is not a lifecycle", hint: "use active or deleted")
      }
      lifecycle = known
    case .base: throw WorkspaceFailure.conflictHasNoBase(conflict.id)
    }
    return try set(conflict.entity.key, [(.lifecycle, .text(lifecycle.rawValue))])
  }

  /// The side taken keeps the bare name, the others are renamed to what they show; a value renames this one.
  func resolveName(
    _ conflict: Conflict, _ resolution: Workspace.Resolution, _ side: ConflictSide?
  ) throws -> Dot {
    if case .value(let text?) = resolution {
      if conflict.entity.kind == .config {
        try Check.configName(text)
      } else {
        try Check.entityName(text, what: conflict.entity.kind.name)
      }
      return try set(conflict.entity.key, [(.name, .text(text))])
    }
    guard let side, let winner = try findOperation(side.op)?.op.entity else {
      throw WorkspaceFailure.notResolvable(
        kind: "name",
        hint: "say who keeps the name (--take a) or give this one another (--value NAME)")
    }
    var last: Dot?
    for other in conflict.sides where other.op != side.op {
      guard let found = try findOperation(other.op)?.op.entity, found != winner,
        let name = try text(found, .name)
      else { continue }
      let apart =
        conflict.entity.kind == .config
        ? ConfigName.apart(name, found) : "\(name)~\(found.short)"
      last = try set(found, [(.name, .text(apart))])
    }
    guard let last else {
      throw WorkspaceFailure.notFound(what: "side", reference: side.letter)
    }
    return last
  }

  /// The side taken keeps the number; the other versions wait for a new one.
  func resolveNumber(_ conflict: Conflict, _ side: ConflictSide?) throws -> Dot {
    guard let side else {
      throw WorkspaceFailure.notResolvable(
        kind: "version", hint: "say who keeps the number: --take a")
    }
    var last: Dot?
    for other in conflict.sides where other.op != side.op {
      guard let found = try findOperation(other.op)?.op.entity else { continue }
      last = try set(found, [(.number, .null)])
    }
    try allocateNumbers()
    guard let last else { throw WorkspaceFailure.notFound(what: "side", reference: side.letter) }
    return last
  }
}
