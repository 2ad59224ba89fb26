import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Hummingbird
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
    let routes: @Sendable (Router<PeerContext>) -> Void = { router in
      router.post("/sync/v1/:word") { _, _ in
        Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: long)))
      }
    }
    try await serving(routes: routes) { url in
      await #expect(throws: SyncFailure.notAPeer(url: url)) {
        try await SyncClient.sync(siege.ana, remote: siege.ana.origin(url))
      }
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
}
