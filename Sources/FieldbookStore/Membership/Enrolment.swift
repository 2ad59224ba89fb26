import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Lets a device in.
  ///
  /// - Parameter succession: the key that this one is to replace, and this one's signature for that.
  package func enrol(
    _ device: DeviceKey, name: String, owner: String, role: Role, isHub: Bool,
    succession: (former: DeviceKey, consent: [UInt8])? = nil
  ) throws {
    try create(
      .enrolDevice, device.entity,
      [
        (.key, .bytes(device.bytes)), (.deviceName, .text(name)), (.owner, .text(owner)),
        (.role, .text(role.rawValue)), (.hub, .integer(isHub ? 1 : 0)),
      ]
        + (succession.map {
          [(.predecessor, .bytes($0.former.bytes)), (.consent, .bytes($0.consent))]
        } ?? []))
  }

  package func predecessor(of device: DeviceKey) throws -> DeviceKey? {
    try membership().predecessor(of: device)
  }

  /// The last transaction of the present key: from here on only the other one writes.
  package func handOver(to next: DeviceKey) throws {
    try seal()
    try setMeta("own_device", .blob(next.bytes))
    try setMeta("own_epoch", .null)
    try setMeta("own_chain", .null)
  }

  /// The device that alone writes here; nil if the key was never exchanged.
  package func handedOverTo() throws -> DeviceKey? {
    try meta("own_device").blob.flatMap(DeviceKey.init)
  }

  /// Runs that a device opened and that did not end.
  package func openRuns(of device: DeviceKey) throws -> [RunID] {
    try sql.all(
      """
      SELECT e.key FROM run r JOIN chain c ON c.id = r.chain JOIN entity e ON e.id = r.id
      WHERE c.device = ? AND r.status IN ('RUNNING', 'SCHEDULED') AND r.lifecycle = 'active'
      """, .blob(device.bytes)
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) }.map { RunID($0) } }
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
