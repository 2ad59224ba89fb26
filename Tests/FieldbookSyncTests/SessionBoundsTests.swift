import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

/// How many sessions, tries and callers there may be, and who goes when there are more.
@Suite("Bounds of sessions") struct SessionBoundsTests {
  @Test("a session is answered one message at a time, and another meanwhile is told so")
  func busySession() async throws {
    let siege = try Siege()
    let server = siege.server()
    let session = try server.admit(siege.ana)
    let offer = SyncOffer(digest: try siege.ana.headsDigest())
    let key = siege.ana.deviceKey
    // Many at once: whoever is second is refused, and whatever the order, nobody fails otherwise.
    let refusals = await withTaskGroup(of: SyncRefusal?.self) { group in
      for _ in 0..<16 {
        group.addTask {
          do {
            _ = try server.exchange(session: session, peer: key, offer)
            return nil
          } catch { return error as? SyncRefusal ?? .malformed }
        }
      }
      return await group.reduce(into: [SyncRefusal?]()) { $0.append($1) }
    }
    #expect(refusals.contains(nil) && refusals.allSatisfy { $0 == nil || $0 == .busy })
    #expect(throws: Never.self) { try server.exchange(session: session, peer: key, offer) }
  }

  @Test("a device has so many sessions; a further one ends its oldest") func sessionsPerDevice()
    throws
  {
    let siege = try Siege()
    let server = siege.server()
    let bo = try server.admit(siege.bo)
    let sessions = try (0...SyncLimits.sessionsPerDevice).map { _ in
      siege.team.clock.advance(milliseconds: 1)
      return try server.admit(siege.ana)
    }
    #expect(throws: SyncRefusal.noSession) { try server.peer(session: sessions[0], proof: nil) }
    for session in sessions.dropFirst() + [bo] {
      #expect(throws: Never.self) { try server.peer(session: session, proof: nil) }
    }
  }

  @Test("a peer's session outlasts ten minutes of its own work, and no more") func provedIdle()
    throws
  {
    let siege = try Siege()
    let server = siege.server()
    let session = try server.admit(siege.ana)
    siege.team.clock.advance(milliseconds: SyncLimits.provedIdleMilliseconds - 1)
    #expect(throws: Never.self) { try server.peer(session: session, proof: nil) }
    siege.team.clock.advance(milliseconds: SyncLimits.provedIdleMilliseconds)
    #expect(throws: SyncRefusal.noSession) { try server.peer(session: session, proof: nil) }
  }

  @Test("strangers' sessions push out each other, and never a peer's") func sessions() throws {
    let siege = try Siege()
    let server = siege.server()
    let proved = try server.admit(siege.ana)
    for index in 0..<SyncLimits.sessions * 2 {
      let nonce = [UInt8](repeating: UInt8(index % 256), count: 32)
      let hello = try JSONDecoder().decode(
        Handshake.Hello.self,
        from: Data(Stranger.hello(siege.hub.id, siege.bo.deviceKey, nonce: nonce)))
      // From many networks, so that no address is counted out.
      let address = try NetworkAddress(
        .init(ipAddress: "10.0.\(index / 100).\(index % 100)", port: 1))
      _ = try server.hello(hello, from: address)
    }
    #expect(throws: Never.self) { try server.peer(session: proved, proof: nil) }
  }

  @Test("wrong codes and greetings of one address keep no other out") func otherAddress() throws {
    let siege = try Siege()
    let server = siege.server()
    let code = try Enrolment.invite(siege.hub, role: .writer)
    let (bad, good) = try (
      NetworkAddress(.init(ipAddress: "192.0.2.1", port: 1)),
      NetworkAddress(.init(ipAddress: "192.0.2.2", port: 1))
    )
    func attempt(_ secret: [UInt8], from address: NetworkAddress) throws {
      let key = try #require(DeviceKey(bytes: [UInt8](repeating: 7, count: 32)))
      var request = SyncServer.EnrolRequest(
        invite: Hex.encode(code.id), device: key.hex, name: "x", owner: "x", proof: nil)
      let (first, session) = try server.enrol(session: nil, request, from: address)
      let parts = [
        try #require(first.nonce.flatMap { Hex.decode($0) }), key.bytes, Array("x".utf8),
        Array("x".utf8), siege.hub.id.key.bytes, [],
      ]
      request.proof = Hex.encode(InviteCode.proof(secret: secret, label: "enrol", parts: parts))
      _ = try server.enrol(session: session, request, from: address)
    }
    let wrong = [UInt8](repeating: 0, count: 16)
    for _ in 0..<SyncLimits.failedCodesAMinute {
      #expect(throws: SyncRefusal.codeUnknown) { try attempt(wrong, from: bad) }
    }
    #expect(throws: SyncRefusal.tryLater) { try attempt(code.secret, from: bad) }
    #expect(throws: Never.self) { try attempt(code.secret, from: good) }
    // The same key, and an answer that got lost: again, at no cost.
    #expect(throws: Never.self) { try attempt(code.secret, from: good) }
    #expect(try siege.hub.devices().count == 4)
  }

  @Test("the counts of addresses are bounded, and an address is a whole IPv6 network")
  func addresses()
    throws
  {
    var attempts = Attempts(limit: 2)
    func isOver(_ address: NetworkAddress, _ now: Int64) -> Bool {
      attempts.isOver(address, now: now)
    }
    let first = try NetworkAddress(.init(ipAddress: "2001:db8:1:2::1", port: 1))
    let near = try NetworkAddress(.init(ipAddress: "2001:db8:1:2:ffff::9", port: 7))
    let far = try NetworkAddress(.init(ipAddress: "2001:db8:1:3::1", port: 1))
    #expect(first == near && first != far)
    attempts.note(first, now: 0)
    attempts.note(near, now: 1)
    #expect(isOver(first, 2))
    #expect(!isOver(far, 2))
    #expect(!isOver(first, 60_001))
    attempts.note(first, now: 70_000)
    attempts.note(first, now: 70_000)
    attempts.forgive(first)
    #expect(!isOver(first, 70_001))
    for index in 0..<SyncLimits.addresses {
      let text = "10.1.\(index / 256).\(index % 256)"
      attempts.note(try NetworkAddress(.init(ipAddress: text, port: 1)), now: 80_000)
    }
    // It was the oldest, and was forgotten.
    attempts.note(first, now: 80_001)
    #expect(!isOver(first, 80_002))
  }

  @Test("at the turnstile so many pass, so many wait, and the rest are turned away")
  func turnstile() async throws {
    let turnstile = Turnstile(places: 2, queue: 3)
    let gate = AsyncStream.makeStream(of: Void.self)
    let inside = Asked()
    let results = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<10 {
        group.addTask {
          do {
            try await turnstile.pass {
              inside.note()
              for await _ in gate.stream { break }
            }
            return true
          } catch { return false }
        }
      }
      var refused = 0
      while refused < 5, await group.next() == false { refused += 1 }
      #expect(inside.count == 2)
      gate.continuation.finish()
      return await group.reduce(into: [Bool](repeating: false, count: refused)) { $0.append($1) }
    }
    #expect(results.filter { $0 }.count == 5 && results.count == 10)
  }
}
