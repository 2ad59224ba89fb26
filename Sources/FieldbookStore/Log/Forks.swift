import FieldbookModel
import FieldbookReplication

/// Logs of one device that go on in several ways, because it was copied, or restored without its latest work.
///
/// They are counted by segments that no other follows. How many chains there are depends on the order in which segments came, if
/// the same ops are in several of them.
extension WriteTransaction {
  /// Ends of a device's logs, sealed or not: each chain `c` whose last op is one.
  private static var ends: String {
    let chains =
      "FROM chain c LEFT JOIN segment s ON s.id = c.tip_segment WHERE c.device = ? AND c.tip > 0"
    if Mutant.isOn(.endsByChain) { return chains }
    let isFollowed = "EXISTS (SELECT 1 FROM segment n WHERE n.previous = s.hash)"
    return chains + " AND (s.id IS NULL OR c.tip > s.last OR NOT \(isFollowed))"
  }

  /// Last ops of all that its logs say.
  func logEnds(of device: DeviceKey) throws -> [Dot] {
    try sql.all(composed: "SELECT c.id, c.tip \(WriteTransaction.ends)", .blob(device.bytes))
      .compactMap { row in
        guard let id = row[0].integer, let tip = row[1].integer else { return nil }
        return try dot(id, UInt64(tip))
      }
  }

  /// How many ends there are more than logs. It never becomes less.
  func forks(of device: DeviceKey) throws -> Int64 {
    try sql.first(
      composed: "SELECT count(*) - count(DISTINCT c.epoch) \(WriteTransaction.ends)",
      .blob(device.bytes))?[0].integer ?? 0
  }

  /// Once a transaction, at its end: so whoever forks a log very often has its forks counted no more often than that, and not at all
  /// while nobody looked at those that were there.
  func noteForks() throws {
    let devices = forkedDevices.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    forkedDevices = []
    for device in devices {
      let known = try sql.first(
        "SELECT 1 FROM conflict WHERE entity = ? AND field = ? AND kind = ?",
        .integer(entityRow(device.entity).id), .integer(fieldID(.acknowledgedForks)),
        .text(ConflictKind.clone.rawValue))
      if known == nil { try noteFork(device) }
    }
  }

  /// Forks of a device's logs that nobody has looked at yet are a conflict of kind `clone`.
  func noteFork(_ device: DeviceKey) throws {
    let forks = try forks(of: device)
    guard forks > 0 else { return }
    let entity = try entityRow(device.entity)
    let seen = try live(entity, fieldID(.acknowledgedForks)).compactMap(\.value.integer).max() ?? 0
    try markConflict(
      entity.id, fieldID(.acknowledgedForks), .clone, blocking: false, open: forks > seen)
  }

  /// Notes that a person has looked at the forks of a device's logs.
  package func acknowledgeForks(_ device: EntityKey) throws -> Dot {
    let entity = try entityRow(device)
    let key = try sql.first("SELECT key FROM device WHERE id = ?", .integer(entity.id))?[0].blob
    let forks = try key.flatMap(DeviceKey.init).map { try self.forks(of: $0) } ?? 0
    return try set(device, [(.acknowledgedForks, .integer(forks))])
  }

  func isForked(_ log: LogID) throws -> Bool {
    try sql.first(
      "SELECT 1 FROM chain WHERE device = ? AND epoch = ? AND parent IS NOT NULL",
      .blob(log.device.bytes), .blob(log.epochBytes)) != nil
  }
}
