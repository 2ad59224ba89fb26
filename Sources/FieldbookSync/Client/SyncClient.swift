import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// What one exchange with one peer did.
package struct SyncReport: Sendable {
  package var name: String
  package var pulledOps = 0
  package var pushedOps = 0
  package var pulledPoints = 0
  package var pushedPoints = 0
  package var bytesIn = 0
  package var bytesOut = 0
  /// After the handshake.
  package var roundTrips = 0
  package var seconds = 0.0
  package var newConflicts = 0
  /// Of runs of others, that came.
  package var snapshots = 0

  package init(name: String) { self.name = name }

  /// What a second exchange on the same connection brought besides.
  mutating func add(_ other: SyncReport) {
    pulledOps += other.pulledOps
    pushedOps += other.pushedOps
    pulledPoints += other.pulledPoints
    pushedPoints += other.pushedPoints
    newConflicts += other.newConflicts
  }
}

/// Exchanges with peers, from the side that calls.
package enum SyncClient {
  /// Throws unless a peer can be spoken to there: `https://`, and within this machine `http://`.
  package static func check(address: String) throws { _ = try PeerAddress(address) }

  /// Exchanges everything with a remote. What was taken in before a failure stays.
  package static func sync(_ workspace: Workspace, remote: Workspace.Remote) async throws
    -> SyncReport
  {
    let began = ContinuousClock.now
    do {
      let report = try await meet(workspace, remote)
      try workspace.noteSync(remote: remote.name, behindOps: 0)
      note(report, remote, failure: nil, began, workspace)
      return report
    } catch let failure as any Failure {
      // What is known of the peer is told by `status` at any time; a disk that is full keeps no note either.
      try? workspace.noteFailure(remote: remote.name, reason: failure.message)
      note(SyncReport(name: remote.name), remote, failure: failure.message, began, workspace)
      throw failure
    }
  }

  private static func note(
    _ report: SyncReport, _ remote: Workspace.Remote, failure: String?,
    _ began: ContinuousClock.Instant, _ workspace: Workspace
  ) {
    let peer = try? workspace.remote(remote.name).pin ?? remote.pin
    var note = ExchangeNote(
      time: workspace.environment.now(), remote: remote.name, peer: peer?.hex)
    (note.sentOps, note.receivedOps) = (report.pushedOps, report.pulledOps)
    (note.sentPoints, note.receivedPoints) = (report.pushedPoints, report.pulledPoints)
    note.conflicts = report.newConflicts
    note.seconds = seconds(since: began)
    note.error = failure
    workspace.exchangeLog.add(note)
  }

  private static func meet(_ workspace: Workspace, _ remote: Workspace.Remote) async throws
    -> SyncReport
  {
    try await meet(workspace, remote) { try await exchange(workspace, $0, name: remote.name) }
  }

  /// Both prove who they are, `body` speaks, and what was learnt of the peer is kept.
  static func meet<Result>(
    _ workspace: Workspace, _ remote: Workspace.Remote,
    _ body: (PeerConnection) async throws -> Result
  ) async throws -> Result {
    let connection = try PeerConnection(remote: remote, workspace: workspace)
    do {
      try await connection.prove(pin: remote.pin)
      let result = try await body(connection)
      // None was known, or the log says that this is its next key.
      if let peer = connection.peer, remote.pin != peer {
        try workspace.pin(peer, remote: remote.name)
      }
      if let certificate = connection.certificate, certificate != remote.certificate {
        try workspace.pin(certificate, remote: remote.name)
      }
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Ops that a sync would push, and those that it is known to pull: what `--dry-run` says.
  package static func pending(_ workspace: Workspace, remote: Workspace.Remote) throws -> Int {
    _ = try workspace.heads()
    let agreed = try remote.pin.map { try workspace.peerState($0) } ?? []
    var ops = 0
    var outbox = try workspace.outbox(notIn: agreed)
    while !outbox.isEmpty {
      for segment in try workspace.window(&outbox, maxBytes: 1 << 20) {
        ops += try Segment(encoded: segment.bytes).header.count
      }
    }
    return ops
  }

  static func exchange(_ workspace: Workspace, _ connection: PeerConnection, name: String)
    async throws
    -> SyncReport
  {
    guard let peer = connection.peer else { throw SyncFailure.notAPeer(url: connection.url) }
    let started = ContinuousClock.now
    let handshakes = connection.roundTrips
    var rounds = try await talk(workspace, connection, peer)
    var report = rounds.report
    // Who sees that two texts of a config can be merged does it, and gives the peer the merge at once.
    let merged = report.pulledOps > 0 ? try workspace.mergeConfigs() : 0
    if merged > 0 {
      rounds = try await talk(workspace, connection, peer)
      report.add(rounds.report)
      report.newConflicts = max(0, report.newConflicts - merged)
    }
    var away = try await fetchObjects(
      try workspace.wantedArtifacts(limit: .max), workspace, connection)
    var wants = rounds.wantedObjects
    while true {
      let given = try await giveObjects(workspace, connection, wants)
      away += given.away
      guard given.count > 0, wants.count == SyncLimits.wanted else { break }
      wants = try await connection.exchange(rounds.question()).wantedObjects
    }
    let snapshots = try await SnapshotTransfer.fetch(
      workspace.wantedSnapshots(), workspace, connection)
    try await SnapshotTransfer.give(
      workspace, connection, isChanged: report.pulledOps + report.pushedOps > 0)
    if let reason = rounds.refusedHere { throw SyncFailure.refusedSegment(reason) }
    if let reason = rounds.session.refused.values.sorted().first {
      throw SyncFailure.refusedThere(reason)
    }
    if away > 0 { throw SyncFailure.contentsAway(away) }
    // A branch that cannot be written is made when it is asked for.
    if report.pulledOps > 0 { _ = try? workspace.refreshConfigBranch() }
    report.name = name
    report.snapshots = snapshots
    report.bytesIn = connection.bytesIn
    report.bytesOut = connection.bytesOut
    report.roundTrips = connection.roundTrips - handshakes
    report.seconds = seconds(since: started)
    return report
  }

  /// One exchange of all that both hold now.
  private static func talk(
    _ workspace: Workspace, _ connection: PeerConnection, _ peer: DeviceKey
  ) async throws -> ExchangeRounds {
    var rounds = ExchangeRounds(
      workspace: workspace, peer: peer, goal: try workspace.goal(),
      session: SyncSession(agreed: try workspace.peerState(peer)))
    while true {
      let answer = try await connection.exchange(rounds.offer())
      if try rounds.take(answer) { break }
    }
    try workspace.agree(
      with: peer, on: rounds.session.peerHeads, digest: rounds.theirDigest)
    return rounds
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let elapsed = (ContinuousClock.now - start).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
  }

  // MARK: Objects

  /// Contents of artifacts that are missing here, in parts, each resumed where it broke off.
  ///
  /// - Returns: how many the peer has and cannot give now.
  static func fetchObjects(
    _ wanted: [(ContentDigest, Int64)], _ workspace: Workspace, _ connection: PeerConnection
  ) async throws -> Int {
    var away = 0
    for (digest, size) in wanted {
      do {
        do {
          try await fetch(digest, size, workspace, connection)
        } catch ContentFailure.altered {
          // What was here of it from an earlier try had rotted, and is gone now.
          try await fetch(digest, size, workspace, connection)
        }
      } catch ContentFailure.altered {
        continue  // It has rotted at the peer: the others are still wanted.
      } catch SyncFailure.contentNotThere {
        continue  // Another peer may have it.
      } catch SyncFailure.contentAway {
        away += 1
      }
    }
    return away
  }

  private static func fetch(
    _ digest: ContentDigest, _ size: Int64, _ workspace: Workspace, _ connection: PeerConnection
  ) async throws {
    let store = workspace.contentStore
    if try await ChunkTransfer.fetch(digest, size, workspace, connection) { return }
    if store.partialSize(digest) > size { store.discardPartial(digest) }
    var offset = store.partialSize(digest)
    repeat {
      let bytes = offset < size ? try await connection.object(digest, from: offset) : []
      guard offset + Int64(bytes.count) <= size else {
        throw SyncFailure.notAPeer(url: connection.url)
      }
      // An empty content has no bytes, and is a file all the same.
      try store.appendPartial(digest, bytes: bytes[...], at: offset)
      offset += Int64(bytes.count)
      if bytes.isEmpty, offset < size { throw SyncFailure.contentNotThere }
    } while offset < size
    try store.finishPartial(digest)
  }

  /// - Returns: how many of the contents that the peer lacks were here, and how many could not be given now, since one of the two
  ///   cannot reach its object storage.
  private static func giveObjects(
    _ workspace: Workspace, _ connection: PeerConnection, _ wants: [ContentDigest]
  ) async throws -> (count: Int, away: Int) {
    var (given, away) = (0, 0)
    for digest in wants {
      guard let size = workspace.contentStore.size(of: digest) else { continue }
      do {
        if try await ChunkTransfer.give(digest, size, workspace, connection) {
          given += 1
          continue
        }
      } catch SyncFailure.contentAway {
        away += 1
        continue
      } catch is BucketFailure {
        away += 1
        continue
      }
      var offset: Int64 = 0
      repeat {
        // What turns out to be damaged here is not given.
        guard let bytes = try? workspace.contentStore.part(of: digest, from: offset, size) else {
          break
        }
        let end = offset + Int64(bytes.count)
        try await connection.putObject(digest, bytes, at: offset, isLast: end >= size)
        offset = end
      } while offset < size
      if offset >= size { given += 1 }
    }
    return (given, away)
  }
}
