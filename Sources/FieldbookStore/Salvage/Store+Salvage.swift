import FieldbookModel
import FieldbookReplication
import GRDB

/// What became of what was found in a damaged database.
package struct SalvageReport: Sendable, Equatable {
  /// Segments that were found whole, here or in a backup.
  package var segments = 0
  /// Those of them that have their effect again, or are in this device's log under new names.
  package var applied = 0
  /// Those that wait for segments which are lost here.
  package var waiting = 0
  /// Changes that were not sealed yet, or followed a lost segment, written down again.
  package var opsAgain = 0
  package var payloads = 0
  package var remotes = 0
  /// Segments of which only remains were found.
  package var broken = 0

  package init() {}
}

extension Store {
  /// Takes in what is whole in other databases, the most trustworthy first. Made for a replica that is empty.
  ///
  /// - Parameter isAlone: nobody else holds this workspace, so that what is lost here is lost.
  /// - Parameter genesis: writes the workspace's beginning again, where that is lost and nobody else has it.
  package func take(
    _ sources: [Salvage], isAlone: Bool, genesis: ((WriteTransaction) throws -> Void)? = nil
  ) throws -> SalvageReport {
    var report = SalvageReport()
    for source in sources { try applySegments(source) }
    if isAlone, let genesis, try inspect({ try $0.role(of: identity.device) }) == nil {
      try write(.person) { transaction in
        try genesis(transaction)
        try transaction.seal()
      }
    }
    let again = Rerecording(self)
    var seen: Set<SegmentHash> = []
    for source in sources {
      for (index, found) in source.segments.enumerated()
      where seen.insert(found.header.hash).inserted {
        report.segments += 1
        if try inspect({ try $0.holds(found.header.hash) }) {
          report.applied += 1
        } else if isAlone, found.header.log.device == identity.device,
          let segment = source.bytes(index)
        {
          try again.record(segment)
          report.applied += 1
        }
      }
      try takeOpen(source, again)
      report.payloads += try takePayloads(source)
      report.broken += source.brokenSegments
    }
    report.opsAgain = again.ops
    report.waiting = try inspect { try $0.waitingCount() }
    report.remotes = try inspect { try $0.remotes() }.count
    return report
  }

  /// Brings the write-ahead log into the database's file, so that the file alone is all. For one that nobody else has
  /// open.
  package func gather() throws {
    try barrier()
    do {
      _ = try pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
  }

  /// Takes in the sealed segments of another database of this workspace. Returns how many were new.
  package func takeSealed(_ source: Salvage) throws -> Int {
    func count() throws -> Int {
      try inspect { try $0.segmentHashes().count + $0.waitingCount() }
    }
    let before = try count()
    try applySegments(source)
    return try count() - before
  }

  /// A few at a time: each call waits for the disk.
  private func applySegments(_ source: Salvage) throws {
    var batch: [EncodedSegment] = []
    var bytes = 0
    for index in source.segments.indices {
      guard let segment = source.bytes(index) else { continue }
      batch.append(segment)
      bytes += segment.bytes.count
      guard bytes > 1 << 22 else { continue }
      _ = try apply(batch)
      (batch, bytes) = ([], 0)
    }
    _ = try apply(batch + source.waiting)
  }

  /// Ops that were not sealed, points that were in no chunk yet, and what is of this machine alone.
  private func takeOpen(_ source: Salvage, _ again: Rerecording) throws {
    let journal = source.journal.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let places = Dictionary(grouping: source.segments, by: \.chain)
    try again.record(journal, chain: source.ownChain) { dot, transaction in
      let found = places[dot.chain]?.first {
        ($0.header.first...$0.header.last).contains(dot.number)
      }
      return try again.dot(found?.header.log, dot.number, transaction)
    }
    for tail in source.tails {
      _ = try write(.script) { try $0.addPoints(tail.run, tail.series) }
    }
    _ = try write(.script) { transaction in
      for (name, remote) in source.remotes where try transaction.addRemote(name, url: remote.url) {
        if let pin = remote.pin { try transaction.pin(name, pin) }
      }
      for (id, invite) in source.invites where try transaction.invite(id) == nil {
        try transaction.storeInvite(
          id: id, secret: invite.secret, role: invite.role, expires: invite.expires)
        if let key = invite.redeemedBy { try transaction.markRedeemed(id, by: key) }
      }
    }
  }

  /// Those that manifests name; bytes that are not what their digest says are not taken.
  package func takePayloads(_ source: Salvage) throws -> Int {
    var taken = 0
    for digest in try inspect({ try $0.missingPayloads(limit: .max) }) {
      guard let row = source.payloads[digest], let bytes = source.payload(row) else { continue }
      try write(.script) { try $0.addPayload(digest, bytes) }
      if try inspect({ try $0.payload(digest) }) != nil { taken += 1 }
    }
    return taken
  }
}
