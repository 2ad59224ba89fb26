import FieldbookModel
import FieldbookReplication

/// What checkers ask.
extension WriteTransaction {
  /// Every value of a register that stands, versions and other references by key; nil for null.
  package func standingTexts(_ key: EntityKey, _ field: FieldName) throws -> [String?] {
    guard let entity = try existingEntity(key) else { return [] }
    return try live(entity, fieldID(field)).map { $0.value.display }
  }

  package func segmentHashes() throws -> [SegmentHash] {
    try sql.all("SELECT hash FROM segment").compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }

  /// The ops of the newest segment, for the report of a failure.
  package func newestOps() throws -> [String] {
    guard let id = try sql.first("SELECT max(id) FROM segment")?[0].integer else { return [] }
    return try opened(id).numbered.prefix(5).map { dot, op in
      let fields = op.cells.prefix(3).map { "\($0.field.text) over \($0.overwrites.map(\.raw))" }
      return "\(dot.chain)/\(dot.number) kind \(op.kind.rawValue) of \(op.entity.short): \(fields)"
    }
  }

  package func ownSegmentHashes() throws -> [SegmentHash] {
    try sql.all("SELECT hash FROM segment WHERE origin = 'local'")
      .compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }

  /// The ops whose values stand in a register.
  package func standingDots(_ key: EntityKey, _ field: FieldName) throws -> Set<Dot> {
    guard let entity = try existingEntity(key) else { return [] }
    return Set(try live(entity, fieldID(field)).map(\.dot))
  }

  package func segmentHashes(of device: DeviceKey) throws -> [SegmentHash] {
    try sql.all(
      "SELECT s.hash FROM segment s JOIN chain c ON c.id = s.chain WHERE c.device = ?",
      .blob(device.bytes)
    ).compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }

  /// Texts that this replica's own ops gave to a field, sealed or not.
  package func ownTexts(_ key: EntityKey, _ field: FieldName) throws -> Set<String> {
    let sealed = try sql.all("SELECT id FROM segment WHERE origin = 'local'").flatMap { row in
      try row[0].integer.map { try opened($0).numbered.map(\.1) } ?? []
    }
    let ops = try sealed + journalOps().map(\.1)
    return Set(
      ops.filter { $0.entity == key }.flatMap(\.cells).filter { $0.field == field }
        .compactMap { $0.value?.text })
  }

  /// Of the segments that wait for others.
  package func waitingSize() throws -> (segments: Int, bytes: Int) {
    let row = try sql.first("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM waiting")
    return (Int(row?[0].integer ?? 0), Int(row?[1].integer ?? 0))
  }

  package func waitingHashes() throws -> [SegmentHash] {
    try sql.all("SELECT hash FROM waiting").compactMap { $0[0].blob.flatMap(SegmentHash.init) }
  }

  /// Leaves the tables as a program of the first release had them, for the next opening to add what came since. For who closes the
  /// replica then.
  package func undoAdditions() throws {
    for new in Schema.additions {
      try sql.run(composed: "ALTER TABLE \(new.table) DROP COLUMN \(new.column)")
    }
    try sql.run(composed: "PRAGMA user_version = 0")
  }

  /// Of those that wait, those that these devices wrote, by what they say themselves.
  package func waitingHashes(of authors: Set<DeviceKey>) throws -> Set<SegmentHash> {
    Set(
      try sql.all("SELECT bytes FROM waiting").compactMap { row in
        let header = try Segment(encoded: row[0].blob ?? []).header
        return authors.contains(header.log.device) ? header.hash : nil
      })
  }

  /// Texts of the ops that are kept without being understood.
  package func unknownTexts() throws -> Set<String> {
    let ops = try sql.all("SELECT dot FROM unknown_op").compactMap { row in
      try row[0].integer.map { try operation(Dot(raw: $0)) }
    }
    return Set(ops.flatMap(\.cells).compactMap { $0.value?.text })
  }

  package func ownClock() throws -> HybridTime {
    HybridTime(stored: try meta("clock").integer ?? 0)
  }

  /// The log that is written now, and how far it is; nil before its first op.
  package func ownPlace() throws -> LogPlace? {
    guard let epoch = try meta("own_epoch").integer, let id = try meta("own_chain").integer else {
      return nil
    }
    return LogPlace(epoch: epoch, number: try chain(id).tip)
  }

  /// The last op of the log that is written now, sealed or not; nil before its first.
  package func ownEnd() throws -> LogEnd? {
    guard let id = try meta("own_chain").integer else { return nil }
    let chain = try chain(id)
    guard chain.tip > 0 else { return nil }
    let hash = try hash(of: dot(id, chain.tip))
    return LogEnd(log: chain.log, number: chain.tip, hash: hash)
  }

  /// True if that op is here with all that came before it in its log, on whichever branch.
  package func holds(_ end: LogEnd) throws -> Bool {
    try chains(of: end.log).contains { chain in
      guard chain.fork < end.number, end.number <= chain.tip else { return false }
      return try hash(of: Dot(chain: chain.id, number: end.number)) == end.hash
    }
  }

  /// True when segments of the log that is written now came from elsewhere.
  package func ownLogCameBack() throws -> Bool {
    guard let id = try meta("own_chain").integer else { return false }
    return try sql.first(
      "SELECT 1 FROM segment WHERE chain = ? AND origin = 'peer' LIMIT 1", .integer(id)) != nil
  }

  /// Ops that count although a revocation that stands does not accept them.
  package func opsPastCuts() throws -> [Dot] {
    let membership = try membership()
    var found: [Dot] = []
    for row in try sql.all("SELECT id, device, fork, tip FROM chain ORDER BY id") {
      guard let id = row[0].integer, let device = row[1].blob.flatMap(DeviceKey.init),
        let fork = row[2].integer, let tip = row[3].integer, fork < tip
      else { continue }
      let cuts = membership.cuts(of: device)
      for number in fork + 1...tip where !cuts.isEmpty {
        let dot = Dot(chain: id, number: UInt64(number))
        let isPast = try cuts.contains { tips in
          try !tips.contains { try isAncestor(dot, of: $0) }
        }
        guard isPast, try !isVoid(dot) else { continue }
        let op = try operation(dot)
        if understands(op), !op.isWithheld { found.append(dot) }
      }
    }
    return found
  }

  package func finalNumbers() throws -> [FinalNumber] {
    try sql.all(
      "SELECT e.key, v.model, v.number FROM version v JOIN entity e ON e.id = v.id WHERE v.number > 0"
    ).compactMap { row in
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }), let model = row[1].integer,
        let number = row[2].integer
      else { return nil }
      return FinalNumber(version: key, model: model, number: number)
    }
  }

  /// As `FinalNumber.model` has it.
  package func rowOfModel(_ model: EntityKey) throws -> Int64? { try existingEntity(model)?.id }

  /// The blocks of numbers that a version's device was leased, of any model, by the log itself.
  package func leasedToAuthor(of version: EntityKey) throws -> [ClosedRange<Int64>] {
    guard let made = try existingEntity(version)?.createdDot,
      let device = try existingEntity(chain(made.chain).log.device.entity)
    else { return [] }
    let sealed = try segments(touching: device).flatMap { try opened($0).numbered }
    return try (sealed + journalOps())
      .filter { try $0.1.entity == device.key && !isVoid($0.0) }
      .flatMap { $0.1.cells.filter { $0.field == .leases } }
      .compactMap { $0.value?.bytes.flatMap { NumberLease(coded: $0) }?.numbers }
  }
}

/// A place in a log.
package struct LogPlace: Equatable, Sendable {
  package let epoch: Int64
  package let number: UInt64
}

/// An op of a log, by its running hash: that of the whole log up to it.
package struct LogEnd: Hashable, Sendable {
  package let log: LogID
  package let number: UInt64
  package let hash: [UInt8]
}

package struct FinalNumber: Sendable {
  package let version: EntityKey
  /// Row of its model.
  package let model: Int64
  package let number: Int64
}
