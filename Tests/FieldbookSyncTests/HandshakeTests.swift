import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

@Suite("First prove, then speak") struct HandshakeTests {
  private struct Meeting {
    var team: Team
    var server: SyncServer
    var transcript: Handshake.Transcript
    var session: String
    var serverProof: [UInt8]
  }

  private func hello(as key: DeviceKey? = nil) throws -> Meeting {
    let team = try Team(["hub", "ana"])
    let server = SyncServer(workspace: team.hub)
    let nonce = team.ana.environment.random(32)
    let client = key ?? team.ana.deviceKey
    let answer = try server.hello(
      .init(
        nonce: Hex.encode(nonce), device: client.hex,
        workspace: Handshake.blinded(team.hub.id, nonce: nonce)))
    let transcript = Handshake.Transcript(
      workspace: team.hub.id, clientNonce: nonce,
      serverNonce: try #require(Hex.decode(answer.nonce)), client: client,
      server: team.hub.deviceKey)
    return Meeting(
      team: team, server: server, transcript: transcript, session: answer.session,
      serverProof: try #require(Hex.decode(answer.proof)))
  }

  @Test("the server's own proof, sent back to it, proves nothing") func reflection() throws {
    let meeting = try hello()
    #expect(meeting.transcript.verifies(meeting.serverProof, of: .server))
    #expect(throws: SyncRefusal.unproven) {
      try meeting.server.peer(session: meeting.session, proof: meeting.serverProof)
    }
  }

  @Test("a device cannot pass itself off as the server to the server") func selfReflection() throws
  {
    let team = try Team(["hub"])
    let meeting = try hello(as: team.hub.deviceKey)
    #expect(throws: SyncRefusal.unproven) {
      try meeting.server.peer(session: meeting.session, proof: meeting.serverProof)
    }
  }

  @Test("a proof from an earlier meeting is refused in the next") func replay() throws {
    let meeting = try hello()
    let ana = meeting.team.ana
    let proof = try ana.sign(meeting.transcript.bytes(.client))
    _ = try meeting.server.peer(session: meeting.session, proof: proof)
    let again = try meeting.server.hello(
      .init(
        nonce: Hex.encode(meeting.transcript.clientNonce), device: ana.deviceKey.hex,
        workspace: Handshake.blinded(
          meeting.team.hub.id, nonce: meeting.transcript.clientNonce)))
    #expect(throws: SyncRefusal.unproven) {
      try meeting.server.peer(session: again.session, proof: proof)
    }
  }

  @Test("without a proof nothing is told") func silence() throws {
    let meeting = try hello()
    #expect(throws: SyncRefusal.unproven) {
      try meeting.server.peer(session: meeting.session, proof: nil)
    }
    #expect(throws: SyncRefusal.noSession) {
      try meeting.server.peer(session: "00", proof: nil)
    }
  }

  @Test("a device that is not enrolled is refused, whatever it proves") func stranger() async throws
  {
    let team = try Team(["hub"])
    let stranger = try team.clone("stranger")
    try TestMachine.give(team.hub, to: stranger)
    let before = try team.hub.stateHash()
    try stranger.record("intruder")
    try await serving(SyncServer(workspace: team.hub)) { url in
      await #expect(throws: SyncFailure.notEnrolledHere) {
        try await SyncClient.sync(stranger, remote: stranger.origin(url))
      }
    }
    #expect(try team.hub.stateHash() == before)
  }

  @Test("one that was let in is told that the peer has not heard of it, until it has")
  func notHeardOf() async throws {
    let team = try Team(["hub", "ana"])
    let late = try team.clone("late")
    try TestMachine.give(team.hub, to: late)
    try team.hub.admit(late)
    try TestMachine.give(team.hub, to: late)
    try await serving(SyncServer(workspace: team.ana)) { url in
      await #expect(throws: SyncFailure.notHeardOfThere) {
        try await SyncClient.sync(late, remote: late.origin(url))
      }
      try TestMachine.give(team.hub, to: team.ana)
      _ = try await SyncClient.sync(late, remote: late.origin(url))
    }
    #expect(SyncFailure.notHeardOfThere.hint.contains("who let this device in"))
  }

  @Test("a peer of another workspace is refused") func otherWorkspace() async throws {
    let (team, other) = (try Team(["hub"]), try Team(["hub", "ana"], seed: 77))
    try await serving(SyncServer(workspace: team.hub)) { url in
      await #expect(throws: SyncFailure.otherWorkspace) {
        try await SyncClient.sync(other.ana, remote: other.ana.origin(url))
      }
    }
  }

  @Test("a remote that was pinned to one device is not served by another") func pinned()
    async throws
  {
    let team = try Team()
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    try await serving(SyncServer(workspace: bo)) { url in
      _ = try ana.origin(url)
      try ana.pin(hub.deviceKey, remote: "origin")
      await #expect(throws: SyncFailure.otherPeer(expected: hub.deviceKey, found: bo.deviceKey)) {
        try await SyncClient.sync(ana, remote: ana.remote("origin"))
      }
    }
  }

  @Test("plain HTTP leads nowhere but to this machine") func loopbackOnly() async throws {
    let team = try Team(["hub"])
    for url in ["http://192.0.2.1:4600", "http://127.0.0.1.example.org:1", "ftp://127.0.0.1", "x"] {
      await #expect(throws: SyncFailure.self) {
        try await SyncClient.sync(team.hub, remote: team.hub.origin(url))
      }
    }
  }

  @Test("an altered segment is refused, and nothing changes") func alteredSegment() throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    try ana.record("ana-1")
    _ = try ana.heads()
    let whole = try #require(
      ana.segments(notIn: hub.heads(), maxBytes: 1 << 20, after: nil).segments.first)
    let before = try hub.stateHash()
    let server = SyncServer(workspace: hub)
    for bytes in whole.bytes.alterations(0x10, every: 3) {
      let session = try server.admit(ana)
      var offer = SyncOffer(digest: try ana.headsDigest())
      offer.tips = try ana.heads()
      offer.segments = [bytes]
      _ = try? server.exchange(session: session, peer: ana.deviceKey, offer)
    }
    #expect(try hub.stateHash() == before)
  }
}
