import FieldbookModel
import FieldbookReplication

/// What became of segments that a peer gave.
package struct ApplyReport: Sendable, Equatable {
  package struct Refusal: Sendable, Equatable {
    package let segment: SegmentHash
    package let reason: String
  }

  /// Segments that took effect, those among them that had been waiting included.
  package var applied = 0
  package var ops = 0
  package var points = 0
  package var duplicates = 0
  /// Segments kept aside because something of their past is missing.
  package var waiting = 0
  package var refused: [Refusal] = []
  /// Kept aside because their author is not enrolled, as far as this replica knows.
  package var parked: [Refusal] = []
  package var newConflicts = 0

  package init() {}
}

package enum DeliveryFailure: Failure, Equatable {
  case missingAnchor(SegmentHash)
  case notEnrolled(DeviceKey)
  case unseenReference(SegmentHash)

  package var message: String {
    switch self {
    case .missingAnchor(let hash):
      "a segment refers to segment \(hash.hex.prefix(12)), which is not in its past"
    case .notEnrolled(let key):
      "a segment waits: nobody here has heard yet that its device \(key.id) was let in"
    case .unseenReference(let hash):
      "segment \(hash.hex.prefix(12)) overwrites an op that its author cannot have seen"
    }
  }

  package var hint: String {
    switch self {
    case .missingAnchor: "ask its author to sync again"
    case .notEnrolled:
      "it takes effect after a sync with the hub, or with who let the device in; if nobody did: fieldbook invite"
    case .unseenReference: "its author's program is at fault; nothing was changed"
    }
  }
}

/// How much of what others gave waits here for what is missing.
package struct WaitingLimits: Equatable, Sendable {
  package var segments = 4096
  package var bytes = 64 * 1024 * 1024
  /// Of one author: whoever floods the table pushes out its own, and nobody else's.
  package var segmentsPerAuthor = 1024
  package var bytesPerAuthor = SegmentLimits.encodedBytes

  package static let usual = WaitingLimits()
}

extension WriteTransaction {
  /// Takes in one segment from outside: verifies it, stores it, folds its ops; then whatever waited for it.
  ///
  /// Idempotent. A segment that does not fit changes nothing and is named in the report.
  ///
  /// - Parameter read: what was found out of it beforehand.
  package func deliver(
    _ encoded: [UInt8], read: ReadSegment? = nil, report: inout ApplyReport
  ) throws {
    var queue: [(bytes: [UInt8], read: ReadSegment?)] = [(encoded, read)]
    while let (bytes, read) = queue.popLast() {
      for need in try deliverOne(bytes, read, report: &report) {
        for waited in try takeWaiting(for: need) { queue.append((waited, nil)) }
      }
    }
  }

  /// Segments that waited for their author's enrolment, if that was written here meanwhile.
  package func deliverEnrolled(report: inout ApplyReport) throws {
    for row in try sql.all("SELECT DISTINCT needs FROM waiting") {
      guard let need = row[0].blob, let key = DeviceKey(bytes: need), try membership().isNamed(key)
      else { continue }
      for bytes in try takeWaiting(for: need) { try deliver(bytes, report: &report) }
    }
  }

  /// What others may have waited for, if the segment took effect: its hash, and the keys of devices it enrolled.
  private func deliverOne(
    _ bytes: [UInt8], _ ahead: ReadSegment?, report: inout ApplyReport
  ) throws -> [[UInt8]] {
    let read: ReadSegment
    let segment: Segment
    do {
      read = try ahead ?? ReadSegment(Segment(encoded: bytes))
      segment = read.segment
      guard segment.header.workspace == identity.workspace else {
        throw SegmentFailure.otherWorkspace(segment.header.workspace)
      }
    } catch let failure as any Failure {
      let unknown = SegmentHash(bytes: OperationHash.sha256(bytes))!
      report.refused.append(.init(segment: unknown, reason: failure.message))
      return []
    }
    let hash = segment.header.hash
    let isHeld =
      try Mutant.isOn(.numberAlone)
      ? chains(of: segment.header.log).contains { $0.tip >= segment.header.last } : holds(hash)
    guard !isHeld else {
      // The one here can lack what this one has.
      try complete(hash, bytes)
      report.duplicates += 1
      return []
    }
    do {
      if !Mutant.isOn(.signatureUnchecked) { try read.verifySignature() }
      if let missing = try missingPast(segment.header) {
        try wait(segment, bytes, needs: missing.bytes)
        report.waiting += 1
        return []
      }
      guard try isAuthorEnrolled(read) else {
        let device = segment.header.log.device
        try wait(segment, bytes, needs: device.bytes)
        report.waiting += 1
        report.parked.append(
          .init(segment: hash, reason: DeliveryFailure.notEnrolled(device).message))
        return []
      }
      let body = try read.body()
      try apply(read, body, report: &report)
      let enrolled = body.ops.lazy.filter { $0.kind == .enrolDevice }
        .compactMap { op in op.cells.first { $0.field == .key }?.value?.bytes }
      return [hash.bytes] + enrolled
    } catch let failure as any Failure where !(failure is DatabaseFailure) {
      report.refused.append(.init(segment: hash, reason: failure.message))
      return []
    }
  }

  func holds(_ hash: SegmentHash) throws -> Bool {
    try sql.first("SELECT 1 FROM segment WHERE hash = ?", .blob(hash.bytes)) != nil
  }

  private func missingPast(_ header: SegmentHeader) throws -> SegmentHash? {
    let past = Mutant.isOn(.pastNotAwaited) ? [] : header.past
    for hash in [header.previous].compactMap({ $0 }) + past + header.anchors {
      guard try holds(hash) else { return hash }
    }
    return nil
  }

  /// Only devices that an op enrolled write, and with what effect is another question: what was built on the work of
  /// one that is revoked must be found. The segment that founds a workspace enrols its own author.
  private func isAuthorEnrolled(_ read: ReadSegment) throws -> Bool {
    let header = read.segment.header
    let device = header.log.device
    if try membership().isNamed(device) { return true }
    if Mutant.isOn(.genesisAwaitedForEver), try !sql.all("SELECT 1 FROM segment LIMIT 1").isEmpty {
      return false
    }
    // Its name holds its founder's key. It need not be the first segment here: a replica that nobody let in yet writes, too.
    guard try meta("founder").blob == nil, header.first == 1,
      let genesis = try read.body().ops.first, genesis.kind == .createWorkspace,
      genesis.entity == identity.workspace.key,
      let nonce = genesis.cells.first(where: { $0.field == .nonce })?.value?.bytes
    else { return false }
    return Genesis.workspaceID(founder: device, nonce: nonce) == identity.workspace
  }

  /// Nil for a device that the log does not know, and for one that was revoked.
  package func role(of device: DeviceKey) throws -> Role? {
    try membership().presentAuthority(of: device)?.role
  }

  package func isRevoked(_ device: DeviceKey) throws -> Bool {
    try membership().isRevoked(device)
  }

  private func apply(_ read: ReadSegment, _ body: SegmentBody, report: inout ApplyReport) throws {
    let segment = read.segment
    let header = segment.header
    try checkReferences(header, body)
    let place = try place(read, body)
    // Everything is verified: only now does anything change.
    let chainID: Int64
    switch place.position {
    case .append(let id):
      chainID = id
      noteGrowth(of: try chain(id))
    case .branch(let parent, let fork):
      if Mutant.isOn(.forkRefused), parent != nil { throw SegmentFailure.altered(header.hash) }
      chainID = try makeChain(header.log, parent: parent, fork: fork).id
      if parent != nil {
        try inheritPast(chainID, from: header.previous)
        forkedDevices.insert(header.log.device)
      }
    }
    let start = place.start
    let id = try insert(segment, chain: chainID, start: start, origin: "peer")
    for hash in header.past {
      guard
        let row = try sql.first(
          "SELECT chain, last FROM segment WHERE hash = ?", .blob(hash.bytes)),
        let seen = row[0].integer, let last = row[1].integer
      else { continue }
      try notePast(chainID, seen: seen, number: UInt64(last))
    }
    let before = try chain(chainID).tip
    let clock = body.ops.lazy.map(\.clock).max() ?? header.clockBase
    try advance(chainID, tip: header.last, segment: id, clock: clock)
    if Mutant.isOn(.headBeforeCommit) {
      for word: StaticString in ["COMMIT", "BEGIN"] { try sql.run(word) }
    }
    let numbered = try number(body, of: header, chain: chainID)
    forgetAuthorities()
    let opened = OpenedSegment(
      numbered: numbered, hashes: place.hashes, isUnderstood: header.isUnderstood)
    keepOpened(id, opened, bytes: header.bodyByteCount)
    entityCache.reserveCapacity(entityCache.count + numbered.count)
    let fresh = numbered.filter {
      $0.0.chain == chainID && $0.0.number > before || Mutant.isOn(.sharedOpsFoldedTwice)
    }
    if opened.isUnderstood { try noteMembership(fresh) }
    for (dot, op) in fresh {
      if Mutant.isOn(.lastOpUnfolded), fresh.count > 2, dot.number == header.last { continue }
      if opened.isUnderstood { try fold(op, dot: dot) } else { try keepUnknown(op, dot) }
      report.ops += 1
      report.points += try pointCount(op)
    }
    let shared = numbered.filter { $0.0.chain != chainID || $0.0.number <= before }
    try notePurged(shared)
    try completeShared(shared, in: id)
    try observe(body.ops.lazy.map(\.clock))
    try noteTouched(numbered, segment: id)
    report.applied += 1
    if header.log.device == identity.device { try noteOwnLogArrived(header) }
  }

  /// An op may name only what its author had seen: an op before it in its own log, or one up to an anchor.
  private func checkReferences(_ header: SegmentHeader, _ body: SegmentBody) throws {
    let limits = try header.anchors.map { hash in
      UInt64(
        try sql.first("SELECT last FROM segment WHERE hash = ?", .blob(hash.bytes))?[0].integer
          ?? 0)
    }
    for index in body.ops.indices {
      let before = header.first + UInt64(index) - 1
      let isSeen = body.ops[index].cells.allSatisfy { cell in
        cell.overwrites.allSatisfy {
          $0.number <= ($0.anchor == 0 ? before : limits[$0.anchor - 1])
        }
      }
      guard isSeen || Mutant.isOn(.unseenReferences) else {
        throw DeliveryFailure.unseenReference(header.hash)
      }
    }
  }

  /// Where a segment belongs, with the running hash before it and those after each of its ops.
  private struct Place {
    enum Position {
      case append(chain: Int64)
      case branch(parent: Int64?, fork: UInt64)

      static func branch(at point: (parent: Int64, fork: UInt64)) -> Position {
        .branch(parent: point.parent, fork: point.fork)
      }
    }

    let position: Position
    let start: [UInt8]
    let hashes: RunningHashes
  }

  /// Finds where a segment belongs and verifies its ops against its root.
  private func place(_ read: ReadSegment, _ body: SegmentBody) throws -> Place {
    let header = read.segment.header
    let anchorLogs = try header.anchors.map { hash in
      guard
        let id = try sql.first("SELECT chain FROM segment WHERE hash = ?", .blob(hash.bytes))?[0]
          .integer
      else { throw DeliveryFailure.missingAnchor(hash) }
      return try chain(id).log
    }
    if let previous = header.previous {
      guard
        let row = try sql.first(
          "SELECT chain, last, bytes FROM segment WHERE hash = ?", .blob(previous.bytes)),
        let chainID = row[0].integer, let last = row[1].integer, let bytes = row[2].blob
      else { throw DeliveryFailure.missingAnchor(previous) }
      let before = try Segment(encoded: bytes).header
      guard before.log == header.log, UInt64(last) + 1 == header.first else {
        throw SegmentFailure.altered(header.hash)
      }
      let start = before.bodyRoot.bytes
      let hashes = try read.runningHashes(of: body, from: start, anchorLogs: anchorLogs)
      let point = try branchingPoint(header, hashes, from: chainID)
      let isNext =
        try chain(chainID).tip + 1 == header.first
        && (point.fork + 1 == header.first || Mutant.isOn(.cutsKeptApart))
      return Place(
        position: isNext ? .append(chain: chainID) : .branch(at: point), start: start,
        hashes: hashes)
    }
    let start = OperationHash.start(workspace: identity.workspace, log: header.log)
    let hashes = try read.runningHashes(of: body, from: start, anchorLogs: anchorLogs)
    let position: Place.Position
    if let root = try rootChain(of: header.log) {
      position =
        root.tip == 0
        ? .append(chain: root.id)
        : .branch(at: try branchingPoint(header, hashes, from: root.id))
    } else {
      position = .branch(parent: nil, fork: 0)
    }
    return Place(position: position, start: start, hashes: hashes)
  }

  /// A peer holds what this device wrote and does not remember: it was restored from a backup or copied.
  private func noteOwnLogArrived(_ header: SegmentHeader) throws {
    guard try ownLog() == header.log, !Mutant.isOn(.epochKept) else { return }
    try startEpoch()
  }

  // MARK: Waiting

  /// Keeps a segment aside until `needs` is here: the hash of a segment, or the key of a device that is to be enrolled.
  ///
  /// The table is bounded, for each author and together. What is longest in it goes first, of authors whom nobody
  /// enrolled before all others: peers give it again, since no head covers it.
  private func wait(_ segment: Segment, _ bytes: [UInt8], needs: [UInt8]) throws {
    let limits = identity.waiting
    let author = Mutant.isOn(.floodDrownsOthers) ? [] : segment.header.log.device.bytes
    try sql.run(
      """
      INSERT INTO waiting(hash, needs, bytes, author) VALUES (?, ?, ?, ?)
      ON CONFLICT(hash) DO UPDATE SET needs = excluded.needs
      """, .blob(segment.header.hash.bytes), .blob(needs), .blob(bytes), .blob(author))
    if Mutant.isOn(.waitingUnbounded) { return }
    while let row = try sql.first(
      "SELECT count(*), coalesce(sum(length(bytes)), 0) FROM waiting WHERE author = ?",
      .blob(author)),
      (row[0].integer ?? 0) > limits.segmentsPerAuthor
        || (row[1].integer ?? 0) > limits.bytesPerAuthor
    {
      try sql.run(
        "DELETE FROM waiting WHERE id = (SELECT min(id) FROM waiting WHERE author = ?)",
        .blob(author))
    }
    while let row = try sql.first("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM waiting"),
      (row[0].integer ?? 0) > limits.segments || (row[1].integer ?? 0) > limits.bytes
    {
      try sql.run(
        """
        DELETE FROM waiting WHERE id = (SELECT w.id FROM waiting w LEFT JOIN device d ON d.key = w.author
          ORDER BY d.id IS NOT NULL, w.id LIMIT 1)
        """)
    }
  }

  /// Segments that are kept aside.
  package func waitingCount() throws -> Int {
    Int(try sql.first("SELECT count(*) FROM waiting")?[0].integer ?? 0)
  }

  package func waitingCount(of author: DeviceKey) throws -> Int {
    Int(
      try sql.first("SELECT count(*) FROM waiting WHERE author = ?", .blob(author.bytes))?[0]
        .integer ?? 0)
  }

  /// Segments that waited for this, taken out of the table: what they need besides is looked for again.
  private func takeWaiting(for need: [UInt8]) throws -> [[UInt8]] {
    if Mutant.isOn(.waitingForgotten) { return [] }
    let rows = try sql.all("SELECT bytes FROM waiting WHERE needs = ?", .blob(need))
    if !rows.isEmpty { try sql.run("DELETE FROM waiting WHERE needs = ?", .blob(need)) }
    return rows.compactMap { $0[0].blob }
  }
}

/// How a workspace comes into being.
package enum Genesis {
  /// The id commits to the founder's key, so that nobody else can write a first segment for it.
  package static func workspaceID(founder: DeviceKey, nonce: [UInt8]) -> WorkspaceID {
    let hash = OperationHash.sha256(Array("fieldbook workspace".utf8) + founder.bytes + nonce)
    return WorkspaceID(EntityKey(bytes: hash.prefix(16))!)
  }
}
