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
  package var newConflicts = 0

  package init() {}
}

package enum DeliveryFailure: Failure, Equatable {
  case missingAnchor(SegmentHash)
  case notEnrolled(DeviceKey)
  case waitingFull

  package var message: String {
    switch self {
    case .missingAnchor(let hash):
      "a segment refers to segment \(hash.hex.prefix(12)), which is not in its past"
    case .notEnrolled(let key):
      "a segment was written by device \(key.id), which is not enrolled in this workspace"
    case .waitingFull: "too many segments wait for ones that are missing"
    }
  }

  package var hint: String {
    switch self {
    case .missingAnchor: "ask its author to sync again"
    case .notEnrolled: "an admin can let it in: fieldbook invite, and there fieldbook enroll CODE"
    case .waitingFull: "sync with a peer that has the missing ones"
    }
  }
}

package enum WaitingLimits {
  package static let segments = 4096
  package static let bytes = 64 * 1024 * 1024
}

extension WriteTransaction {
  /// Takes in one segment from outside: verifies it, stores it, folds its ops; then whatever waited for it.
  ///
  /// Idempotent. A segment that does not fit changes nothing and is named in the report.
  package func deliver(_ encoded: [UInt8], report: inout ApplyReport) throws {
    var queue: [[UInt8]] = [encoded]
    while let bytes = queue.popLast() {
      guard let hash = try deliverOne(bytes, report: &report) else { continue }
      queue.append(contentsOf: try takeWaiting(for: hash))
    }
  }

  /// The segment's hash if it took effect.
  private func deliverOne(_ bytes: [UInt8], report: inout ApplyReport) throws -> SegmentHash? {
    let segment: Segment
    do {
      segment = try Segment(encoded: bytes)
      guard segment.header.workspace == identity.workspace else {
        throw SegmentFailure.otherWorkspace(segment.header.workspace)
      }
    } catch let failure as any Failure {
      let unknown = SegmentHash(bytes: OperationHash.sha256(bytes))!
      report.refused.append(.init(segment: unknown, reason: failure.message))
      return nil
    }
    let hash = segment.header.hash
    guard try !holds(hash) else {
      report.duplicates += 1
      return nil
    }
    do {
      try segment.verifySignature()
      guard try isPastHeld(segment.header) else {
        try wait(hash, bytes)
        report.waiting += 1
        return nil
      }
      try checkAuthor(segment)
      let body = try segment.body()
      try apply(segment, body, report: &report)
      return hash
    } catch let failure as any Failure where !(failure is DatabaseFailure) {
      report.refused.append(.init(segment: hash, reason: failure.message))
      return nil
    }
  }

  func holds(_ hash: SegmentHash) throws -> Bool {
    try sql.first("SELECT 1 FROM segment WHERE hash = ?", .blob(hash.bytes)) != nil
  }

  private func isPastHeld(_ header: SegmentHeader) throws -> Bool {
    for hash in [header.previous].compactMap({ $0 }) + header.past + header.anchors {
      guard try holds(hash) else { return false }
    }
    return true
  }

  /// Only enrolled devices write; a workspace's first segment enrols its own author.
  private func checkAuthor(_ segment: Segment) throws {
    let device = segment.header.log.device
    if try role(of: device) != nil { return }
    let isFirst = try sql.first("SELECT 1 FROM segment LIMIT 1") == nil
    if isFirst, segment.header.first == 1 {
      let body = try segment.body()
      if let genesis = body.ops.first, genesis.kind == .createWorkspace,
        genesis.entity == identity.workspace.key,
        let nonce = genesis.cells.first(where: { $0.field == .nonce })?.value?.bytes,
        Genesis.workspaceID(founder: device, nonce: nonce) == identity.workspace
      {
        return
      }
    }
    throw DeliveryFailure.notEnrolled(device)
  }

  /// Nil for a device that the log does not know.
  package func role(of device: DeviceKey) throws -> Role? {
    try sql.first("SELECT role FROM device WHERE key = ?", .blob(device.bytes))?[0].text
      .flatMap(Role.init(rawValue:))
  }

  private func apply(_ segment: Segment, _ body: SegmentBody, report: inout ApplyReport) throws {
    let header = segment.header
    let place = try place(segment, body)
    // Everything is verified: only now does anything change.
    let chainID: Int64
    switch place.position {
    case .append(let chain): chainID = chain
    case .branch(let parent, let fork):
      chainID = try makeChain(header.log, parent: parent, fork: fork).id
      if parent != nil { try inheritPast(chainID, from: header.previous) }
      try noteFork(header.log.device)
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
    try advance(chainID, tip: header.last, segment: id)
    let numbered = try number(body, of: header, chain: chainID)
    keepOpened(id, OpenedSegment(numbered: numbered, hashes: place.hashes))
    for (dot, op) in numbered where dot.chain == chainID && dot.number > before {
      try fold(op, dot: dot)
      report.ops += 1
      report.points += try pointCount(op)
    }
    try observe(body.ops.lazy.map(\.clock))
    try noteTouched(numbered, segment: id)
    report.applied += 1
    if header.log.device == identity.device { try noteOwnLogArrived(header) }
  }

  /// Where a segment belongs, with the running hash before it and those after each of its ops.
  private struct Place {
    enum Position {
      case append(chain: Int64)
      case branch(parent: Int64?, fork: UInt64)
    }

    let position: Position
    let start: [UInt8]
    let hashes: [[UInt8]]
  }

  /// Finds where a segment belongs and verifies its ops against its root.
  private func place(_ segment: Segment, _ body: SegmentBody) throws -> Place {
    let header = segment.header
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
      let hashes = try segment.runningHashes(of: body, from: start, anchorLogs: anchorLogs)
      let position =
        try chain(chainID).tip + 1 == header.first
        ? .append(chain: chainID) : branch(header, hashes, from: chainID)
      return Place(position: position, start: start, hashes: hashes)
    }
    let start = OperationHash.start(workspace: identity.workspace, log: header.log)
    let hashes = try segment.runningHashes(of: body, from: start, anchorLogs: anchorLogs)
    let position: Place.Position
    if let root = try chains(of: header.log).first {
      position =
        root.tip == 0 ? .append(chain: root.id) : try branch(header, hashes, from: root.id)
    } else {
      position = .branch(parent: nil, fork: 0)
    }
    return Place(position: position, start: start, hashes: hashes)
  }

  /// Same log, same numbers, another hash: the log was forked. Ops that both branches share are the same ops.
  private func branch(_ header: SegmentHeader, _ hashes: [[UInt8]], from chainID: Int64) throws
    -> Place.Position
  {
    var best = try dot(chainID, max(header.first - 1, 1))
    var common = header.first - 1
    for candidate in try chains(of: header.log) {
      var shared = header.first - 1
      for (index, hash) in hashes.enumerated() {
        let number = header.first + UInt64(index)
        guard number <= candidate.tip else { break }
        guard try self.hash(of: dot(candidate.id, number)) == hash else { break }
        shared = number
      }
      if shared > common {
        common = shared
        best = try dot(candidate.id, shared)
      }
    }
    return .branch(parent: best.chain, fork: common)
  }

  /// The past of a new branch is that of the segment it branched off.
  func inheritPast(_ chainID: Int64, from previous: SegmentHash?) throws {
    var current = previous
    while let hash = current {
      guard
        let bytes = try sql.first("SELECT bytes FROM segment WHERE hash = ?", .blob(hash.bytes))?[0]
          .blob
      else { return }
      let header = try Segment(encoded: bytes).header
      for seen in header.past {
        guard
          let row = try sql.first(
            "SELECT chain, last FROM segment WHERE hash = ?", .blob(seen.bytes)),
          let id = row[0].integer, let last = row[1].integer
        else { continue }
        try notePast(chainID, seen: id, number: UInt64(last))
      }
      current = header.previous
    }
  }

  /// A peer holds what this device wrote and does not remember: it was restored from a backup or copied.
  private func noteOwnLogArrived(_ header: SegmentHeader) throws {
    guard try ownLog() == header.log else { return }
    try startEpoch()
  }

  // MARK: Waiting

  private func wait(_ hash: SegmentHash, _ bytes: [UInt8]) throws {
    let row = try sql.first("SELECT count(*), coalesce(sum(size), 0) FROM waiting")
    guard let count = row?[0].integer, let size = row?[1].integer,
      count < WaitingLimits.segments, Int(size) + bytes.count <= WaitingLimits.bytes
    else { throw DeliveryFailure.waitingFull }
    try sql.run(
      "INSERT OR REPLACE INTO waiting(hash, bytes, size) VALUES (?, ?, ?)", .blob(hash.bytes),
      .blob(bytes), .integer(Int64(bytes.count)))
  }

  /// Waiting segments whose past is complete now that `hash` is held.
  private func takeWaiting(for hash: SegmentHash) throws -> [[UInt8]] {
    try sql.run("DELETE FROM waiting WHERE hash = ?", .blob(hash.bytes))
    guard try sql.first("SELECT 1 FROM waiting LIMIT 1") != nil else { return [] }
    var ready: [[UInt8]] = []
    for row in try sql.all("SELECT hash, bytes FROM waiting") {
      guard let bytes = row[1].blob, let segment = try? Segment(encoded: bytes),
        try isPastHeld(segment.header)
      else { continue }
      try sql.run("DELETE FROM waiting WHERE hash = ?", row[0])
      ready.append(bytes)
    }
    return ready
  }

  /// Forks of a device's logs that nobody has looked at yet are a conflict of kind `clone`.
  func noteFork(_ device: DeviceKey) throws {
    guard
      let forks = try sql.first(
        "SELECT count(*) FROM chain WHERE device = ? AND parent IS NOT NULL", .blob(device.bytes))?[
          0
        ]
        .integer, forks > 0
    else { return }
    let entity = try entityRow(device.entity)
    let seen = try shownValue(entity.id, .acknowledgedForks).integer ?? 0
    try markConflict(
      entity.id, fieldID(.acknowledgedForks), .clone, blocking: false, open: forks > seen)
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
