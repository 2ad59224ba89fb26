import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

/// Keys that were revoked, and rights that nobody gave, over the wire.
@Suite("Attacks with rights that are none", .serialized) struct RevokedAttackTests {
  private func exchange(
    _ siege: Siege, _ url: String, as member: Workspace, _ segments: [[UInt8]],
    session known: String? = nil
  ) async throws -> Wire.Answer {
    let stranger = Stranger(wire: try await Wire.open(url), workspace: siege.hub.id)
    let session = if let known { known } else { try await stranger.enter(as: member) }
    var offer = SyncOffer(digest: try member.headsDigest())
    offer.tips = try member.heads()
    offer.segments = segments
    let answer = try #require(
      await stranger.post("exchange", offer.encoded, session: session))
    await stranger.wire.close()
    return answer
  }

  /// What a replica holds and the hub does not.
  private func news(_ one: Workspace, for hub: Workspace) throws -> [[UInt8]] {
    try one.seal()
    return try one.segments(notIn: hub.heads(), maxBytes: .max, after: nil).segments.map(\.bytes)
  }

  @Test("a key that was revoked proves itself in vain, and one line says so")
  func revokedKey() async throws {
    let siege = try Siege()
    try siege.hub.revoke(siege.bo.deviceKey, accepting: .present)
    let before = try siege.hub.stateHash()
    try await serving(siege.server()) { url in
      let stranger = Stranger(wire: try await Wire.open(url), workspace: siege.hub.id)
      let greeted = try await stranger.greet(as: siege.bo.deviceKey)
      let answer = try #require(
        await stranger.post(
          "wait?digest=00", [], session: greeted.session,
          proof: siege.bo.sign(greeted.transcript.bytes(.client))))
      #expect(answer.status == 403 && answer.word == "revoked")
      await stranger.wire.close()
      #expect(siege.lines.all.count == 1 && siege.lines.all[0].contains("revoked"))
    }
    #expect(try siege.hub.stateHash() == before)
  }

  @Test("a session ends with the rights of its device")
  func revokedInSession() async throws {
    let siege = try Siege()
    try TestMachine.give(siege.hub, to: siege.bo)
    try siege.bo.record("late")
    let segments = try news(siege.bo, for: siege.hub)
    try await serving(siege.server()) { url in
      let stranger = Stranger(wire: try await Wire.open(url), workspace: siege.hub.id)
      let session = try await stranger.enter(as: siege.bo)
      try siege.hub.revoke(siege.bo.deviceKey, accepting: .present)
      let before = try siege.hub.stateHash()
      let answer = try await exchange(siege, url, as: siege.bo, segments, session: session)
      #expect(answer.status == 403 && answer.word == "revoked")
      #expect(try siege.hub.stateHash() == before)
      await stranger.wire.close()
    }
  }

  @Test("what a revoked device wrote, brought by somebody else, has no effect")
  func relayed() async throws {
    let siege = try Siege()
    try TestMachine.give(siege.hub, to: siege.bo)
    let known = try siege.hub.runNames()
    try siege.hub.revoke(siege.bo.deviceKey, accepting: .present)
    try siege.bo.record("planted")
    let segments = try news(siege.bo, for: siege.hub)
    try await serving(siege.server()) { url in
      let answer = try await exchange(siege, url, as: siege.ana, segments)
      #expect(answer.status == 200)
    }
    #expect(try siege.hub.runNames() == known)
    #expect(try siege.hub.quarantined().map(\.device) == [siege.bo.deviceKey])
  }

  @Test("a role that a writer gives itself, and a cut that it makes, are none")
  func forgedRole() async throws {
    let siege = try Siege()
    try siege.ana.store.write(.person) { transaction in
      for (entity, field, value) in [
        (siege.ana.deviceKey.entity, FieldName.role, FieldValue.text("admin")),
        (siege.ana.deviceKey.entity, .hub, .integer(1)),
        (siege.hub.deviceKey.entity, .role, .text("reader")),
        (siege.bo.deviceKey.entity, .revocation, .text("")),
      ] {
        try transaction.appendUnchecked(
          kind: .set, entity: entity, cells: [Cell(field: field, overwrites: [], value: value)])
      }
    }
    try siege.ana.seal()
    let segments = try news(siege.ana, for: siege.hub)
    #expect(!segments.isEmpty)
    try await serving(siege.server()) { url in
      let answer = try await exchange(siege, url, as: siege.ana, segments)
      #expect(answer.status == 200)
    }
    #expect(try siege.hub.role(of: siege.ana.deviceKey) == .writer)
    #expect(try siege.hub.role(of: siege.hub.deviceKey) == .admin)
    #expect(try siege.hub.role(of: siege.bo.deviceKey) == .writer)
  }
}
