import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

@Suite("Which certificate a peer may show") struct CertificateTests {
  private func identity(_ team: Team, _ name: String = "tls") throws -> TLSIdentity {
    try OwnCertificate.kept(in: team.folder.path + "/" + name, names: ["localhost", "127.0.0.1"])
  }

  private func server(_ workspace: Workspace, _ identity: TLSIdentity) -> SyncServer {
    SyncServer(workspace: workspace, certificate: identity.fingerprint)
  }

  @Test("over TLS a code lets in, and the remote is known by the certificate from then on")
  func clone() async throws {
    let team = try Team(["hub"])
    let tls = try identity(team)
    try team.hub.announce(certificate: tls.fingerprint)
    let code = try Enrolment.invite(team.hub, role: .writer)
    #expect(code.text.hasPrefix("fb2-"))
    #expect(try InviteCode(code.text) == code)
    try await serving(server(team.hub, tls), tls) { url in
      let ana = try await team.clone("ana", at: url, by: code.text)
      #expect(try ana.remote("origin").certificate == tls.fingerprint)
      #expect(try ana.certificates(of: team.hub.deviceKey) == [tls.fingerprint])
      try ana.record("a1", points: 300)
      _ = try await SyncClient.sync(ana, remote: ana.remote("origin"))
      #expect(try ana.stateHash() == team.hub.stateHash())
    }
  }

  @Test("a code that names a certificate says nothing to a server with another, or with none")
  func codePins() async throws {
    let team = try Team(["hub"])
    let tls = try identity(team)
    try team.hub.announce(certificate: tls.fingerprint)
    let code = try Enrolment.invite(team.hub, role: .writer)
    let other = try identity(team, "other")
    let dir = team.folder.path + "/ana"
    @Sendable func clone(_ url: String) async throws {
      try await team.clone("ana", at: url, by: code.text)
    }
    let asked = Asked()
    try await servingAnything(identity: other, asked) { url in
      let refusal = SyncFailure.otherCertificate(url: url, shown: other.fingerprint)
      await #expect(throws: refusal) { try await clone(url) }
    }
    try await servingAnything(identity: nil, asked) { url in
      await #expect(throws: SyncFailure.codeNeedsTLS(url: url)) { try await clone(url) }
    }
    #expect(asked.count == 0, "nothing was said")
    #expect(!FileManager.default.fileExists(atPath: dir))
  }

  @Test("what a remote showed, or the log says of its device, must be shown again")
  func remotePins() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let tls = try identity(team)
    try await serving(server(hub, tls), tls) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(try ana.remote("origin").certificate == tls.fingerprint)
    }
    let other = try identity(team, "other")
    let asked = Asked()
    try await servingAnything(identity: other, asked) { url in
      // The same remote, now answered from elsewhere.
      let pinned = try ana.remote("origin")
      try ana.removeRemote(name: "origin")
      try ana.addRemote(name: "origin", url: url)
      try ana.pin(hub.deviceKey, remote: "origin")
      try ana.pin(try #require(pinned.certificate), remote: "origin")
      let refusal = SyncFailure.otherCertificate(url: url, shown: other.fingerprint)
      await #expect(throws: refusal) {
        try await SyncClient.sync(ana, remote: ana.remote("origin"))
      }
      // The same by the log alone.
      try hub.announce(certificate: tls.fingerprint)
      try TestMachine.give(hub, to: ana)
      try ana.removeRemote(name: "origin")
      try ana.addRemote(name: "origin", url: url)
      try ana.pin(hub.deviceKey, remote: "origin")
      await #expect(throws: refusal) {
        try await SyncClient.sync(ana, remote: ana.remote("origin"))
      }
    }
    #expect(asked.count == 0, "nothing was said")
  }

  @Test("a changed certificate is taken once the log says so, by whatever way it came")
  func logged() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let (old, new) = (try identity(team), try identity(team, "new"))
    try hub.announce(certificate: old.fingerprint)
    try TestMachine.give(hub, to: ana)
    try await serving(server(hub, new), new) { url in
      _ = try ana.origin(url)
      try ana.pin(hub.deviceKey, remote: "origin")
      await #expect(throws: SyncFailure.otherCertificate(url: url, shown: new.fingerprint)) {
        try await SyncClient.sync(ana, remote: ana.remote("origin"))
      }
      try hub.announce(certificate: new.fingerprint)
      try TestMachine.give(hub, to: ana)
      _ = try await SyncClient.sync(ana, remote: ana.remote("origin"))
      #expect(try ana.remote("origin").certificate == new.fingerprint)
    }
  }

  @Test("a new code of the same hub says that a changed certificate is meant")
  func newCode() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let (old, new) = (try identity(team), try identity(team, "new"))
    try hub.announce(certificate: old.fingerprint)
    try TestMachine.give(hub, to: ana)
    try hub.announce(certificate: new.fingerprint)
    let code = try Enrolment.invite(hub, role: .writer)
    try await serving(server(hub, new), new) { url in
      let issuer = try await Enrolment.redeem(code, at: url, for: ana)
      _ = try await SyncClient.sync(ana, remote: CloneClient.origin(ana, url, issuer))
      #expect(try ana.stateHash() == hub.stateHash())
    }
  }

  @Test(
    "an unknown certificate is worth what its device proves; the log then holds for the next time")
  func unknown() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let (first, second) = (try identity(team), try identity(team, "second"))
    try await serving(server(hub, first), first) { url in
      // No device is pinned, no certificate known: any enrolled device will do.
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(try ana.remote("origin").pin == hub.deviceKey)
    }
    try hub.announce(certificate: first.fingerprint)
    try TestMachine.give(hub, to: ana)
    try await serving(server(hub, second), second) { url in
      // The device proves itself, and is known by another certificate.
      await #expect(throws: SyncFailure.otherCertificate(url: url, shown: second.fingerprint)) {
        try await SyncClient.sync(ana, remote: ana.origin(url))
      }
    }
  }

  @Test("only the device itself, or an admin, says what it serves with")
  func permission() throws {
    let team = try Team()
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let mark = String(repeating: "ab", count: 32)
    try ana.store.write(.person) { transaction in
      try transaction.set(bo.deviceKey.entity, [(.tlsCertificate, .text(mark))])
    }
    try ana.announce(certificate: CertificateFingerprint(hex: mark))
    try TestMachine.give(ana, to: hub)
    #expect(try hub.certificates(of: bo.deviceKey) == [])
    #expect(try hub.certificates(of: ana.deviceKey).map(\.hex) == [mark])
    let admin = try hub.certificates(of: ana.deviceKey)
    try hub.announce(certificate: admin.first)
    #expect(try hub.certificates(of: hub.deviceKey) == admin)
    try hub.announce(certificate: nil)
    #expect(try hub.certificates(of: hub.deviceKey) == [])
    let before = try hub.heads()
    try hub.announce(certificate: nil)
    #expect(try hub.heads() == before, "what the log says already is not said again")
  }

  @Test("what a device serves with is one fingerprint in 64 small digits, or nothing")
  func shape() {
    func set(_ value: FieldValue) -> FieldbookReplication.Operation<Dot> {
      .init(
        kind: .set, entity: EntityKey.random(), clock: HybridTime(milliseconds: 1),
        cells: [Cell(field: .tlsCertificate, overwrites: [], value: value)])
    }
    #expect(set(.text(String(repeating: "0a", count: 32))).isUnderstood)
    #expect(set(.null).isUnderstood)
    for value: FieldValue in [
      .text(String(repeating: "0A", count: 32)), .text("0a"), .text(""), .integer(1), .bytes([1]),
    ] {
      #expect(!set(value).isUnderstood, "\(value)")
    }
  }

  @Test("plain HTTP leads nowhere but to this machine, and addresses are taken apart as written")
  func addresses() throws {
    for text in ["http://192.0.2.1:4600", "http://hub.example.org", "http://127.0.0.1.example.org"]
    {
      #expect(throws: SyncFailure.self, "\(text)") { try PeerAddress(text) }
    }
    for text in ["ftp://127.0.0.1", "127.0.0.1:4600", "https://", "https://u@h", "https://h:0", ""]
    {
      #expect(throws: SyncFailure.badURL(text), "\(text)") { try PeerAddress(text) }
    }
    let six = try PeerAddress("https://[2001:db8::1]:4600/")
    #expect(six.host == "2001:db8::1" && six.authority == "[2001:db8::1]:4600" && six.path == "")
    let below = try PeerAddress("https://example.org/team")
    #expect(below.port == 443 && below.path == "/team")
  }
}
