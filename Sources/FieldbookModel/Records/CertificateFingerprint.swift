/// Names one TLS certificate: the SHA-256 of its DER encoding.
package struct CertificateFingerprint: Hashable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// 64 hexadecimal digits; with colons between, as `openssl x509 -fingerprint -sha256` prints them, too.
  package init?(hex: some StringProtocol) {
    guard let bytes = Hex.decode(String(hex.filter { $0 != ":" }).lowercased()) else { return nil }
    self.init(bytes: bytes)
  }

  package var hex: String { Hex.encode(bytes) }
  package var description: String { hex }
}
