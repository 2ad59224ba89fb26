import FieldbookModel

/// What an op needs of the device that wrote it. A pure function of the op, so that every replica asks for the same.
package enum Permission: Sendable {
  /// Any device that is not a reader.
  case write
  case administer
  /// A hub's duty.
  case hub
  /// The founder's first op, which makes the workspace.
  case found

  /// - Parameter author: the device whose log holds the op.
  package static func needed(
    for op: Operation<Dot>, by author: DeviceKey, in workspace: WorkspaceID
  ) -> Permission {
    switch op.kind {
    case .createWorkspace: return .found
    case .enrolDevice: return .administer
    case .settle, .witness: return .hub
    case .purge: return Mutant.isOn(.purgeByAnyone) ? .write : .administer
    default: break
    }
    if op.entity == workspace.key { return .administer }
    guard op.cells.contains(where: { $0.field.isAdministrative }) else { return .write }
    let needy = op.cells.lazy.filter { $0.field.isAdministrative }
    let isAboutItself =
      op.entity == author.entity
      && needy.allSatisfy { $0.field == .deviceName || $0.field == .tlsCertificate }
    return isAboutItself ? .write : .administer
  }
}

extension FieldName {
  /// Fields that decide who may do what, or what a number means.
  fileprivate var isAdministrative: Bool {
    switch word {
    case .role, .hub, .key, .owner, .nonce, .deviceName, .tlsCertificate, .predecessor, .consent,
      .revocation,
      .rejected, .allocator, .number, .leases:
      true
    default: false
    }
  }

  /// A device's own name; apart from the names of other things, since it says who did what.
  package static let deviceName = FieldName("device_name")

  /// Fingerprint of the certificate that a device serves peers with, as 64 hexadecimal digits; null when it serves none.
  package static let tlsCertificate = FieldName("tls_certificate")
}
