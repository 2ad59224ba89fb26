import FieldbookTestSupport
import Foundation
import NIOSSL
import Testing

@testable import FieldbookServing

@Suite("A server's own certificate") struct OwnCertificateTests {
  @Test("it is made once, kept, and for its owner's eyes") func kept() throws {
    let folder = try TemporaryFolder()
    let tls = folder.path + "/tls"
    let first = try OwnCertificate.kept(in: tls, names: ["localhost", "127.0.0.1", "::1"])
    let again = try OwnCertificate.kept(in: tls, names: ["elsewhere"])
    #expect(first.fingerprint == again.fingerprint)
    for (file, mode) in [("", 0o700), ("/key.pem", 0o600)] {
      let attributes = try FileManager.default.attributesOfItem(atPath: tls + file)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(file)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tls"])
  }

  @Test("it is P-256, lasts ten years and names what it is called by") func contents() throws {
    let folder = try TemporaryFolder()
    let identity = try OwnCertificate.kept(in: folder.path + "/tls", names: ["hub", "192.0.2.7"])
    let leaf = try #require(identity.chain.first)
    let years = Double(leaf.notValidAfter - leaf.notValidBefore) / (365 * 24 * 3600)
    #expect((9.9...10.1).contains(years))
    let names = leaf._subjectAlternativeNames().map(\.nameType)
    #expect(names.contains(.dnsName) && names.contains(.ipAddress))
    let pem = try String(contentsOfFile: folder.path + "/tls/key.pem", encoding: .utf8)
    #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----"))
  }

  @Test("many servers that begin at once serve one certificate") func race() async throws {
    let folder = try TemporaryFolder()
    let tls = folder.path + "/tls"
    let found = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 {
        group.addTask { try OwnCertificate.kept(in: tls, names: ["localhost"]).fingerprint.hex }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(found.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tls"])
  }

  @Test("files of one's own are read; those that do not belong together are refused")
  func ownFiles() throws {
    let folder = try TemporaryFolder()
    let (one, other) = (folder.path + "/one", folder.path + "/other")
    let known = try OwnCertificate.kept(in: one, names: ["a"])
    _ = try OwnCertificate.kept(in: other, names: ["b"])
    let certificate = one + "/certificate.pem"
    let read = try TLSIdentity.read(certificate: certificate, key: one + "/key.pem")
    #expect(read.fingerprint == known.fingerprint)
    let wrongKey = TLSFailure.otherKey(certificate: certificate, key: other + "/key.pem")
    #expect(throws: wrongKey) {
      try TLSIdentity.read(certificate: certificate, key: other + "/key.pem")
    }
    #expect(throws: TLSFailure.noKey(path: certificate)) {
      try TLSIdentity.read(certificate: certificate, key: certificate)
    }
    #expect(throws: TLSFailure.noCertificate(path: one + "/none")) {
      try TLSIdentity.read(certificate: one + "/none", key: one + "/key.pem")
    }
  }

  @Test("the token of a server is made once, and for its owner's eyes") func token() throws {
    let folder = try TemporaryFolder()
    let first = try ServerToken.kept(in: folder.path) { [UInt8](repeating: 7, count: $0) }
    let again = try ServerToken.kept(in: folder.path) { [UInt8](repeating: 8, count: $0) }
    #expect(first == again && first.count == 64)
    let attributes = try FileManager.default.attributesOfItem(
      atPath: ServerToken.file(in: folder.path))
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }
}
