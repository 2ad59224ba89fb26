import FieldbookModel
import FieldbookReplication

/// What sync needs of a replica.
extension Workspace {
  /// What this replica knows. Seals the open segment first; all of it is durable on return.
  package func heads() throws -> [Head] {
    try seal()
    return try sealedHeads()
  }

  /// As `heads`, without what the open segment holds.
  package func sealedHeads() throws -> [Head] {
    try durably { try $0.heads() }
  }

  /// Changes whenever an op comes, from here or elsewhere. Costs a read.
  package func moment() throws -> LogMoment { try store.inspect { try $0.moment() } }

  package func headsDigest() throws -> ContentDigest { HeadsDigest.of(try heads()) }

  /// All segments that are held, and the digest of their heads, of one moment. Nothing is sealed for it.
  package func sealed() throws -> (segments: HashSet, heads: ContentDigest) {
    try store.inspect { (HashSet(try $0.segmentHashes()), HeadsDigest.of(try $0.heads())) }
  }

  /// Everything that is recorded here by now: what an exchange has to bring over, however much is added meanwhile.
  package func goal() throws -> Int64 {
    try seal()
    return try durably { try $0.lastSegment() }
  }

  /// Those of a peer's heads that are held here, too.
  package func held(of heads: [Head]) throws -> [Head] { try durably { try $0.held(of: heads) } }

  /// In causal order; durable. The cursor is nil when that was all.
  package func segments(
    notIn peerHeads: [Head], maxBytes: Int, after cursor: Int64?, upTo goal: Int64 = .max,
    except refused: some Collection<SegmentHash> = []
  ) throws -> (segments: [EncodedSegment], cursor: Int64?) {
    try durably {
      try $0.segments(
        notIn: peerHeads, maxBytes: maxBytes, after: cursor, upTo: goal, except: refused)
    }
  }

  /// Heads whose segments came after one of them: a page of all, for where they are many. Durable.
  package func heads(after position: Int64, limit: Int) throws -> (
    heads: [Head], end: Int64, isLast: Bool
  ) {
    try durably { try $0.heads(after: position, limit: limit) }
  }

  /// No fewer than there are heads here.
  package func headsBound() throws -> Int { try store.inspect { try $0.chainBound() } }

  /// Segments that a peer with these heads lacks, as `window` takes them.
  package func outbox(
    notIn peerHeads: [Head], upTo goal: Int64 = .max,
    except refused: some Collection<SegmentHash> = []
  ) throws -> Outbox {
    Outbox(
      try durably { try $0.missingSegments(notIn: peerHeads, upTo: goal, except: refused) })
  }

  /// Takes the next ones out. Durable.
  package func window(_ outbox: inout Outbox, maxBytes: Int) throws -> [EncodedSegment] {
    let window = try durably { [outbox] in try $0.window(outbox.rest, maxBytes: maxBytes) }
    outbox.removeFirst(window.count)
    return window.segments
  }

  /// Another process can have sealed a moment ago, without waiting for the disk: whatever is read here may be
  /// told to others only after it would survive a power cut.
  private func durably<Result>(_ read: (WriteTransaction) throws -> Result) throws -> Result {
    let result = try store.inspect(read)
    if !Mutant.isOn(.sentUnsynced) { try barrier() }
    return result
  }

  /// Takes in what a peer gave. Durable on return; idempotent; what does not fit changes nothing.
  package func apply(_ segments: [EncodedSegment], from peer: String) throws -> ApplyReport {
    try hold()
    try checkMark()
    let report = try store.apply(segments)
    try? keepMark()
    finishPurges()
    return report
  }

  package func chunkPayloads(of segments: [SegmentHash]) throws -> [(ContentDigest, [UInt8])] {
    try store.inspect { try $0.payloads(of: segments) }
  }

  /// Contents that the log names and this replica lacks, by digest: metric data, and segments with values left out.
  package func missingChunkPayloads(limit: Int) throws -> [ContentDigest] {
    try store.inspect { try $0.missingPayloads(limit: limit) }
  }

  package func chunkPayload(_ digest: ContentDigest) throws -> [UInt8]? {
    try store.inspect { try $0.payload(digest) }
  }

  package func putChunkPayload(_ digest: ContentDigest, _ bytes: [UInt8]) throws {
    try putChunkPayloads([(digest, bytes)])
  }

  package func putChunkPayloads(_ payloads: [(ContentDigest, [UInt8])]) throws {
    guard !payloads.isEmpty else { return }
    try write(.script) { transaction in
      for (digest, bytes) in payloads { try transaction.addPayload(digest, bytes) }
    }
  }

  /// Settles aliases and gives version numbers, where that is this device's duty.
  package func performHubDuties() throws {
    guard try role(of: deviceKey) == .admin else { return }
    let isHub = try store.inspect { try $0.isHub(deviceKey) }
    while try write(.person, { try $0.allocateNumbers() }) {}
    try write(.person) { transaction in
      if isHub {
        try transaction.witnessSuspects()
        try transaction.settleUnconflicted()
      }
    }
    if try !store.inspect({ try $0.returnedSeries() }).isEmpty,
      try write(.person, { try $0.purgeReturnedSeries() })
    {
      try seal()
    }
  }

  /// Nil for a device that is not enrolled.
  package func role(of key: DeviceKey) throws -> Role? {
    try store.inspect { try $0.role(of: key) }
  }

  package func devices() throws -> [Device] { try store.inspect { try $0.devices() } }

  // MARK: What a peer was known to hold

  /// Remembers how far a peer's clock is off, to the second.
  package func noteClock(of peer: DeviceKey, _ time: Int64) throws {
    // Beyond a lifetime nothing is measured any more.
    let offset = max(
      -limitOfOffset,
      min(limitOfOffset, time.subtractingReportingOverflow(environment.now()).partialValue))
    let known = try store.inspect { try $0.clockOffset(of: peer) }
    guard known.map({ abs($0 - offset) >= 1000 }) ?? true else { return }
    try write(.script) { try $0.setClockOffset(offset, of: peer) }
  }

  /// A hundred years.
  private var limitOfOffset: Int64 { 100 * 366 * 86_400_000 }

  package func peerState(_ peer: DeviceKey) throws -> [Head] {
    try store.inspect { try $0.peerHeads(peer) }
  }

  /// Keeps what both replicas hold by what the peer said: all of it if its digest is that of this replica's heads.
  package func agree(with peer: DeviceKey, on stated: [Head], digest: ContentDigest) throws {
    let own = try sealedHeads()
    let both = try HeadsDigest.of(own) == digest ? own : held(of: stated).sorted()
    guard try both != peerState(peer) else { return }
    try write(.script) { try $0.setPeerHeads(peer, both) }
  }
}
