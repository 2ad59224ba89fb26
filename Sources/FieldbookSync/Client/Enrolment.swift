import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Codes: how a device gets in.
package enum Enrolment {
  package static let lifetimeMilliseconds: Int64 = 24 * 3600 * 1000

  /// A new code, good once, for a day.
  package static func invite(_ workspace: Workspace, role: Role) throws -> InviteCode {
    // In conflict nobody knows which of two it is: then the proof alone decides.
    let certificates = try workspace.certificates(of: workspace.deviceKey)
    let code = InviteCode(
      secret: workspace.environment.random(16), issuer: workspace.deviceKey,
      workspace: workspace.id,
      expires: Timestamp(milliseconds: workspace.environment.now() + lifetimeMilliseconds),
      certificate: certificates.count == 1 ? certificates[0] : nil)
    try workspace.storeInvite(id: code.id, secret: code.secret, role: role, expires: code.expires)
    return code
  }

  /// Who let a replica in.
  package struct Issuer: Sendable {
    package let device: DeviceKey
    /// The workspace's.
    package let name: String
    /// What it showed; nil without TLS.
    package let certificate: CertificateFingerprint?
  }

  /// Redeems a code at its issuer. Both sides prove that they know the secret; it is not sent.
  ///
  /// - Returns: who it is that let this replica in.
  @discardableResult
  package static func redeem(_ code: InviteCode, at url: String, for workspace: Workspace)
    async throws -> Issuer
  {
    guard code.workspace == workspace.id else { throw SyncFailure.codeForOther(code.workspace) }
    guard code.expires.milliseconds > workspace.environment.now() else {
      throw SyncFailure.codeExpired
    }
    let address = try PeerAddress(url)
    if code.certificate != nil, !address.isSecure { throw SyncFailure.codeNeedsTLS(url: url) }
    let connection = try PeerConnection(
      url: url, workspace: workspace, rule: CertificateRule(code: code))
    do {
      let answer = try await prove(code, connection, workspace)
      await connection.close()
      return answer
    } catch {
      await connection.close()
      throw error
    }
  }

  private static func prove(
    _ code: InviteCode, _ connection: PeerConnection, _ workspace: Workspace
  )
    async throws -> Issuer
  {
    let me = workspace.device
    var request = SyncServer.EnrolRequest(
      invite: Hex.encode(code.id), device: workspace.deviceKey.hex, name: me.name, owner: me.owner,
      proof: nil)
    guard let nonce = try await connection.enrol(request).nonce.flatMap({ Hex.decode($0) }) else {
      throw SyncFailure.notAPeer(url: connection.url)
    }
    let parts = [
      nonce, workspace.deviceKey.bytes, Array(me.name.utf8), Array(me.owner.utf8),
      workspace.id.key.bytes, connection.channelBinding,
    ]
    request.proof = Hex.encode(InviteCode.proof(secret: code.secret, label: "enrol", parts: parts))
    let answer: SyncServer.EnrolAnswer
    do {
      answer = try await connection.enrol(request)
    } catch SyncFailure.unreachable(let url, let reason) {
      // It may have been let in all the same.
      throw SyncFailure.enrolmentUnanswered(url: url, reason: reason)
    } catch SyncFailure.notAPeer(let url) {
      throw SyncFailure.enrolmentUnanswered(url: url, reason: "somebody else did")
    }
    guard let issuer = answer.issuer.flatMap({ Hex.decode($0) }).flatMap(DeviceKey.init),
      let proof = answer.proof.flatMap({ Hex.decode($0) }),
      InviteCode.fingerprint(issuer) == code.issuer,
      proof == InviteCode.proof(secret: code.secret, label: "accept", parts: parts + [issuer.bytes])
    else { throw SyncFailure.notAPeer(url: connection.url) }
    return Issuer(
      device: issuer, name: answer.name ?? "workspace", certificate: connection.certificate)
  }
}
