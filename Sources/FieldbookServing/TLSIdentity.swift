import Crypto
import FieldbookModel
import Foundation
import NIOSSL

/// What a server shows of itself: a certificate with its chain, and the key that belongs to it.
package struct TLSIdentity: Sendable {
  /// The leaf first.
  let chain: [NIOSSLCertificate]
  let key: NIOSSLPrivateKey
  /// Of the leaf.
  package let fingerprint: CertificateFingerprint

  init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) throws {
    guard let leaf = chain.first,
      let fingerprint = CertificateFingerprint(
        bytes: Array(SHA256.hash(data: try leaf.toDERBytes())))
    else { throw TLSFailure.noCertificate(path: "") }
    self.chain = chain
    self.key = key
    self.fingerprint = fingerprint
  }

  /// A certificate and a key of one's own, both PEM.
  package static func read(certificate: String, key keyPath: String) throws -> TLSIdentity {
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMFile(certificate)
    } catch {
      throw TLSFailure.noCertificate(path: certificate)
    }
    guard !chain.isEmpty else { throw TLSFailure.noCertificate(path: certificate) }
    let key: NIOSSLPrivateKey
    do {
      key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
    } catch {
      throw TLSFailure.noKey(path: keyPath)
    }
    let identity = try TLSIdentity(chain: chain, key: key)
    do {
      _ = try NIOSSLContext(configuration: identity.configuration)
    } catch {
      throw TLSFailure.otherKey(certificate: certificate, key: keyPath)
    }
    return identity
  }

  /// TLS 1.3 and nothing older: every client that we know of speaks it.
  package var configuration: TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv13
    return configuration
  }
}

/// Why a server has no certificate to show.
package enum TLSFailure: Failure, Equatable {
  case noCertificate(path: String)
  case noKey(path: String)
  case otherKey(certificate: String, key: String)
  case cannotKeep(path: String, reason: String)

  package var message: String {
    switch self {
    case .noCertificate(let path): "\(path) holds no certificate that can be read"
    case .noKey(let path): "\(path) holds no private key that can be read"
    case .otherKey(let certificate, let key):
      "the key in \(key) does not belong to the certificate in \(certificate)"
    case .cannotKeep(let path, let reason): "\(path) cannot be written: \(reason)"
    }
  }

  package var hint: String {
    switch self {
    case .noCertificate: "it is a PEM file, which begins with -----BEGIN CERTIFICATE-----"
    case .noKey: "it is a PEM file without a passphrase, which begins with -----BEGIN"
    case .otherKey: "give the two files that were made together, or neither"
    case .cannotKeep: "check the folder's owner, permissions and free space"
    }
  }
}
