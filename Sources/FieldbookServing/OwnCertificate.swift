import Crypto
import FieldbookModel
import Foundation
import NIOSSL
import X509

/// The certificate that a replica makes for itself, once, and keeps beside its database.
///
/// Nobody vouches for it. Peers know it by its fingerprint, from the invite or from the log.
package enum OwnCertificate {
  /// Long: to change it, every peer must learn of the new one first.
  static let validityDays = 3650

  /// The one kept in `folder`, made first if there is none.
  ///
  /// - Parameter names: host names and addresses that a client of MLflow's may call this server by.
  package static func kept(in folder: String, names: [String]) throws -> TLSIdentity {
    let files = Files(folder: folder)
    if !FileManager.default.fileExists(atPath: folder) { try make(files, names: names) }
    return try TLSIdentity.read(certificate: files.certificate, key: files.key)
  }

  /// Where clients that trust files find the certificate.
  package static func file(in folder: String) -> String { Files(folder: folder).certificate }

  private struct Files {
    let folder: String

    var certificate: String { folder + "/certificate.pem" }
    var key: String { folder + "/key.pem" }
  }

  private static func make(_ files: Files, names: [String]) throws {
    let key = P256.Signing.PrivateKey()
    let certificate = try certificate(for: key, names: names)
    // Both or neither, also when two servers begin at once: a folder appears whole, under its name.
    let draft = Files(folder: files.folder + "." + UUID().uuidString)
    do {
      try FileManager.default.createDirectory(
        atPath: draft.folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      try write(key.pemRepresentation + "\n", to: draft.key)
      try write(try certificate.serializeAsPEM().pemString + "\n", to: draft.certificate)
      guard rename(draft.folder, files.folder) == 0 || errno == EEXIST || errno == ENOTEMPTY else {
        throw CocoaError(.fileWriteUnknown)
      }
    } catch let error as CocoaError {
      try? FileManager.default.removeItem(atPath: draft.folder)
      throw TLSFailure.cannotKeep(path: files.folder, reason: error.localizedDescription)
    }
    try? FileManager.default.removeItem(atPath: draft.folder)
  }

  /// For its owner's eyes from the first moment on.
  private static func write(_ text: String, to path: String) throws {
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw CocoaError(.fileWriteUnknown) }
  }

  private static func certificate(for key: P256.Signing.PrivateKey, names: [String]) throws
    -> Certificate
  {
    let subject = try DistinguishedName { CommonName("fieldbook") }
    let now = Date()
    return try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(),
      publicKey: Certificate.PublicKey(key.publicKey),
      // A laptop's clock may be behind this one's.
      notValidBefore: now.addingTimeInterval(-24 * 3600),
      notValidAfter: now.addingTimeInterval(Double(validityDays) * 24 * 3600),
      issuer: subject, subject: subject,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        SubjectAlternativeNames(names.map(alternativeName))
      },
      issuerPrivateKey: Certificate.PrivateKey(key))
  }

  private static func alternativeName(_ name: String) -> GeneralName {
    var (four, six) = (in_addr(), in6_addr())
    if inet_pton(AF_INET, name, &four) == 1 {
      return .ipAddress(.init(contentBytes: withUnsafeBytes(of: four) { ArraySlice($0) }))
    }
    if inet_pton(AF_INET6, name, &six) == 1 {
      return .ipAddress(.init(contentBytes: withUnsafeBytes(of: six) { ArraySlice($0) }))
    }
    return .dnsName(name)
  }
}
