import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookTestSupport
import Foundation

extension FuzzTarget {
  /// What comes over the wire, in a bundle or from a person who was sent a code.
  static let exchange: [FuzzTarget] = [
    faithful(
      "offer", maxBytes: 8192, seeds: try offers(), read: { try SyncOffer(encoded: $0) },
      write: { $0.encoded }),
    exact(
      "heads", seeds: try [HeadsCoding.encode(Samples.shared.get().team.hub.heads())],
      read: { try HeadsCoding.decode($0) }, write: { HeadsCoding.encode($0) }),
    exact(
      "ranges", seeds: [HashRangeCoding.encode([many.whole, few.whole, HashSet([]).whole])],
      read: { try HashRangeCoding.decodeRanges($0) }, write: { HashRangeCoding.encode($0) }),
    exact(
      "range-answers",
      seeds: [
        HashRangeCoding.encode([many.answer(few.whole), few.answer(many.whole), .equal]),
        HashRangeCoding.encode([few.answer(few.whole)]),
      ], read: { try HashRangeCoding.decodeAnswers($0) }, write: { HashRangeCoding.encode($0) }),
    FuzzTarget(
      "comparison", seeds: [HashRangeCoding.encode([many.answer(few.whole)])]
    ) { bytes in
      var comparison = HashComparison(few)
      _ = comparison.question()
      try comparison.take(HashRangeCoding.decodeAnswers(bytes))
      try promise(comparison.question()?.count ?? 0 <= HashSet.partsPerRange, "ranges: too many")
    },
    faithful(
      "cuts", seeds: [Array(cuts.text.utf8), []],
      read: { bytes -> String in
        guard let cuts = Cuts(text: bytes.text) else { throw DecodingFailure.malformed("cuts") }
        return cuts.text
      }, write: { Array($0.utf8) }),
    FuzzTarget("invite-code", maxBytes: 256, seeds: codes) { bytes in
      if let code = try? InviteCode(bytes.text) {
        try promise(try InviteCode(code.text) == code, "invite code: reads otherwise")
      }
      // With its checksum put right, any content is reached.
      let sum = Array(SHA256.hash(data: bytes).prefix(4))
      let text = (bytes.count == 56 ? "fb1-" : "fb2-") + Base32.encode(bytes + sum)
      let code = try InviteCode(text)
      try promise(code.text == text, "invite code: written otherwise")
    },
    FuzzTarget("peer-address", maxBytes: 512, seeds: addresses) { bytes in
      let address = try PeerAddress(bytes.text)
      _ = (address.path, address.authority)
      try promise((1...65535).contains(address.port), "peer address: no port")
      try promise(try PeerAddress(address.text) == address, "peer address: reads otherwise")
    },
    FuzzTarget("handshake", maxBytes: 1024, seeds: try handshakes()) { bytes in
      let decoder = JSONDecoder()
      if let hello = try? decoder.decode(Handshake.Hello.self, from: Data(bytes)) {
        _ = try? SyncServer(workspace: Samples.shared.get().team.hub).hello(hello)
      }
      _ = try? decoder.decode(Handshake.Answer.self, from: Data(bytes))
      if let request = try? decoder.decode(SyncServer.EnrolRequest.self, from: Data(bytes)) {
        let server = SyncServer(workspace: try Samples.shared.get().team.hub)
        _ = try? server.enrol(session: nil, request)
      }
      _ = try? decoder.decode(SyncServer.EnrolAnswer.self, from: Data(bytes))
    },
    FuzzTarget("bundle", maxBytes: 16384, rounds: 200, seeds: try bundles()) { bytes in
      let folder = try TemporaryFolder()
      let file = folder.path + "/a.bundle"
      try Data(bytes + Array(SHA256.hash(data: bytes))).write(to: URL(fileURLWithPath: file))
      let contents = try BundleFile.verify(file)
      try promise(contents.bytes == bytes.count + 32, "bundle: another size")
      try promise(contents.ops >= 0 && contents.points >= 0, "bundle: less than nothing")
    },
  ]

  private static let many = hashes(600)
  private static let few = hashes(7)

  private static func hashes(_ count: Int) -> HashSet {
    HashSet(
      (0..<count).compactMap {
        SegmentHash(bytes: Array(SHA256.hash(data: [UInt8($0 % 251), UInt8($0 / 251)])))
      })
  }

  @Sendable static func offers() throws -> [[UInt8]] {
    let samples = try Samples.shared.get()
    let digest = MetricChunk.encode(Samples.series).digest
    var offer = SyncOffer(digest: digest)
    let empty = offer.encoded
    offer.base = digest
    offer.tips = try samples.team.hub.heads()
    offer.segments = samples.segments.map(\.bytes)
    offer.payloads = [.init(digest: digest, bytes: MetricChunk.encode(Samples.series).payload)]
    offer.wantedPayloads = [digest]
    offer.wantedObjects = [digest, digest]
    offer.more = true
    offer.needsAllTips = true
    offer.time = 1_763_697_600_000
    offer.problems = [.init(segment: samples.segments[0].hash, reason: "it is too far ahead")]
    return [empty, offer.encoded]
  }

  private static let cuts = Cuts(
    (1...2).map {
      .init(
        epoch: $0, number: 3, segment: SegmentHash(bytes: [UInt8](repeating: 9, count: 32))!)
    })

  private static let codes: [[UInt8]] = [56, 88].flatMap { size -> [[UInt8]] in
    let content = (0..<size).map { UInt8($0) }
    let code = InviteCode(
      secret: Array(content.prefix(16)), issuer: Samples.device,
      workspace: WorkspaceID(EntityKey(high: 1, low: 2)), expires: Timestamp(milliseconds: 1 << 40),
      certificate: size == 56 ? nil : CertificateFingerprint(bytes: Array(content.suffix(32))))
    return [content, Array(code.text.utf8)]
  }

  private static let addresses = [
    "https://hub.example:4600", "http://127.0.0.1:80/", "https://[::1]:4600/team/", "http://[::1]",
  ].map { Array($0.utf8) }

  @Sendable private static func handshakes() throws -> [[UInt8]] {
    let samples = try Samples.shared.get()
    let nonce = [UInt8](repeating: 1, count: 32)
    let hello = Handshake.Hello(
      nonce: Hex.encode(nonce), device: samples.team.ana.deviceKey.hex,
      workspace: Handshake.blinded(samples.team.hub.id, nonce: nonce))
    let answer = Handshake.Answer(nonce: "00ff", device: "0a", proof: "0b", session: "s")
    return [
      Array(try JSONEncoder().encode(hello)), Array(try JSONEncoder().encode(answer)),
      Array(#"{"invite":"00","device":"01","name":"ana","owner":"ana","proof":"02"}"#.utf8),
      Array(#"{"nonce":"00","issuer":"01","proof":null}"#.utf8),
    ]
  }

  /// Without their checksums, which are added when they are played.
  @Sendable private static func bundles() throws -> [[UInt8]] {
    let folder = try TemporaryFolder()
    let hub = try Samples.shared.get().team.hub
    return try [[], try hub.heads()].map { needs in
      _ = try BundleFile.create(folder.path + "/a.bundle", from: hub, needs: needs)
      let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.bundle"))
      return Array(data.dropLast(32))
    }
  }
}
