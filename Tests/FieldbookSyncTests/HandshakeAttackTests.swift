import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

/// Strangers at the hub's door, who speak the protocol themselves. Each is refused, changes nothing, and leaves one
/// line on the hub's stderr.
@Suite("Attacks on the handshake", .serialized) struct HandshakeAttackTests {
  private func attack(
    _ siege: Siege, _ complaint: String, _ second: String? = nil, word: String,
    _ body: @escaping @Sendable (Stranger) async throws -> Wire.Answer?
  ) async throws {
    let attack: @Sendable (String) async throws -> Void = { url in
      let stranger = Stranger(
        wire: try await Wire.open(url), workspace: siege.hub.id,
        channel: siege.tls?.fingerprint.bytes ?? [])
      let answer = try await body(stranger)
      #expect(answer?.status == 403)
      #expect(answer?.word == word)
      await stranger.wire.close()
    }
    if let second {
      try await siege.withstands(complaint, second, attack: attack)
    } else {
      try await siege.withstands(complaint, attack: attack)
    }
  }

  @Test("a proof that was overheard is refused in the next session", arguments: [false, true])
  func replayed(overTLS: Bool) async throws {
    let siege = try Siege(tls: overTLS)
    try await attack(siege, "without proof", word: "unproven") { stranger in
      let heard = try await stranger.greet(as: siege.ana.deviceKey)
      let proof = try siege.ana.sign(heard.transcript.bytes(.client))
      _ = try await stranger.post("wait?digest=00", [], session: heard.session, proof: proof)
      // The same greeting, byte for byte: the server's nonce is another.
      let again = try await stranger.greet(as: siege.ana.deviceKey)
      return try await stranger.post("wait?digest=00", [], session: again.session, proof: proof)
    }
  }

  @Test("the server's own proof, sent back to it, is none of a client", arguments: [false, true])
  func reflected(overTLS: Bool) async throws {
    let siege = try Siege(tls: overTLS)
    try await attack(siege, "without proof", word: "unproven") { stranger in
      let own = try await stranger.greet(as: siege.hub.deviceKey)
      let first = try await stranger.post(
        "wait?digest=00", [], session: own.session, proof: own.serverProof)
      #expect(first?.word == "unproven")
      let other = try await stranger.greet(as: siege.ana.deviceKey)
      return try await stranger.post(
        "wait?digest=00", [], session: other.session, proof: other.serverProof)
    }
  }

  @Test("a proof by another key is refused") func wrongKey() async throws {
    let siege = try Siege()
    try await attack(siege, "without proof", word: "unproven") { stranger in
      let greeted = try await stranger.greet(as: siege.ana.deviceKey)
      return try await stranger.post(
        "wait?digest=00", [], session: greeted.session,
        proof: siege.bo.sign(greeted.transcript.bytes(.client)))
    }
  }

  @Test("a proof over the nonce of another session is refused") func otherNonce() async throws {
    let siege = try Siege()
    try await attack(siege, "without proof", word: "unproven") { stranger in
      let one = try await stranger.greet(as: siege.ana.deviceKey)
      let other = try await stranger.greet(as: siege.ana.deviceKey)
      return try await stranger.post(
        "wait?digest=00", [], session: other.session,
        proof: siege.ana.sign(one.transcript.bytes(.client)))
    }
  }

  @Test("a nonce that is older than a minute serves nobody") func staleNonce() async throws {
    let siege = try Siege()
    try await attack(siege, "without a session", word: "no_session") { stranger in
      let greeted = try await stranger.greet(as: siege.ana.deviceKey)
      siege.team.clock.advance(milliseconds: SyncLimits.sessionIdleMilliseconds)
      return try await stranger.post(
        "wait?digest=00", [], session: greeted.session,
        proof: siege.ana.sign(greeted.transcript.bytes(.client)))
    }
  }

  @Test("a greeting for another workspace is told nothing") func otherWorkspace() async throws {
    let siege = try Siege()
    let other = try Team(["elsewhere"], seed: 77)
    try await attack(siege, "another workspace", word: "other_workspace") { stranger in
      try await stranger.post(
        "hello",
        Stranger.hello(other.hub.id, siege.ana.deviceKey, nonce: [UInt8](repeating: 1, count: 32)))
    }
  }

  @Test("a key that nobody enrolled is told nothing, whatever it proves") func notEnrolled()
    async throws
  {
    let siege = try Siege()
    let key = Curve25519.Signing.PrivateKey()
    try await attack(siege, "not enrolled", word: "not_enrolled") { stranger in
      let publicKey = try #require(DeviceKey(bytes: Array(key.publicKey.rawRepresentation)))
      let greeted = try await stranger.greet(as: publicKey)
      return try await stranger.post(
        "exchange", [], session: greeted.session,
        proof: Array(key.signature(for: greeted.transcript.bytes(.client))))
    }
  }

  @Test("without a proof no endpoint answers") func unproved() async throws {
    let siege = try Siege()
    let digest = String(repeating: "00", count: 32)
    try await attack(siege, "without proof", word: "unproven") { stranger in
      let greeted = try await stranger.greet(as: siege.ana.deviceKey)
      for (method, path) in [
        ("POST", "exchange"), ("GET", "objects/\(digest)"), ("PUT", "objects/\(digest)?last=1"),
      ] {
        let answer = try await stranger.wire.request(
          method, "/sync/v1/" + path, [], ["Fieldbook-Session": greeted.session])
        #expect(answer?.word == "unproven", "\(method) \(path)")
      }
      return try await stranger.post("wait?digest=00", [], session: greeted.session)
    }
  }

  @Test("a proof over another channel is refused: relayed, without the client's help")
  func otherChannel() async throws {
    let siege = try Siege(tls: true)
    let own = try OwnCertificate.kept(in: siege.team.folder.path + "/mallory", names: ["127.0.0.1"])
    try await attack(siege, "without proof", word: "unproven") { stranger in
      var mallory = stranger
      // Ana signed what she saw: mallory's certificate.
      mallory.channel = own.fingerprint.bytes
      let greeted = try await mallory.greet(as: siege.ana.deviceKey)
      #expect(!greeted.transcript.verifies(greeted.serverProof, of: .server))
      let first = try await mallory.post(
        "wait?digest=00", [], session: greeted.session,
        proof: siege.ana.sign(greeted.transcript.bytes(.client)))
      #expect(first?.word == "unproven")
      // Nor does one that says there was no TLS.
      mallory.channel = []
      let plain = try await mallory.greet(as: siege.ana.deviceKey)
      return try await mallory.post(
        "wait?digest=00", [], session: plain.session,
        proof: siege.ana.sign(plain.transcript.bytes(.client)))
    }
  }

  @Test(
    "one who stands between with a certificate of its own gets neither a session nor a device in")
  func relayed() async throws {
    let siege = try Siege(tls: true)
    // The hub's certificate is not in the log, so that neither remote nor code names it: the proof alone decides.
    let code = try Enrolment.invite(siege.hub, role: .admin)
    #expect(code.certificate == nil)
    let mallory = try OwnCertificate.kept(
      in: siege.team.folder.path + "/mallory", names: ["127.0.0.1"])
    try await siege.withstands("was not issued here") { url in
      try await relaying(to: url, mallory) { relay in
        await #expect(throws: SyncFailure.unprovenPeer(siege.hub.deviceKey)) {
          try await SyncClient.sync(siege.ana, remote: siege.ana.origin(relay))
        }
        let learnt = try siege.ana.remote("origin").certificate
        #expect(learnt == nil)
        await #expect(throws: SyncFailure.codeRefused(SyncRefusal.codeUnknown.text)) {
          try await siege.team.clone("eve", at: relay, by: code.text)
        }
      }
      #expect(try siege.hub.devices().count == 3)
    }
  }

  @Test(
    "a code that is used by hand with a wrong secret, a changed name or a spent nonce is refused")
  func enrolment() async throws {
    let siege = try Siege()
    let code = try Enrolment.invite(siege.hub, role: .admin)
    let key = Curve25519.Signing.PrivateKey().publicKey.rawRepresentation
    try await attack(siege, "was not issued here", "without a session", word: "no_session") {
      stranger in
      var request = SyncServer.EnrolRequest(
        invite: Hex.encode(code.id), device: Hex.encode(key), name: "eve", owner: "eve", proof: nil)
      func ask(session: String?) async throws -> Wire.Answer {
        try #require(
          await stranger.post("enroll", Array(JSONEncoder().encode(request)), session: session))
      }
      func nonce() async throws -> (session: String, bytes: [UInt8]) {
        request.proof = nil
        let answer = try await ask(session: nil)
        let told = try JSONDecoder().decode(
          SyncServer.EnrolAnswer.self, from: Data(answer.body))
        return (
          try #require(answer.headers["fieldbook-session"]),
          try #require(told.nonce.flatMap { Hex.decode($0) })
        )
      }
      func proof(_ nonce: [UInt8], _ secret: [UInt8]) -> String {
        Hex.encode(
          InviteCode.proof(
            secret: secret, label: "enrol",
            parts: [
              nonce, Array(key), Array("eve".utf8), Array("eve".utf8), siege.hub.id.key.bytes, [],
            ]))
      }
      let first = try await nonce()
      request.proof = proof(first.bytes, [UInt8](repeating: 0, count: 16))
      #expect(try await ask(session: first.session).word == "code_unknown")
      let second = try await nonce()
      request.proof = proof(second.bytes, code.secret)
      request.name = "hub"
      #expect(try await ask(session: second.session).word == "code_unknown")
      // The nonce went with the try; with the right name it would have been let in.
      request.name = "eve"
      request.proof = proof(second.bytes, code.secret)
      return try await ask(session: second.session)
    }
    #expect(try siege.hub.devices().count == 3)
  }
}
