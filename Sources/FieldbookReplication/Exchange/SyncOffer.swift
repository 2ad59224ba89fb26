import FieldbookModel

/// What one side tells the other in one message: what it holds, what the other probably lacks, what it wants.
package struct SyncOffer: Equatable, Sendable {
  package struct Payload: Equatable, Sendable {
    package let digest: ContentDigest
    package let bytes: [UInt8]

    package init(digest: ContentDigest, bytes: [UInt8]) {
      self.digest = digest
      self.bytes = bytes
    }
  }

  /// A segment that the sender was given and could not take.
  package struct Problem: Equatable, Sendable {
    package let segment: SegmentHash
    package let reason: String

    package init(segment: SegmentHash, reason: String) {
      self.segment = segment
      self.reason = reason
    }
  }

  /// Digest of the sender's durable heads.
  package var digest: ContentDigest
  /// Digest of the heads that both held when they last parted; nil: `tips` are all heads.
  package var base: ContentDigest?
  /// The sender's heads that are not in the base; more than `SyncLimits.tips` are said in several messages.
  package var tips: [Head]
  /// The tips are added to those that were said before in this exchange; else they are all.
  package var addsTips: Bool
  /// There are more tips than were said till now.
  package var hasMoreTips: Bool
  /// The receiver did not know the base: say everything.
  package var needsAllTips: Bool
  package var segments: [[UInt8]]
  package var payloads: [Payload]
  package var wantedPayloads: [ContentDigest]
  package var wantedObjects: [ContentDigest]
  /// More segments wait than fitted.
  package var more: Bool
  package var problems: [Problem]
  /// The sender's clock: milliseconds since 1970 in UTC. Nothing depends on it; it tells whose clock is off.
  package var time: Int64?

  package init(digest: ContentDigest) {
    self.digest = digest
    base = nil
    tips = []
    addsTips = false
    hasMoreTips = false
    needsAllTips = false
    segments = []
    payloads = []
    wantedPayloads = []
    wantedObjects = []
    more = false
    problems = []
  }

  private static let magic = Array("FBX1".utf8)

  package var encoded: [UInt8] {
    var out = ByteWriter()
    out.bytes(SyncOffer.magic)
    out.bytes(digest.bytes)
    out.lengthPrefixed(base?.bytes ?? [])
    let flags = [needsAllTips, more, time != nil, addsTips, hasMoreTips]
    out.bytes([flags.enumerated().reduce(0) { $0 | ($1.element ? 1 << UInt8($1.offset) : 0) }])
    if let time { out.fixed64(UInt64(bitPattern: time)) }
    out.lengthPrefixed(HeadsCoding.encode(tips))
    out.varint(UInt64(segments.count))
    for segment in segments { out.lengthPrefixed(segment) }
    out.varint(UInt64(payloads.count))
    for payload in payloads {
      out.bytes(payload.digest.bytes)
      out.lengthPrefixed(payload.bytes)
    }
    for wanted in [wantedPayloads, wantedObjects] {
      out.varint(UInt64(wanted.count))
      for digest in wanted { out.bytes(digest.bytes) }
    }
    out.varint(UInt64(problems.count))
    for problem in problems {
      out.bytes(problem.segment.bytes)
      out.text(problem.reason)
    }
    return out.bytes
  }

  package init(encoded: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(encoded)
    guard Array(try reader.bytes(count: 4)) == SyncOffer.magic else {
      throw .malformed("not a message of this sync protocol")
    }
    self.init(digest: try reader.digest())
    let base = Array(try reader.lengthPrefixed(limit: 32))
    guard base.isEmpty || base.count == 32 else { throw .malformed("base") }
    self.base = ContentDigest(bytes: base)
    let flags = try reader.bytes(count: 1).first ?? 0
    needsAllTips = flags & 1 != 0
    more = flags & 2 != 0
    addsTips = flags & 8 != 0
    hasMoreTips = flags & 16 != 0
    if flags & 4 != 0 { time = Int64(bitPattern: try reader.fixed64()) }
    tips = try HeadsCoding.decode(Array(try reader.lengthPrefixed(limit: SyncLimits.headsBytes)))
    for _ in 0..<(try reader.count(limit: SyncLimits.segments)) {
      segments.append(Array(try reader.lengthPrefixed(limit: SegmentLimits.encodedBytes)))
    }
    for _ in 0..<(try reader.count(limit: SyncLimits.payloads)) {
      let digest = try reader.digest()
      let bytes = Array(try reader.lengthPrefixed(limit: SyncLimits.messageBytes))
      payloads.append(Payload(digest: digest, bytes: bytes))
    }
    for _ in 0..<(try reader.count(limit: SyncLimits.wanted)) {
      wantedPayloads.append(try reader.digest())
    }
    for _ in 0..<(try reader.count(limit: SyncLimits.wanted)) {
      wantedObjects.append(try reader.digest())
    }
    for _ in 0..<(try reader.count(limit: SyncLimits.problems)) {
      guard let hash = SegmentHash(bytes: Array(try reader.bytes(count: 32))) else {
        throw .truncated
      }
      let reason = try reader.text(limit: SyncLimits.reasonBytes)
      problems.append(Problem(segment: hash, reason: reason))
    }
    guard reader.isAtEnd else { throw .malformed("bytes follow the message") }
  }
}

extension ByteReader {
  package mutating func digest() throws(DecodingFailure) -> ContentDigest {
    guard let digest = ContentDigest(bytes: Array(try bytes(count: 32))) else { throw .truncated }
    return digest
  }
}

/// Every bound of the sync protocol.
package enum SyncLimits {
  /// Segments of one message together; one segment may be larger.
  package static let windowBytes = 4 * 1024 * 1024
  /// Metric payloads of one message together; one payload may be larger.
  package static let payloadBytes = 4 * 1024 * 1024
  package static let messageBytes = SegmentLimits.encodedBytes + 32 * 1024 * 1024
  package static let headsBytes = 4 * 1024 * 1024
  /// Heads of one message, as they are sent.
  package static let tips = 32_768
  /// Heads of a peer that a caller waits for; of more, it takes what comes until none does.
  package static let awaitedHeads = 1 << 20
  package static let segments = 8192
  /// Segments of one message, as they are sent: many can be tiny.
  package static let windowSegments = 4096
  /// Refused segments that one message names, and the length of each reason.
  package static let problems = 256
  package static let reasonBytes = 1024
  package static let payloads = 8192
  package static let wanted = 256
  /// Messages of one exchange; each moves at least one segment or payload.
  package static let rounds = 100_000
  package static let sessions = 256
  /// Since its last use a session lasts so long: one that proved nothing, and one of a peer, who may be at work on what
  /// it was given.
  package static let sessionIdleMilliseconds: Int64 = 60_000
  package static let provedIdleMilliseconds: Int64 = 600_000
  package static let objectBytes = 1 << 20
  /// A recipe of a content, as it is sent; a content with a longer one, about 60 GB, travels whole.
  package static let recipeBytes = 32 << 20
  /// Chunks of large contents in one message: so many are asked for, and so many bytes given, or one frame more.
  package static let chunks = 256
  package static let chunkBytes = 4 << 20
  /// Contents that are taken in by chunks at a time; of one more, the one that was silent longest is begun again.
  package static let chunkedContents = 8
  /// Objects of snapshots that one message asks for; bytes of one that gives some, or one object more.
  package static let snapshotObjects = 4096
  package static let snapshotBytes = 4 << 20
  /// Devices whose snapshots are taken in at a time; of one more, the one that was silent longest begins again.
  package static let snapshotIntakes = 8
  package static let helloBytes = 4096
  /// Ranges of segments that are compared in one message, and what is said of them.
  package static let rangesBytes = 64 * 1024
  package static let rangeAnswerBytes = 1 << 20
  /// An answer that carries neither an offer nor a content.
  package static let shortAnswerBytes = 64 * 1024
  /// How long a connection may take to come about, and an answer to begin; each byte of the two messages has its time
  /// besides.
  package static let connectSeconds: Int64 = 10
  package static let answerSeconds: Int64 = 60
  package static let bytesPerSecond = 4096.0
  /// Sessions of one device; a further one ends its oldest.
  package static let sessionsPerDevice = 16
  /// Exchanges that are read and answered at a time, and others that wait for their turn.
  package static let exchanges = 4
  package static let exchangesWaiting = 64
  /// Wrong codes of one address within a minute before it is not listened to.
  package static let failedCodesAMinute = 10
  /// Greetings of one address within a minute that no proof followed, before it is not listened to.
  package static let unprovedGreetingsAMinute = 120
  /// Addresses that are remembered for these counts.
  package static let addresses = 1024
}
