import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Hummingbird
import Logging
import Testing

@testable import FieldbookSync

/// Each bound of a server's connections, met. While it is met, peers are served.
@Suite("Bounds of a server", .serialized) struct BoundsTests {
  private static let isFull = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_FULL"] != nil

  private func bounds(_ change: (inout ListeningBounds) -> Void) -> ListeningBounds {
    var bounds = ListeningBounds()
    change(&bounds)
    return bounds
  }

  @Test(
    "headers that are longer or more than their bound are refused", arguments: ["long", "many"])
  func head(kind: String) async throws {
    let siege = try Siege()
    try await serving(siege.server()) { url in
      let wire = try await Wire.open(url)
      let long = String(repeating: "x", count: ListeningBounds().headBytes + 1)
      let headers =
        kind == "long"
        ? ["X-Long": long]
        : Dictionary(
          uniqueKeysWithValues: (0...ListeningBounds().headFields).map { ("X-\($0)", "1") })
      let answer = try await wire.request("POST", "/sync/v1/hello", [], headers)
      #expect(answer == nil || answer?.status == 400)
      await wire.closed()
      let path = try await Wire.open(url)
      let other = try await path.request("POST", "/sync/v1/" + long)
      #expect(other == nil || other?.status == 400)
      await path.closed()
      _ = try await SyncClient.sync(siege.ana, remote: siege.ana.origin(url))
    }
  }

  @Test("a head that dribbles in is not waited for, with TLS or without", arguments: [false, true])
  func slowHead(overTLS: Bool) async throws {
    let siege = try Siege(tls: overTLS)
    try await serving(siege.server(), siege.tls, bounds: bounds { $0.headSeconds = 0.5 }) { url in
      let wire = try await Wire.open(url)
      let dribble = Task {
        for byte in Wire.head("POST", "/sync/v1/hello", 10) {
          try await wire.send([byte])
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      await wire.closed()
      dribble.cancel()
      #expect(await wire.answer() == nil)
    }
  }

  @Test("a connection that never begins its TLS handshake is not kept") func halfOpen() async throws
  {
    let siege = try Siege(tls: true)
    try await serving(siege.server(), siege.tls, bounds: bounds { $0.headSeconds = 0.5 }) { url in
      let silent = try await Wire.open(url, speaksTLS: false)
      let begun = try await Wire.open(url, speaksTLS: false)
      // The first bytes of a ClientHello, and no more.
      try await begun.send([0x16, 0x03, 0x01, 0x02, 0x00])
      await silent.closed()
      await begun.closed()
      _ = try await SyncClient.sync(siege.ana, remote: siege.ana.origin(url))
    }
  }

  @Test("a body that dribbles in is cut off, and one line says so") func slowBody() async throws {
    let siege = try Siege()
    let tight = bounds { $0.graceSeconds = 0.5 }
    try await siege.withstands("dribbled in", bounds: tight) { url in
      let wire = try await Wire.open(url)
      try await wire.send(Wire.head("POST", "/sync/v1/hello", 4000))
      let dribble = Task {
        while true {
          try await wire.send([32])
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      await wire.closed()
      dribble.cancel()
      #expect(await wire.answer() == nil)
    }
  }

  @Test("answers that are not fetched are not kept for ever, and one line says so")
  func slowReader()
    async throws
  {
    let siege = try Siege()
    var generator = SeededGenerator(seed: 5)
    for index in 0..<40 {
      let run = try siege.hub.record("r\(index)")
      var text = ""
      while text.utf8.count < 250_000 { text += String(generator.next(), radix: 16) }
      try siege.hub.setDescription(run.key, text, durability: .script)
    }
    let tight = bounds {
      $0.graceSeconds = 0.5
      $0.bytesPerSecond = 1e9
    }
    try await serving(siege.server(), bounds: tight) { url in
      let wire = try await Wire.open(url)
      let stranger = Stranger(wire: wire, workspace: siege.hub.id)
      let session = try await stranger.enter(as: siege.ana)
      try await wire.channel.setOption(.autoRead, value: false).get()
      let ask = SyncOffer(digest: try siege.ana.headsDigest()).encoded
      let head = Wire.head(
        "POST", "/sync/v1/exchange", ask.count, ["Fieldbook-Session": session])
      // More than the system's buffers between the two hold.
      for _ in 0..<8 { try? await wire.send(head + ask) }
      while siege.lines.all.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
      #expect(siege.lines.all.count == 1 && siege.lines.all[0].contains("was not fetched"))
      await wire.close()
      _ = try await SyncClient.sync(siege.bo, remote: siege.bo.origin(url))
    }
  }

  @Test("a client takes no more of an answer than its question calls for") func longAnswers()
    async throws
  {
    let siege = try Siege()
    let long = [UInt8](repeating: 32, count: SyncLimits.shortAnswerBytes + 1)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { port.finish() }
        let router = Router(context: PeerContext.self)
        router.post("/sync/v1/:word") { _, _ in
          Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: long)))
        }
        try await Listener().run(
          router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { port.yield($0) }
      }
      let number = try #require(await ports.first { _ in true })
      let url = "http://127.0.0.1:\(number)"
      await #expect(throws: SyncFailure.notAPeer(url: url)) {
        try await SyncClient.sync(siege.ana, remote: siege.ana.origin(url))
      }
      group.cancelAll()
    }
  }

  @Test("connections that only stand open make room for those that speak") func idle() async throws
  {
    let siege = try Siege(tls: true)
    let room = BoundsTests.isFull ? ListeningBounds() : bounds { $0.connectionsFromLoopback = 32 }
    // Both ends are in this process.
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let count = BoundsTests.isFull ? min(10_000, Int(limit.rlim_max) - 1000) : 300
    try await siege.withstands("too many connections", bounds: room) { url in
      var idle: [Wire] = []
      for index in 0..<count {
        idle.append(try await Wire.open(url, speaksTLS: false))
        if index.isMultiple(of: count / 3) {
          let report = try await SyncClient.sync(siege.ana, remote: siege.ana.origin(url))
          #expect(report.roundTrips > 0)
        }
      }
      // Which of two that come at once is first is not known.
      for wire in idle.prefix(count - room.connectionsFromLoopback - 32) { await wire.closed() }
      for wire in idle { await wire.close() }
    }
  }

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
