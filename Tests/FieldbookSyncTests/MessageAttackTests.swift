import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

/// One who is enrolled and means harm, and strangers who send anything at all.
@Suite("Attacks by message", .serialized) struct MessageAttackTests {
  private func entered(_ siege: Siege, _ url: String) async throws -> (Stranger, String) {
    let stranger = Stranger(wire: try await Wire.open(url), workspace: siege.hub.id)
    return (stranger, try await stranger.enter(as: siege.ana))
  }

  private func offer(_ siege: Siege, _ segments: [[UInt8]]) throws -> SyncOffer {
    var offer = SyncOffer(digest: try siege.ana.headsDigest())
    offer.tips = try siege.ana.heads()
    offer.segments = segments
    return offer
  }

  /// A header that continues nobody's log, to be changed and signed.
  private func header(_ siege: Siege, device: DeviceKey) -> SegmentHeader {
    SegmentHeader(
      workspace: siege.hub.id, log: LogID(device: device, epoch: 42), first: 1, count: 1,
      previous: nil, past: [], anchors: [],
      clockBase: HybridTime(milliseconds: siege.team.clock.now),
      bodyRoot: SegmentHash(bytes: [UInt8](repeating: 1, count: 32))!, bodyByteCount: 100)
  }

  private func segment(_ header: SegmentHeader, _ body: [UInt8], by author: Workspace) throws
    -> [UInt8]
  {
    Segment(
      header: header, signature: try author.sign(header.hash.bytes), compressedBody: body
    ).encoded.bytes
  }

  @Test("a segment in another's log needs the other's signature") func otherLog() async throws {
    let siege = try Siege()
    let forged = try segment(
      header(siege, device: siege.bo.deviceKey), Zstd.compress([UInt8](repeating: 0, count: 100)),
      by: siege.ana)
    try await siege.withstands("a segment that device") { url in
      let (stranger, session) = try await entered(siege, url)
      let answer = try #require(
        await stranger.post("exchange", offer(siege, [forged]).encoded, session: session))
      #expect(answer.status == 200)
      let told = try SyncOffer(encoded: answer.body)
      #expect(told.problems.count == 1)
      #expect(told.problems[0].reason.contains("signature"), "\(told.problems)")
      await stranger.wire.close()
    }
  }

  @Test("a segment by a key that nobody enrolled waits, and has no effect") func strangersLog()
    async throws
  {
    let siege = try Siege()
    let stranger = try Team(["x"], seed: 5).hub
    let parked = try segment(
      header(siege, device: stranger.deviceKey), Zstd.compress([UInt8](repeating: 0, count: 100)),
      by: stranger)
    try await serving(siege.server()) { url in
      let (ana, session) = try await entered(siege, url)
      let answer = try #require(
        await ana.post("exchange", offer(siege, [parked]).encoded, session: session))
      #expect(try SyncOffer(encoded: answer.body).problems.count == 1)
      #expect(try siege.hub.stateHash() == siege.before)
      await ana.wire.close()
    }
  }

  @Test(
    "a body that unpacks to more than its segment says is not unpacked",
    arguments: ["honest size", "small size said", "no size said", "many frames"])
  func bomb(kind: String) async throws {
    let siege = try Siege()
    let large = bombFrame(saying: 1 << 30)
    var header = header(siege, device: siege.ana.deviceKey)
    header.bodyByteCount = SegmentLimits.bodyBytes
    var body = large
    switch kind {
    case "small size said": body = bombFrame(saying: UInt32(SegmentLimits.bodyBytes))
    case "no size said":
      // No content size, a window of 2 GiB, one block of 128 KiB of one byte.
      body = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8] + [0x03, 0x00, 0x10, 0x00]
    case "many frames": body = Array(repeatElement(large, count: 200).joined())
    default: break
    }
    let bomb = try segment(header, body, by: siege.ana)
    try await siege.withstands("a segment that device") { url in
      let (stranger, session) = try await entered(siege, url)
      let answer = try #require(
        await stranger.post("exchange", offer(siege, [bomb]).encoded, session: session))
      #expect(try SyncOffer(encoded: answer.body).problems.count == 1)
      await stranger.wire.close()
    }
  }

  /// A gibibyte of zeros in 32 KiB: 8,192 blocks, each one byte and how often it is meant (RFC 8878, 3.1.1).
  private func bombFrame(saying size: UInt32) -> [UInt8] {
    let sizeBytes = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    let blocks = (0..<8192).flatMap { index -> [UInt8] in
      [index == 8191 ? 0x03 : 0x02, 0x00, 0x10, 0x00]
    }
    return [0x28, 0xB5, 0x2F, 0xFD, 0x80, 0x68] + sizeBytes + blocks
  }

  @Test("a header that says more than a segment may hold is refused with its segment")
  func oversizedHeader() async throws {
    let siege = try Siege()
    var tooMany = header(siege, device: siege.ana.deviceKey)
    tooMany.count = SegmentLimits.ops + 1
    var tooLong = header(siege, device: siege.ana.deviceKey)
    tooLong.bodyByteCount = SegmentLimits.bodyBytes + 1
    let segments = try [tooMany, tooLong].map {
      try segment($0, Zstd.compress([0]), by: siege.ana)
    }
    try await siege.withstands("a segment that device") { url in
      let (stranger, session) = try await entered(siege, url)
      let answer = try #require(
        await stranger.post("exchange", offer(siege, segments).encoded, session: session))
      #expect(try SyncOffer(encoded: answer.body).problems.count == 2)
      await stranger.wire.close()
    }
  }

  @Test(
    "as many tiny segments of nothing as fit a message are named within bounds; one more is none")
  func tinySegments() async throws {
    let siege = try Siege()
    let junk = [[UInt8]](repeating: [1], count: SyncLimits.segments)
    try await siege.withstands("a segment that device") { url in
      let (stranger, session) = try await entered(siege, url)
      let answer = try #require(
        await stranger.post("exchange", offer(siege, junk).encoded, session: session))
      #expect(try SyncOffer(encoded: answer.body).problems.count == SyncLimits.problems)
      await stranger.wire.close()
    }
    let more = try Siege()
    try await more.withstands("does not read") { url in
      let (stranger, session) = try await entered(more, url)
      let answer = try await stranger.post(
        "exchange", offer(more, junk + [[1]]).encoded, session: session)
      #expect(answer?.word == "malformed")
      await stranger.wire.close()
    }
  }

  @Test("tiny segments that wait for what never comes fill no more than their author's share")
  func waiting() async throws {
    let siege = try Siege()
    let missing = SegmentHash(bytes: [UInt8](repeating: 7, count: 32))!
    let body = Zstd.compress([0])
    let segments = try (0..<WaitingLimits.usual.segmentsPerAuthor + 500).map { index in
      var header = header(siege, device: siege.ana.deviceKey)
      header.log = LogID(device: siege.ana.deviceKey, epoch: UInt64(index + 1))
      header.past = [missing]
      return try segment(header, body, by: siege.ana)
    }
    try await serving(siege.server()) { url in
      let (stranger, session) = try await entered(siege, url)
      let answer = try await stranger.post(
        "exchange", offer(siege, segments).encoded, session: session)
      #expect(answer?.status == 200)
      #expect(try siege.hub.stateHash() == siege.before)
      #expect(
        try siege.hub.store.inspect { try $0.waitingCount() }
          == WaitingLimits.usual.segmentsPerAuthor)
      await stranger.wire.close()
    }
  }

  @Test("what waits of authors whom nobody enrolled goes first") func waitingStrangers() throws {
    let siege = try Siege()
    let strangers = try [5, 6].map { try Team(["x"], seed: $0).hub }
    let missing = SegmentHash(bytes: [UInt8](repeating: 7, count: 32))!
    let body = Zstd.compress([0])
    func give(_ author: Workspace, _ count: Int) throws {
      let segments = try (0..<count).map { index in
        var header = header(siege, device: author.deviceKey)
        header.log = LogID(device: author.deviceKey, epoch: UInt64(index + 1))
        header.past = [missing]
        return EncodedSegment(hash: missing, bytes: try segment(header, body, by: author))
      }
      _ = try siege.hub.apply(segments, from: "ana")
    }
    func waiting(_ author: Workspace) throws -> Int {
      try siege.hub.store.inspect { try $0.waitingCount(of: author.deviceKey) }
    }
    let share = WaitingLimits.usual.segmentsPerAuthor
    try give(strangers[0], share)
    for member in siege.team.members { try give(member, share) }
    #expect(try siege.hub.store.inspect { try $0.waitingCount() } == WaitingLimits.usual.segments)
    try give(strangers[1], 10)
    #expect(try waiting(strangers[0]) == share - 10)
    #expect(try waiting(strangers[1]) == 10)
    for member in siege.team.members { #expect(try waiting(member) == share) }
    #expect(try siege.hub.stateHash() == siege.before)
  }

  @Test("a message that is cut short, or is anything at all, is refused whole") func garbage()
    async throws
  {
    let siege = try Siege()
    try siege.ana.record("r")
    let segments = try siege.ana.segments(
      notIn: siege.hub.heads(), maxBytes: 1 << 20, after: nil
    ).segments.map(\.bytes)
    let whole = try offer(siege, segments).encoded
    try await siege.withstandsExceptForNews("does not read") { url in
      let (stranger, session) = try await entered(siege, url)
      var generator = SeededGenerator(seed: 3)
      var messages = stride(from: 0, to: whole.count, by: 7).map { Array(whole[..<$0]) }
      messages += [whole + [0], Array("GET / HTTP/1.1\r\n\r\n".utf8)]
      messages += (0..<50).map { _ in
        (0..<Int.random(in: 1...200, using: &generator)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
      }
      for message in messages {
        let answer = try await stranger.post("exchange", message, session: session)
        #expect(answer?.word == "malformed")
      }
      for body in ["", "{", "[]", "{\"nonce\":\"00\"}", String(repeating: "[", count: 4000)] {
        let answer = try await stranger.post("hello", Array(body.utf8))
        #expect(answer?.word == "malformed")
        #expect(try await stranger.post("enroll", Array(body.utf8))?.word == "malformed")
      }
      await stranger.wire.close()
    }
  }

  @Test(
    "bytes that are no HTTP, and no TLS, end their connection and nothing else",
    arguments: [false, true])
  func noProtocol(overTLS: Bool) async throws {
    let siege = try Siege(tls: overTLS)
    try await serving(siege.server(), siege.tls) { url in
      var generator = SeededGenerator(seed: 4)
      for speaksTLS in overTLS ? [false, true] : [false] {
        for _ in 0..<20 {
          let wire = try await Wire.open(url, speaksTLS: speaksTLS)
          let junk = (0..<3000).map { _ in UInt8.random(in: 0...255, using: &generator) }
          try? await wire.send(junk + Array("\r\n\r\n".utf8))
          let answer = await wire.answer()
          #expect(answer == nil || answer?.status == 400)
          await wire.close()
        }
      }
      #expect(try siege.hub.stateHash() == siege.before)
      _ = try await SyncClient.sync(siege.ana, remote: siege.ana.origin(url))
    }
  }

  @Test("a flood of greetings from one address is answered so often a minute, and then refused")
  func flood() async throws {
    let siege = try Siege()
    try await siege.withstands("too many tries") { url in
      let wire = try await Wire.open(url)
      let stranger = Stranger(wire: wire, workspace: siege.hub.id)
      var words: [String?] = []
      for index in 0..<SyncLimits.unprovedGreetingsAMinute + 300 {
        let hello = try Stranger.hello(
          siege.hub.id, siege.ana.deviceKey,
          nonce: (0..<32).map { UInt8(truncatingIfNeeded: index >> (8 * ($0 % 2))) })
        words.append(try await stranger.post("hello", hello)?.word)
      }
      #expect(words.filter { $0 == nil }.count == SyncLimits.unprovedGreetingsAMinute)
      #expect(words.last == "try_later")
      await wire.close()
    }
  }

  @Test("contents that nobody asked for, or that overlap, are not taken") func objects()
    async throws
  {
    let siege = try Siege()
    try await siege.withstands("not one that the peer lacks") { url in
      let (stranger, session) = try await entered(siege, url)
      let digest = Hex.encode([UInt8](repeating: 5, count: 32))
      for query in ["offset=0&last=1", "offset=-1", "offset=9223372036854775807&last=1", ""] {
        let answer = try await stranger.wire.request(
          "PUT", "/sync/v1/objects/\(digest)?\(query)", [1, 2, 3], ["Fieldbook-Session": session])
        #expect(answer?.word == "code", "\(query)")
      }
      for path in ["objects/\(digest)?offset=-5", "objects/\(digest)?offset=99999999999999999999"] {
        let answer = try await stranger.wire.request(
          "GET", "/sync/v1/" + path, [], ["Fieldbook-Session": session])
        #expect(answer?.word == "not_here", "\(path)")
      }
      await stranger.wire.close()
    }
  }

  @Test("a message larger than its bound is refused before it is read whole") func tooLarge()
    async throws
  {
    let siege = try Siege()
    try await siege.withstands("does not read") { url in
      let (stranger, session) = try await entered(siege, url)
      await stranger.wire.close()
      for (path, size) in [
        ("hello", SyncLimits.helloBytes), ("enroll", SyncLimits.helloBytes),
        ("exchange", SyncLimits.messageBytes), ("compare", SyncLimits.rangesBytes),
      ] {
        let wire = try await Wire.open(url)
        try await wire.send(
          Wire.head("POST", "/sync/v1/" + path, 1 << 40, ["Fieldbook-Session": session]))
        // As much as is listened to, and one byte.
        let part = [UInt8](repeating: 32, count: 1 << 20)
        for _ in 0..<size / part.count { try? await wire.send(part) }
        try? await wire.send([UInt8](repeating: 32, count: size % part.count + 1))
        let answer = await wire.answer()
        #expect(answer?.word == "malformed", "\(path)")
        await wire.close()
      }
    }
  }
}

extension Siege {
  /// As `withstands`, where the honest sync afterwards brings something over.
  func withstandsExceptForNews(
    _ complaint: String, _ attack: @escaping @Sendable (_ url: String) async throws -> Void
  ) async throws {
    try await serving(server(), tls) { url in
      try await attack(url)
      #expect(try hub.stateHash() == before)
      #expect(lines.all.count == 1 && lines.all[0].contains(complaint), "\(lines.all)")
      team.clock.advance(milliseconds: 61_000)
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(try ana.stateHash() == hub.stateHash())
      #expect(try hub.stateHash() != before)
    }
  }
}
