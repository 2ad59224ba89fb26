import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Lets a device in.
  package func enrol(_ device: DeviceKey, name: String, owner: String, role: Role, isHub: Bool)
    throws
  {
    try create(
      .enrolDevice, device.entity,
      [
        (.key, .bytes(device.bytes)), (.deviceName, .text(name)), (.owner, .text(owner)),
        (.role, .text(role.rawValue)), (.hub, .integer(isHub ? 1 : 0)),
      ])
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
