import FieldbookModel
import FieldbookReplication

/// Who belongs to the workspace, with which rights.
extension Workspace {
  /// A device by name, by the beginning of its id (4 characters at least), or by its whole key.
  package func device(_ reference: String) throws -> Device {
    let all = try devices()
    let named = all.filter { $0.name == reference }
    let found =
      named.isEmpty && reference.utf8.count >= 4
      ? all.filter { $0.key.hex.hasPrefix(reference.lowercased()) } : named
    guard let device = found.first else {
      throw WorkspaceFailure.notFound(what: "device", reference: reference)
    }
    guard found.count == 1 else {
      throw WorkspaceFailure.ambiguous(reference: reference, candidates: found.map(\.key.id))
    }
    return device
  }

  package func isRevoked(_ key: DeviceKey) throws -> Bool {
    try store.inspect { try $0.isRevoked(key) }
  }

  /// What a device writes beyond what is accepted has no effect any more, on any replica that hears of it.
  package func revoke(_ device: DeviceKey, accepting acceptance: Acceptance) throws {
    guard device != deviceKey else { throw MembershipFailure.ownRevocation }
    try administer { transaction in
      try transaction.revokeLine(of: device, accepting: acceptance)
      try transaction.refoldIfNeeded()
      guard try transaction.isRevoked(device), try transaction.role(of: deviceKey) == .admin else {
        throw MembershipFailure.toppled
      }
    }
  }

  /// Devices that one let in and that are members still.
  package func members(enrolledBy device: DeviceKey) throws -> [Device] {
    try store.inspect { try $0.members(enrolledBy: device) }
  }

  package func reinstate(_ device: Device) throws {
    guard device.isRevoked else { throw MembershipFailure.notRevoked(name: device.name) }
    try administer { try $0.reinstate(device.key) }
  }

  package func quarantined() throws -> [Quarantined] { try store.inspect { try $0.quarantined() } }

  /// Gives effect to more of what a revoked device wrote.
  package func acceptQuarantined(of device: Device, through op: String?) throws {
    guard device.isRevoked else { throw MembershipFailure.notRevoked(name: device.name) }
    try administer { try $0.revoke(device.key, accepting: op.map { .through(op: $0) } ?? .all) }
  }

  /// Notes that an admin looked at it and leaves it aside. It stays in the log.
  package func rejectQuarantined(of device: Device) throws {
    guard device.isRevoked else { throw MembershipFailure.notRevoked(name: device.name) }
    try administer { try $0.rejectQuarantined(of: device.key) }
  }

  package func setRole(_ role: Role, of device: DeviceKey) throws {
    if role != .admin,
      try devices().filter({ $0.role == .admin && !$0.isRevoked }).map(\.key) == [device]
    {
      throw MembershipFailure.lastAdmin
    }
    try administer { try $0.set(device.entity, [(.role, .text(role.rawValue))]) }
  }

  /// Everyone may rename the own device; others', an admin.
  package func renameDevice(_ device: DeviceKey, to name: String) throws {
    try Check.entityName(name, what: "device")
    let change: (WriteTransaction) throws -> Void = {
      try $0.set(device.entity, [(.deviceName, .text(name))])
    }
    try device == deviceKey ? write(.person, change) : administer(change)
  }

  private func administer(_ body: (WriteTransaction) throws -> Void) throws {
    guard try role(of: deviceKey) == .admin else { throw WorkspaceFailure.notAdmin }
    try seal()
    try write(.person, body)
    try seal()
  }
}

package enum MembershipFailure: Failure, Equatable {
  case ownRevocation
  case lastAdmin
  /// The workspace's beginning, or this device's own enrolment, would be cut off with it.
  case toppled
  case notRevoked(name: String)
  case revoked(name: String)

  package var message: String {
    switch self {
    case .ownRevocation: "a device cannot revoke itself"
    case .toppled:
      "this revocation would cut off what this device's own rights rest on, and has no effect"
    case .lastAdmin: "this is the last admin: nobody could let others in any more"
    case .notRevoked(let name): "device '\(name)' is not revoked"
    case .revoked(let name): "device '\(name)' was revoked"
    }
  }

  package var hint: String {
    switch self {
    case .ownRevocation: "do it from another admin's replica, the hub's for example"
    case .toppled: "leave out --all, or give a later --before; nothing was changed"
    case .lastAdmin: "make another device an admin first: fieldbook devices role DEVICE admin"
    case .notRevoked: "see who is: fieldbook devices"
    case .revoked: "an admin can take that back: fieldbook devices revoke --undo DEVICE"
    }
  }
}
