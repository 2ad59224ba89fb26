import FieldbookModel

extension DeviceKey {
  /// The key of the device's entity in the log.
  package var entity: EntityKey {
    EntityKey(bytes: OperationHash.sha256(Array("fieldbook device".utf8) + bytes).prefix(16))!
  }
}
