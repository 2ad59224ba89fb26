import FieldbookModel
import FieldbookReplication

/// One op on a shared config, as far as configs are concerned.
package struct ConfigChange: Equatable, Sendable {
  /// A value that it gives a field, or, with nil, an end without another one.
  package struct Write: Equatable, Sendable {
    package var value: String?
    /// Hashes of the ops whose values it replaces.
    package var replaces: [String]
  }

  /// Hexadecimal hash.
  package var op: String
  package var config: ConfigID
  /// By its writer's clock, but no later than a hub that doubted it took it in.
  package var clock: HybridTime
  /// As its writer's clock said.
  package var stated: HybridTime
  package var device: DeviceKey
  /// The device's name and owner, as they are known now.
  package var deviceName: String
  package var owner: String
  package var creates: Bool
  package var name: Write?
  package var text: Write?
  package var lifecycle: Write?
  /// Whoever wrote it had no right to, or a revocation cut it off.
  package var isVoid: Bool
  /// A deletion that stands and that somebody's edit did not see: nothing is hidden by it.
  package var isDisputed = false

  package var time: Timestamp { Timestamp(milliseconds: clock.milliseconds) }
}

extension WriteTransaction {
  /// Every op that this program understands on one config, or on all of them.
  package func configChanges(of config: ConfigID? = nil) throws -> [ConfigChange] {
    let rows = try sql.all(
      """
      SELECT e.key FROM config c JOIN entity e ON e.id = c.id WHERE ?1 IS NULL OR e.key = ?1
      ORDER BY e.key
      """, config.map { .blob($0.key.bytes) } ?? .null)
    let keys = rows.compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) } }
    guard !keys.isEmpty else { return [] }
    var open: [(Dot, Operation<Dot>, [UInt8])] = []
    let journal = try journalOps()
    if journal.contains(where: { keys.contains($0.1.entity) }) {
      for ((dot, op), hash) in zip(journal, try journalHashes(journal)) {
        open.append((dot, op, hash))
      }
    }
    var out: [ConfigChange] = []
    for key in keys { out += try configChanges(of: entityRow(key), open) }
    return out
  }

  private func configChanges(
    of entity: EntityRow, _ open: [(Dot, Operation<Dot>, [UInt8])]
  ) throws -> [ConfigChange] {
    var ops: [Dot: (op: Operation<Dot>, hash: [UInt8])] = [:]
    for id in try segments(touching: entity) {
      let segment = try opened(id)
      guard segment.isUnderstood else { continue }
      for ((dot, op), hash) in zip(segment.numbered, segment.hashes) where op.entity == entity.key {
        ops[dot] = (op, hash)
      }
    }
    for (dot, op, hash) in open where op.entity == entity.key { ops[dot] = (op, hash) }
    let disputed = try disputedDeletions(of: entity)
    var names: [Dot: String] = ops.mapValues { Hex.encode($0.hash) }
    func name(_ dot: Dot) throws -> String {
      if let known = names[dot] { return known }
      let name = Hex.encode(try hash(of: dot))
      names[dot] = name
      return name
    }
    return try ops.compactMap { dot, found in
      let op = found.op
      guard understands(op), !op.kind.isNote, !op.isWithheld else { return nil }
      func write(_ field: FieldName) throws -> ConfigChange.Write? {
        guard let cell = op.cells.first(where: { !$0.isWithheld && $0.field == field }) else {
          return nil
        }
        return ConfigChange.Write(
          value: cell.value?.text, replaces: try overwritten(by: cell).map(name).sorted())
      }
      let device = try chain(dot.chain).log.device
      let who = try author(device)
      return ConfigChange(
        op: try name(dot), config: ConfigID(entity.key),
        clock: try displayClock(LiveValue(dot: dot, clock: op.clock, value: .null)),
        stated: op.clock,
        device: device, deviceName: who.name, owner: who.owner,
        creates: op.kind.createdKind == .config, name: try write(.name),
        text: try write(.configText), lifecycle: try write(.lifecycle), isVoid: try isVoid(dot),
        isDisputed: disputed.contains(dot))
    }
  }

  /// Deletions that stand while an edit waits that one of them had not seen.
  private func disputedDeletions(of entity: EntityRow) throws -> Set<Dot> {
    guard
      try sql.first("SELECT 1 FROM delete_edit WHERE entity = ?", .integer(entity.id)) != nil
    else { return [] }
    return Set(try live(entity, fieldID(.lifecycle)).filter(\.isDeletion).map(\.dot))
  }
}
