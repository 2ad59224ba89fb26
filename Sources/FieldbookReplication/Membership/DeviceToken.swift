import Crypto
import FieldbookModel

/// What a client shows a peer instead of a session: a device's signed word that it asks this peer, now, for this.
///
/// As text the hexadecimal digits of: the device's key (32 bytes), when it was made (8, little-endian, milliseconds since
/// 1970), the signature (64). Whoever reads it on its way can do with it what it is for, as long as it lasts: it goes
/// through TLS, or stays on one machine.
package struct DeviceToken: Equatable, Sendable {
  /// What it is signed for; for anything else it proves nothing.
  package enum Purpose: Sendable {
    /// Reading the repository with git.
    case git
    /// Signing a browser in at a hub's page. Whoever takes it takes it once.
    case page

    fileprivate var word: String {
      switch self {
      case .git: "fieldbook git token 1"
      case .page: "fieldbook page link 1"
      }
    }

    /// Before and after it was made: clocks differ.
    package var lifeMilliseconds: Int64 {
      switch self {
      case .git: 12 * 3_600_000
      case .page: 3_600_000
      }
    }
  }

  private static let textCount = 2 * (32 + 8 + 64)

  package let device: DeviceKey
  package let made: Int64
  private let signature: [UInt8]

  /// - Parameter server: the device that it is shown to; to another it proves nothing.
  package init(
    for purpose: Purpose, device: DeviceKey, workspace: WorkspaceID, server: DeviceKey, made: Int64,
    sign: ([UInt8]) throws -> [UInt8]
  ) rethrows {
    self.device = device
    self.made = made
    signature = try sign(DeviceToken.signed(purpose, device, workspace, server, made))
  }

  /// Nil for what is none.
  package init?(_ text: [UInt8]) {
    guard text.count == DeviceToken.textCount,
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

  package func isFresh(for purpose: Purpose, now: Int64) -> Bool {
    let (age, isBeyond) = now.subtractingReportingOverflow(made)
    return !isBeyond && age.magnitude < purpose.lifeMilliseconds
  }

  package func verifies(for purpose: Purpose, workspace: WorkspaceID, server: DeviceKey) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: device.bytes) else {
      return false
    }
    return key.isValidSignature(
      signature, for: DeviceToken.signed(purpose, device, workspace, server, made))
  }

  private static func signed(
    _ purpose: Purpose, _ device: DeviceKey, _ workspace: WorkspaceID, _ server: DeviceKey,
    _ made: Int64
  ) -> [UInt8] {
    var out = ByteWriter()
    out.text(purpose.word)
    out.bytes(workspace.key.bytes)
    out.bytes(device.bytes)
    out.bytes(server.bytes)
    out.fixed64(UInt64(bitPattern: made))
    return out.bytes
  }
}
