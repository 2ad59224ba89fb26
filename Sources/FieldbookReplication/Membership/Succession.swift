import Crypto
import FieldbookModel

/// A device's next key agrees to follow the one before it.
package enum Succession {
  private static func statement(former: DeviceKey, in workspace: WorkspaceID) -> [UInt8] {
    var out = ByteWriter()
    out.text("fieldbook succession 1")
    out.bytes(workspace.key.bytes)
    out.bytes(former.bytes)
    return out.bytes
  }

  /// Ed25519 by the next key.
  package static func consent(
    of next: Curve25519.Signing.PrivateKey, former: DeviceKey, in workspace: WorkspaceID
  ) throws -> [UInt8] {
    Array(try next.signature(for: statement(former: former, in: workspace)))
  }

  package static func verifies(
    _ consent: [UInt8], next: DeviceKey, former: DeviceKey, in workspace: WorkspaceID
  ) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: next.bytes) else {
      return false
    }
    return key.isValidSignature(consent, for: statement(former: former, in: workspace))
  }
}
