import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Codes: how a device gets in.
package enum Enrolment {
  package static let lifetimeMilliseconds: Int64 = 24 * 3600 * 1000

  /// A new code, good once, for a day.
  package static func invite(_ workspace: Workspace, role: Role) throws -> InviteCode {
    let code = InviteCode(
      secret: workspace.environment.random(16), issuer: workspace.deviceKey,
      workspace: workspace.id,
      expires: Timestamp(milliseconds: workspace.environment.now() + lifetimeMilliseconds))
    try workspace.storeInvite(id: code.id, secret: code.secret, role: role, expires: code.expires)
    return code
  }

  /// Redeems a code at its issuer. Both sides prove that they know the secret; it is not sent.
  ///
  /// - Returns: the issuer's device key, and the workspace's name.
  @discardableResult
  package static func redeem(_ code: InviteCode, at url: String, for workspace: Workspace)
    async throws -> (
      issuer: DeviceKey, name: String
    )
  {
    guard code.workspace == workspace.id else { throw SyncFailure.codeForOther(code.workspace) }
    guard code.expires.milliseconds > workspace.environment.now() else {
      throw SyncFailure.codeExpired
    }
    let connection = try PeerConnection(url: url, workspace: workspace)
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
    async throws -> (issuer: DeviceKey, name: String)
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
      workspace.id.key.bytes,
    ]
    request.proof = Hex.encode(InviteCode.proof(secret: code.secret, label: "enrol", parts: parts))
    let answer = try await connection.enrol(request)
    guard let issuer = answer.issuer.flatMap({ Hex.decode($0) }).flatMap(DeviceKey.init),
      let proof = answer.proof.flatMap({ Hex.decode($0) }),
      InviteCode.fingerprint(issuer) == code.issuer,
      proof == InviteCode.proof(secret: code.secret, label: "accept", parts: parts + [issuer.bytes])
    else { throw SyncFailure.notAPeer(url: connection.url) }
    return (issuer, answer.name ?? "workspace")
  }
}
