import FieldbookModel
import FieldbookReplication

/// Tokens of devices, made for a peer and shown to this one.
extension Workspace {
  /// Why a token that was shown is not taken.
  package enum TokenRefusal: Error, Equatable {
    /// There is none, or it proves nothing here.
    case noToken
    case stale(made: Int64, now: Int64)
    case notEnrolled, revoked
  }

  /// This device's token for `server`.
  package func token(for purpose: DeviceToken.Purpose, server: DeviceKey) throws -> DeviceToken {
    try DeviceToken(
      for: purpose, device: deviceKey, workspace: id, server: server, made: environment.now(),
      sign: sign)
  }

  /// The role of the device that made the token.
  ///
  /// - Throws: `TokenRefusal`.
  package func admit(_ token: DeviceToken?, for purpose: DeviceToken.Purpose) throws -> Role {
    guard let token, token.verifies(for: purpose, workspace: id, server: deviceKey) else {
      throw TokenRefusal.noToken
    }
    let now = environment.now()
    guard token.isFresh(for: purpose, now: now) else {
      throw TokenRefusal.stale(made: token.made, now: now)
    }
    return try enrolledRole(of: token.device)
  }

  /// - Throws: `TokenRefusal.notEnrolled`, `.revoked`.
  package func enrolledRole(of device: DeviceKey) throws -> Role {
    guard let role = try role(of: device) else {
      throw try isRevoked(device) ? TokenRefusal.revoked : .notEnrolled
    }
    return role
  }
}
