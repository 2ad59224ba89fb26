import FieldbookModel
import FieldbookReplication

extension Workspace {
  package typealias Remote = WriteTransaction.RemoteRow

  package func remotes() throws -> [Remote] { try store.inspect { try $0.remotes() } }

  package func remote(_ name: String) throws -> Remote {
    guard let found = try remotes().first(where: { $0.name == name }) else {
      throw WorkspaceFailure.notFound(what: "remote", reference: name)
    }
    return found
  }

  /// Own ops that it has not acknowledged; nil for one that was never met.
  package func unsentOps(to remote: Remote) throws -> Int? {
    guard let key = remote.pin, remote.lastSync != nil else { return nil }
    return try store.inspect { try $0.unsentOps(peers: [$0.peerHeads(key)]) }
  }

  package func addRemote(name: String, url: String) throws {
    try Check.entityName(name, what: "remote")
    guard try write(.person, { try $0.addRemote(name, url: url) }) else {
      throw WorkspaceFailure.alreadyExists(what: "remote", name: name)
    }
  }

  package func removeRemote(name: String) throws {
    guard try write(.person, { try $0.removeRemote(name) }) else {
      throw WorkspaceFailure.notFound(what: "remote", reference: name)
    }
  }

  /// From now on the remote must prove this device key.
  package func pin(_ key: DeviceKey, remote name: String) throws {
    try write(.person) { try $0.pin(name, key) }
  }

  /// From now on the remote must show this certificate.
  package func pin(_ certificate: CertificateFingerprint, remote name: String) throws {
    try write(.person) { try $0.pin(name, certificate) }
  }

  package func noteFailure(remote name: String, reason: String) throws {
    let time = Timestamp(milliseconds: environment.now())
    try write(.script) { try $0.noteFailure(name, time: time, reason: reason) }
  }

  // MARK: Certificates

  /// What the log says that a device serves with.
  package func certificates(of device: DeviceKey) throws -> [CertificateFingerprint] {
    try store.inspect { try $0.certificates(of: device) }
  }

  /// Tells everybody what this device serves with from now on; nil: it serves without TLS.
  ///
  /// Nothing is written if the log says so already, or as long as others would not take it in.
  package func announce(certificate: CertificateFingerprint?) throws {
    guard let role = try role(of: deviceKey), role != .reader else { return }
    guard try certificates(of: deviceKey) != (certificate.map { [$0] } ?? []) else { return }
    try write(.person) { transaction in
      try transaction.set(
        deviceKey.entity, [(.tlsCertificate, certificate.map { .text($0.hex) } ?? .null)])
      try transaction.seal()
    }
  }

  // MARK: Contacts

  package func noteSync(remote name: String, behindOps: Int) throws {
    let time = Timestamp(milliseconds: environment.now())
    try write(.script) { try $0.noteSync(name, time: time, behind: behindOps) }
  }

  // MARK: Invites

  package typealias InviteRecord = WriteTransaction.InviteRow

  /// Only an admin's device lets others in.
  package func storeInvite(id: [UInt8], secret: [UInt8], role: Role, expires: Timestamp) throws {
    guard try self.role(of: deviceKey) == .admin else { throw WorkspaceFailure.notAdmin }
    try write(.person) {
      try $0.storeInvite(id: id, secret: secret, role: role, expires: expires)
    }
  }

  package func invite(id: [UInt8]) throws -> InviteRecord? {
    try store.inspect { try $0.invite(id) }
  }

  /// Lets a device in, once. The same key again changes nothing.
  package func redeemInvite(id: [UInt8], key: DeviceKey, name: String, owner: String) throws {
    try Check.entityName(name, what: "device")
    try write(.person) { transaction in
      guard let invite = try transaction.invite(id) else { throw WorkspaceFailure.inviteUnknown }
      // What it wrote now would have no effect, and the code would be spent.
      guard try transaction.role(of: deviceKey) == .admin else { throw WorkspaceFailure.notAdmin }
      if try transaction.isRevoked(key) { throw MembershipFailure.revoked(name: name) }
      if invite.redeemedBy == key { return }
      guard invite.redeemedBy == nil || Mutant.isOn(.codeServesSeveral) else {
        throw WorkspaceFailure.inviteUsed
      }
      guard invite.expires.milliseconds > environment.now() else {
        throw WorkspaceFailure.inviteExpired
      }
      try transaction.markRedeemed(id, by: key)
      if try transaction.role(of: key) == nil {
        try transaction.enrol(key, name: name, owner: owner, role: invite.role, isHub: false)
      }
      try transaction.seal()
    }
  }
}
