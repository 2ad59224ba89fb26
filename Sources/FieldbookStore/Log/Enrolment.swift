import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Lets a device in.
  ///
  /// - Parameter predecessor: the key that this one is to replace.
  package func enrol(
    _ device: DeviceKey, name: String, owner: String, role: Role, isHub: Bool,
    predecessor: DeviceKey? = nil
  ) throws {
    try create(
      .enrolDevice, device.entity,
      [
        (.key, .bytes(device.bytes)), (.deviceName, .text(name)), (.owner, .text(owner)),
        (.role, .text(role.rawValue)), (.hub, .integer(isHub ? 1 : 0)),
      ] + (predecessor.map { [(.predecessor, .bytes($0.bytes))] } ?? []))
  }

  package func predecessor(of device: DeviceKey) throws -> DeviceKey? {
    guard let entity = try existingEntity(device.entity) else { return nil }
    return try shownValue(entity.id, .predecessor).blob.flatMap(DeviceKey.init)
  }

  /// The last transaction of the present key: from here on only the other one writes.
  package func handOver(to next: DeviceKey) throws {
    try seal()
    try setMeta("own_device", .blob(next.bytes))
    try setMeta("own_epoch", .null)
    try setMeta("own_chain", .null)
  }

  /// Runs that a device opened and that did not end.
  package func openRuns(of device: DeviceKey) throws -> [RunID] {
    try sql.all(
      """
      SELECT r.key FROM run r JOIN chain c ON c.id = r.chain
      WHERE c.device = ? AND r.status IN ('RUNNING', 'SCHEDULED') AND r.lifecycle = 'active'
      """, .blob(device.bytes)
    ).compactMap { $0[0].text.flatMap { RunID(hex: $0) } }
  }

  package func workspaceName() throws -> String? {
    guard let entity = try existingEntity(identity.workspace.key) else { return nil }
    return try shownValue(entity.id, .name).text
  }

  /// The device that gives final version numbers; nil while that is in conflict.
  package func allocator() throws -> DeviceKey? {
    guard let entity = try existingEntity(identity.workspace.key) else { return nil }
    return try held(entity, fieldID(.allocator))?.bytes.flatMap(DeviceKey.init)
  }
}
