import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Who changed what when: every op on an entity, oldest first in causal order.
  package func history(_ key: EntityKey, field: FieldName?) throws -> [HistoryEntry] {
    guard let entity = try existingEntity(key) else { return [] }
    var out: [HistoryEntry] = []
    for id in try segments(touching: entity) {
      let row = try sql.first("SELECT origin FROM segment WHERE id = ?", .integer(id))
      let origin = row?[0].text ?? "peer"
      let segment = try opened(id)
      for ((dot, op), hash) in zip(segment.numbered, segment.hashes) where op.entity == key {
        out += try entries(op, dot, hash: hash, origin: origin, field: field)
      }
    }
    let journal = try journalOps()
    if journal.contains(where: { $0.1.entity == key }) {
      for ((dot, op), hash) in zip(journal, try journalHashes(journal)) where op.entity == key {
        out += try entries(op, dot, hash: hash, origin: "local", field: field)
      }
    }
    return out
  }

  private func entries(
    _ op: Operation<Dot>, _ dot: Dot, hash: [UInt8], origin: String, field: FieldName?
  ) throws -> [HistoryEntry] {
    let device = try chain(dot.chain).log.device
    let who = try author(device)
    func entry(_ field: FieldName, before: String?, after: String?) -> HistoryEntry {
      HistoryEntry(
        op: Hex.encode(hash), time: Timestamp(milliseconds: op.clock.milliseconds),
        author: who.owner, device: who.name, field: field, before: before, after: after,
        origin: origin)
    }
    if op.kind == .purge {
      func text(_ field: FieldName) -> String? { op.cells.first { $0.field == field }?.value?.text }
      let said = [text(.subject), text(.reason)].compactMap { $0 }.joined(separator: ": ")
      let isAsked = field == nil || text(.subject) == field?.text
      return isAsked ? [entry(.purged, before: nil, after: said)] : []
    }
    let gone = op.cells.filter(\.isWithheld).count
    let purged =
      gone > 0 && field == nil
      ? [entry(.purged, before: nil, after: Amount.of(gone, "value"))] : []
    return try purged
      + op.cells.filter { !$0.isWithheld && (field == nil || $0.field == field) }.map { cell in
        let isNote = op.kind.isNote
        let before = isNote ? [] : try replaced(by: cell).compactMap { $0 }.filter { !$0.isNull }
        return entry(
          cell.field, before: try joined(before, cell.field),
          after: try text(cell, op).map { try isVoid(dot) ? $0 + " (without effect)" : $0 })
      }
  }

  /// Several for a decision: the sides that it was between.
  private func joined(_ values: [FieldValue], _ field: FieldName) throws -> String? {
    let texts = try values.compactMap { try displayText($0, field) }
    return texts.isEmpty ? nil : texts.joined(separator: " | ")
  }

  private func text(_ cell: Cell<Dot>, _ op: Operation<Dot>) throws -> String? {
    guard let value = cell.value else {
      switch op.kind {
      case .settle: return "settled"
      case .witness: return "seen ahead of its time"
      default: return nil
      }
    }
    if cell.field == .metrics {
      let points = try pointCount(op)
      return Amount.of(points, "point")
    }
    if cell.field == .spans, let chunk = value.bytes.flatMap({ try? SpanChunk(encoded: $0) }) {
      return Amount.of(chunk.entries.count, "span")
    }
    return try displayText(value, cell.field)
  }

  /// The op whose hash begins with these hexadecimal digits.
  ///
  /// - Throws: `InvalidInput` when several do.
  package func findOperation(_ prefix: String) throws -> (
    dot: Dot, op: Operation<Dot>, hash: String
  )? {
    let prefix = prefix.lowercased()
    var found: [String: (Dot, Operation<Dot>)] = [:]
    func look(_ ops: [(Dot, Operation<Dot>)], _ hashes: RunningHashes) {
      for ((dot, op), hash) in zip(ops, hashes) {
        let hex = Hex.encode(hash)
        if hex.hasPrefix(prefix) { found[hex] = (dot, op) }
      }
    }
    let journal = try journalOps()
    if !journal.isEmpty { look(journal, try journalHashes(journal)) }
    for row in try sql.all("SELECT id FROM segment ORDER BY id DESC") {
      if prefix.count == 64, !found.isEmpty { break }
      guard let id = row[0].integer else { continue }
      let segment = try opened(id)
      look(segment.numbered, segment.hashes)
    }
    guard found.count < 2 else {
      let all = found.keys.sorted().prefix(5).map { $0.prefix(12) }.joined(separator: ", ")
      throw InvalidInput(
        "'\(prefix)' is ambiguous: it could be \(all)", hint: "give more characters")
    }
    return found.first.map { ($0.value.0, $0.value.1, $0.key) }
  }

  /// Puts back what an op replaced: new ops that overwrite all that stands now.
  ///
  /// A decision replaced several values: all of them stand again, and the conflict is open again.
  ///
  /// - Returns: the last of the new ops.
  package func undo(_ op: Operation<Dot>) throws -> Dot {
    guard op.kind == .set else {
      throw InvalidInput(
        "this change created something; it cannot be undone",
        hint: "delete it instead: fieldbook delete REF")
    }
    let entity = try entityRow(op.entity)
    var rounds: [[Cell<Dot>]] = []
    for cell in op.cells {
      guard !cell.isWithheld else {
        throw InvalidInput("a part of this change was purged", hint: "set the field anew")
      }
      guard FieldRule.of(cell.field).keepsEvery == false else {
        throw InvalidInput("a comment cannot be undone", hint: "add another comment")
      }
      let standing = try live(entity, fieldID(cell.field))
      let before = try replaced(by: cell)
      if cell.field == .configText, !standing.contains(where: { $0.value == cell.value }) {
        throw InvalidInput(
          "the config was changed since, and that would be taken back with it",
          hint: "see what came: fieldbook config log; then change it: fieldbook config edit")
      }
      guard Set(standing.map(\.value)) != Set(before.compactMap { $0 }) else { continue }
      for (index, value) in before.enumerated() {
        if rounds.count == index { rounds.append([]) }
        // All overwrite what stands, and none of them another: side by side, as they were.
        rounds[index].append(
          Cell(field: cell.field, overwrites: standing.map(\.dot), value: value))
      }
    }
    var last: Dot?
    for cells in rounds { last = try append(kind: .set, entity: op.entity, cells: cells) }
    guard let last else {
      throw InvalidInput(
        "there is nothing to take back: what this change replaced stands",
        hint: "see who changed what: fieldbook history REF")
    }
    return last
  }

  /// The values that a cell overwrote, each once; what stood before a field was ever set, if it overwrote none.
  private func replaced(by cell: Cell<Dot>) throws -> [FieldValue?] {
    var values: [FieldValue] = []
    for dot in cell.overwrites {
      let value = try operation(dot).cells.first { $0.field == cell.field }?.value
      if let value, !values.contains(value) { values.append(value) }
    }
    guard values.isEmpty else { return values }
    switch FieldRule.of(cell.field) {
    case .addWins: return [nil]
    default: return [cell.field == .lifecycle ? .text(Lifecycle.active.rawValue) : .null]
    }
  }

  package func hexHash(_ dot: Dot) throws -> String { Hex.encode(try hash(of: dot)) }
}

extension WriteTransaction {
  /// The value that an op gave a field.
  package func value(ofOp hash: String, field: FieldName) throws -> FieldValue? {
    try findOperation(hash)?.op.cells.first { $0.field == field }?.value
  }
}
