import Crypto
import FieldbookModel

/// What lets one new device in, once: typed or pasted by a person.
///
/// `fb1-` and base32 (RFC 4648, lower case) of secret, issuer's fingerprint, workspace, expiry and a checksum;
/// `fb2-` where the issuer serves with TLS: the same with its certificate's fingerprint before the checksum.
package struct InviteCode: Equatable, Sendable {
  /// 16 random bytes. Proved by HMAC, never sent.
  package let secret: [UInt8]
  /// First 16 bytes of the SHA-256 of the issuer's device key.
  package let issuer: [UInt8]
  package let workspace: WorkspaceID
  package let expires: Timestamp
  /// What the issuer has to show before anything is said to it; nil: plain HTTP on loopback, or any certificate.
  package let certificate: CertificateFingerprint?

  package init(
    secret: [UInt8], issuer: DeviceKey, workspace: WorkspaceID, expires: Timestamp,
    certificate: CertificateFingerprint? = nil
  ) {
    self.secret = secret
    self.issuer = InviteCode.fingerprint(issuer)
    self.workspace = workspace
    self.expires = expires
    self.certificate = certificate
  }

  package static func fingerprint(_ key: DeviceKey) -> [UInt8] {
    Array(OperationHash.sha256(key.bytes).prefix(16))
  }

  /// Names the invite at its issuer without telling the secret.
  package var id: [UInt8] {
    Array(OperationHash.sha256(Array("fieldbook invite".utf8) + secret).prefix(16))
  }

  /// HMAC-SHA256 under the secret.
  package static func proof(secret: [UInt8], label: String, parts: [[UInt8]]) -> [UInt8] {
    var out = ByteWriter()
    out.text(label)
    for part in parts { out.lengthPrefixed(part) }
    return Array(
      HMAC<SHA256>.authenticationCode(for: out.bytes, using: SymmetricKey(data: secret)))
  }

  package var text: String {
    var out = ByteWriter()
    out.bytes(secret)
    out.bytes(issuer)
    out.bytes(workspace.key.bytes)
    out.fixed64(UInt64(bitPattern: expires.milliseconds))
    out.bytes(certificate?.bytes ?? [])
    out.bytes(OperationHash.sha256(out.bytes).prefix(4))
    return (certificate == nil ? "fb1-" : "fb2-") + Base32.encode(out.bytes)
  }

  package init(_ text: String) throws(InvalidInput) {
    let wrong = InvalidInput(
      "this is not a whole invite code",
      hint: "copy it again from where 'fieldbook invite' printed it")
    let sizes = ["fb1-": 56, "fb2-": 88]
    guard let size = sizes[String(text.prefix(4))],
      let bytes = Base32.decode(text.dropFirst(4)), bytes.count == size + 4,
      Array(OperationHash.sha256(Array(bytes.prefix(size))).prefix(4)) == Array(bytes.suffix(4)),
      let workspace = EntityKey(bytes: bytes[32..<48])
    else { throw wrong }
    secret = Array(bytes[0..<16])
    issuer = Array(bytes[16..<32])
    self.workspace = WorkspaceID(workspace)
    var reader = ByteReader(Array(bytes[48..<56]))
    guard let expires = try? reader.fixed64() else { throw wrong }
    self.expires = Timestamp(milliseconds: Int64(bitPattern: expires))
    certificate = CertificateFingerprint(bytes: Array(bytes[56..<size]))
  }
}

/// RFC 4648 base32, lower case, without padding.
package enum Base32 {
  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  package static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    var (buffer, bits) = (0, 0)
    for byte in bytes {
      buffer = (buffer << 8 | Int(byte)) & 0xFFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        out.append(alphabet[buffer >> bits & 31])
      }
    }
    if bits > 0 { out.append(alphabet[buffer << (5 - bits) & 31]) }
    return String(decoding: out, as: UTF8.self)
  }

  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var out: [UInt8] = []
    var (buffer, bits) = (0, 0)
    for digit in text.lowercased().utf8 {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      buffer = (buffer << 5 | value) & 0xFFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(buffer >> bits & 255))
      }
    }
    return buffer & (1 << bits - 1) == 0 ? out : nil
  }
}
