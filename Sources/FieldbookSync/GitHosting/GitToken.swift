import Crypto
import FieldbookModel
import FieldbookReplication

/// What a git client shows a peer instead of a session: a device's signed word that it asks this peer, today.
///
/// As text the hexadecimal digits of: the device's key (32 bytes), when it was made (8, little-endian, milliseconds since
/// 1970), the signature (64). Whoever reads it on its way can read the repository with it for as long as it lasts: it goes
/// through TLS, or stays on one machine.
package struct GitToken: Equatable, Sendable {
  /// Before and after it was made: clocks differ.
  package static let lifeMilliseconds: Int64 = 12 * 3_600_000
  private static let textCount = 2 * (32 + 8 + 64)

  package let device: DeviceKey
  package let made: Int64
  private let signature: [UInt8]

  /// - Parameter server: the device that it is shown to; to another it proves nothing.
  package init(
    device: DeviceKey, workspace: WorkspaceID, server: DeviceKey, made: Int64,
    sign: ([UInt8]) throws -> [UInt8]
  ) rethrows {
    self.device = device
    self.made = made
    signature = try sign(GitToken.signed(device, workspace, server, made))
  }

  /// Nil for what is none.
  package init?(_ text: [UInt8]) {
    guard text.count == GitToken.textCount,
      let bytes = Hex.decode(String(decoding: text, as: UTF8.self))
    else { return nil }
    var reader = ByteReader(bytes)
    guard let key = try? reader.bytes(count: 32), let device = DeviceKey(bytes: Array(key)),
      let made = try? reader.fixed64(), let signature = try? reader.bytes(count: 64)
    else { return nil }
    self.device = device
    self.made = Int64(bitPattern: made)
    self.signature = Array(signature)
  }

  package var text: String {
    var out = ByteWriter()
    out.bytes(device.bytes)
    out.fixed64(UInt64(bitPattern: made))
    out.bytes(signature)
    return Hex.encode(out.bytes)
  }

  package func isFresh(now: Int64) -> Bool {
    let (age, isBeyond) = now.subtractingReportingOverflow(made)
    return !isBeyond && age.magnitude < GitToken.lifeMilliseconds
  }

  package func verifies(workspace: WorkspaceID, server: DeviceKey) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: device.bytes) else {
      return false
    }
    return key.isValidSignature(signature, for: GitToken.signed(device, workspace, server, made))
  }

  private static func signed(
    _ device: DeviceKey, _ workspace: WorkspaceID, _ server: DeviceKey, _ made: Int64
  ) -> [UInt8] {
    var out = ByteWriter()
    out.text("fieldbook git token 1")
    out.bytes(workspace.key.bytes)
    out.bytes(device.bytes)
    out.bytes(server.bytes)
    out.fixed64(UInt64(bitPattern: made))
    return out.bytes
  }
}
