import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  package func conflictCounts() throws -> (total: Int, blocking: Int) {
    let row = try sql.first("SELECT count(*), coalesce(sum(blocking), 0) FROM conflict")
    return (Int(row?[0].integer ?? 0), Int(row?[1].integer ?? 0))
  }

  /// Open conflicts, blocking ones first, then the newest.
  package func conflicts(blockingOnly: Bool, entity: EntityKey? = nil) throws -> [Conflict] {
    var out: [Conflict] = []
    let only = try entity.flatMap { try existingEntity($0)?.id }
    if entity != nil, only == nil { return [] }
    for row in try sql.all(
      """
      SELECT c.entity, c.field, c.kind, c.blocking, e.key FROM conflict c JOIN entity e ON e.id = c.entity
      WHERE c.blocking >= ? AND (?2 IS NULL OR c.entity = ?2)
      """, .integer(blockingOnly ? 1 : 0), .optional(only))
    {
      guard let field = row[1].integer, let kind = row[2].text.flatMap(ConflictKind.init),
        let key = row[4].blob.flatMap({ EntityKey(bytes: $0) }), let name = try fieldName(field)
      else { continue }
      out.append(
        try conflict(entityRow(key), field, name, kind, blocking: row[3].integer == 1))
    }
    func newest(_ conflict: Conflict) -> Timestamp {
      conflict.sides.map(\.time).max() ?? Timestamp(milliseconds: 0)
    }
    return out.sorted { left, right in
      if left.isBlocking != right.isBlocking { return left.isBlocking }
      let times = (newest(left), newest(right))
      return times.0 == times.1 ? left.id < right.id : times.0 > times.1
    }
  }

  private func conflict(
    _ entity: EntityRow, _ field: Int64, _ name: FieldName, _ kind: ConflictKind, blocking: Bool
  ) throws -> Conflict {
    let values = try sides(entity, field, name, kind).map {
      (hash: try hash(of: $0.dot), value: $0)
    }
    .sorted { $0.hash.lexicographicallyPrecedes($1.hash) }
    var id = ByteWriter()
    id.bytes(entity.key.bytes)
    id.text(name.text)
    id.text(kind == .value || kind == .alias ? "" : kind.rawValue)
    for value in values { id.bytes(value.hash) }
    let shown: String? =
      switch kind {
      case .name: try shownName(entity)
      case .deleteEdit: Lifecycle.active.rawValue
      case .alias: try held(entity, field).flatMap { try displayText($0, name) }
      default: try displayText(shownValue(entity.id, name).field, name)
      }
    return Conflict(
      id: Hex.encode(OperationHash.sha256(id.bytes)), kind: kind, isBlocking: blocking,
      entity: try reference(entity), field: name,
      base: try base(entity, values.map(\.value), name, kind),
      shown: shown,
      sides: try values.enumerated().map { index, side in
        try conflictSide(index, side.value, hash: side.hash, name)
      })
  }

  private func sides(_ entity: EntityRow, _ field: Int64, _ name: FieldName, _ kind: ConflictKind)
    throws
    -> [LiveValue]
  {
    switch kind {
    case .value, .alias: return try said(live(entity, field), name)
    case .name, .version:
      let table = entity.kind.flatMap(RecordTable.init)?.rawValue ?? "experiment"
      let column = kind == .name ? "name" : "number"
      let scope = kind == .name ? "t.lifecycle = 'active'" : "t.model = o.model"
      return try sql.all(
        composed: """
          SELECT e.key FROM \(table) t JOIN \(table) o ON o.id = ? AND t.\(column) = o.\(column)
          JOIN entity e ON e.id = t.id WHERE \(scope)
          """, .integer(entity.id)
      ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) } }
        .flatMap { key in
          let entity = try entityRow(key)
          let values = try live(entity, field)
          // A number that was leased stands with the creation.
          return kind == .version && values.isEmpty
            ? try live(entity, fieldID(.leasedNumber)) : values
        }
    case .deleteEdit:
      let deletions = try live(entity, field)
      let edits = try sql.all(
        "SELECT DISTINCT edit FROM delete_edit WHERE entity = ?", .integer(entity.id)
      ).compactMap { row -> LiveValue? in
        guard let dot = row[0].integer.map(Dot.init(raw:)) else { return nil }
        let op = try operation(dot)
        let summary = op.entity == entity.key ? op.cells.first?.field.text ?? "" : "a new run"
        return LiveValue(dot: dot, clock: op.clock, value: .text("edited \(summary)"))
      }
      return deletions + edits
    case .clone:
      guard
        let key = try sql.first("SELECT key FROM device WHERE id = ?", .integer(entity.id))?[0]
          .blob, let device = DeviceKey(bytes: key)
      else { return [] }
      return try logEnds(of: device).map { dot in
        LiveValue(
          dot: dot, clock: try operation(dot).clock,
          value: .text("a log with \(Amount.of(dot.number, "change"))"))
      }
    }
  }

  private func conflictSide(_ index: Int, _ value: LiveValue, hash: [UInt8], _ name: FieldName)
    throws
    -> ConflictSide
  {
    let device = try chain(value.dot.chain).log.device
    let who = try author(device)
    let displayed = try displayClock(value)
    let clock = try clock(of: value)
    return ConflictSide(
      letter: WriteTransaction.letter(index), value: try displayText(value.value, name),
      author: who.owner, device: who.name, isMine: device == identity.device,
      time: Timestamp(milliseconds: clock.milliseconds), isSuspect: displayed < clock,
      op: Hex.encode(hash))
  }

  /// `a` … `z`, `aa`, `ab`, …
  static func letter(_ index: Int) -> String {
    var index = index
    var out = ""
    repeat {
      out = String(UnicodeScalar(UInt8(97 + index % 26))) + out
      index = index / 26 - 1
    } while index >= 0
    return out
  }

  private func base(
    _ entity: EntityRow, _ values: [LiveValue], _ name: FieldName, _ kind: ConflictKind
  ) throws -> String? {
    guard kind == .value || kind == .alias else { return nil }
    let value = try origin(of: values.map(\.dot), name, isConfig: entity.kind == .config)
    return try value.flatMap { try displayText($0, name) }
  }

  /// What an alias or another blocking field answers.
  ///
  /// Alone: its value. In conflict: the value that a hub settled last; with no hub the one value that all sides
  /// grew from; else nothing.
  func held(_ entity: EntityRow, _ field: Int64) throws -> FieldValue? {
    let values = try live(entity, field)
    guard Set(values.map(\.value)).count > 1 else { return values.first?.value }
    if Mutant.isOn(.aliasMoves) {
      return try shown(values, entity: entity, rule: .blocking, suspects: suspectLogs()).value
    }
    var settled: (clock: HybridTime, settle: Dot, dot: Dot)?
    let rows = try sql.all(
      "SELECT dot, settle, clock FROM settled WHERE entity = ? AND field = ?", .integer(entity.id),
      .integer(field))
    // A hub that was away may settle late what another hub had seen replaced: that never comes back.
    let grown = try setOps(entity, field).ancestors(ofAll: rows.compactMap { $0[0].integer })
    for row in rows where row[0].integer.map({ !grown.contains(Dot(raw: $0)) }) == true {
      guard let dot = row[0].integer, let settle = row[1].integer, let clock = row[2].integer else {
        continue
      }
      let candidate = (
        clock: HybridTime(stored: clock), settle: Dot(raw: settle), dot: Dot(raw: dot)
      )
      guard let known = settled else {
        settled = candidate
        continue
      }
      let isLater =
        if known.clock == candidate.clock {
          try hash(of: known.settle).lexicographicallyPrecedes(hash(of: candidate.settle))
        } else { known.clock < candidate.clock }
      if isLater { settled = candidate }
    }
    if let settled { return try blockingValue(entity, field, settled.dot) }
    return try commonAncestor(entity, field, values).flatMap {
      try blockingValue(entity, field, $0)
    }
  }

  private func blockingValue(_ entity: EntityRow, _ field: Int64, _ dot: Dot) throws -> FieldValue?
  {
    try sql.first(
      "SELECT value FROM blocking_op WHERE entity = ? AND field = ? AND dot = ?",
      .integer(entity.id), .integer(field), .integer(dot.raw))?[0].field
  }

  /// The unique greatest set-op that all sides descend from.
  private func commonAncestor(_ entity: EntityRow, _ field: Int64, _ values: [LiveValue]) throws
    -> Dot?
  {
    let ops = try setOps(entity, field)
    var common: Set<Dot>?
    for value in values {
      let own = ops.ancestors(of: value.dot).union([value.dot])
      common = common.map { $0.intersection(own) } ?? own
    }
    guard let common else { return nil }
    return common.first { candidate in
      let before = ops.ancestors(of: candidate)
      return common.allSatisfy { $0 == candidate || before.contains($0) }
    }
  }

  private func setOps(_ entity: EntityRow, _ field: Int64) throws -> SetOps {
    var parents: [Dot: [Dot]] = [:]
    for row in try sql.all(
      "SELECT dot, overwrites FROM blocking_op WHERE entity = ? AND field = ?", .integer(entity.id),
      .integer(field))
    {
      guard let dot = row[0].integer, let overwrites = row[1].blob else { continue }
      parents[Dot(raw: dot)] = try DotList.decode(overwrites)
    }
    return SetOps(parents: parents)
  }

  func author(_ device: DeviceKey) throws -> (name: String, owner: String) {
    let row = try sql.first("SELECT name, owner FROM device WHERE key = ?", .blob(device.bytes))
    return (row?[0].text ?? device.id, row?[1].text ?? "")
  }

  private func shownName(_ entity: EntityRow) throws -> String? {
    guard let table = entity.kind.flatMap(RecordTable.init) else { return nil }
    return try sql.first(
      composed: "SELECT shown_name FROM \(table.rawValue) WHERE id = ?", .integer(entity.id))?[0]
      .text
  }

  package func reference(_ key: EntityKey) throws -> EntityReference? {
    guard let row = try existingEntity(key), row.kind != nil else { return nil }
    return try reference(row)
  }

  func reference(_ entity: EntityRow) throws -> EntityReference {
    let name: String
    switch entity.kind {
    case .experiment, .model, .config: name = try shownName(entity) ?? entity.key.short
    case .version:
      let row = try sql.first(
        """
        SELECT m.shown_name, v.number, v.ordinal FROM version v LEFT JOIN model m ON m.id = v.model
        WHERE v.id = ?
        """, .integer(entity.id))
      let number =
        row?[1].integer.map(String.init) ?? "\(row?[2].integer ?? 0)~\(entity.key.short)"
      name = "\(row?[0].text ?? "?")@\(number)"
    case .trace:
      let row = try sql.first("SELECT called FROM trace WHERE id = ?", .integer(entity.id))
      name = row?[0].text ?? TraceID(entity.key).traceText
    case .device: name = try shownValue(entity.id, .deviceName).text ?? entity.key.short
    default: name = try shownValue(entity.id, .name).text ?? entity.key.short
    }
    return EntityReference(kind: entity.kind ?? .workspace, key: entity.key, name: name)
  }

  /// A value as a person reads it: versions by their label, artifacts by digest.
  func displayText(_ value: FieldValue, _ field: FieldName) throws -> String? {
    if let key = value.key, let row = try existingEntity(key), row.kind != nil {
      let name = try reference(row).name
      return row.kind == .version ? name.split(separator: "@").last.map(String.init) : name
    }
    return value.display
  }
}

/// What overwrote what in one blocking register.
private struct SetOps {
  var parents: [Dot: [Dot]]

  func ancestors(of dot: Dot) -> Set<Dot> {
    var seen: Set<Dot> = []
    var open = parents[dot] ?? []
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      open.append(contentsOf: parents[next] ?? [])
    }
    return seen
  }

  func ancestors(ofAll dots: [Int64]) -> Set<Dot> {
    dots.reduce(into: []) { $0.formUnion(ancestors(of: Dot(raw: $1))) }
  }
}
