import FieldbookModel
import FieldbookReplication

/// What `fieldbook status` says.
package struct StatusReport: Sendable {
  package var workspaceID: WorkspaceID
  package var workspaceName: String
  package var device: Device
  package var isPending: Bool
  /// The log that this replica writes.
  package var log: String
  package var level: Int
  package var stateHash: String
  package var heads: [Head]
  /// Own ops that no peer has acknowledged.
  package var unsentOps: Int
  package var conflictsTotal: Int
  package var conflictsBlocking: Int
  package var remotes: [Workspace.Remote]
  /// Why the open segment could not be sealed, so that heads and hash may lack what was recorded last; nil if it was.
  package var unsealed: String?
  /// Packs in an object storage; nil if they lie in the folder.
  package var objects: ObjectsStatus?
}

/// What changes whenever what it is named after does; asked for often, it reads four rows, and five times of files and folders.
package struct Pulse: Equatable, Sendable {
  /// All that is recorded here, metric points included.
  package var records: String
  /// What was noted of remotes, peers and invites, and the log of exchanges.
  package var contacts: String
  /// Contents that are here, and packs that went to an object storage.
  package var contents: String
}

/// What can be told at any moment: nothing is written for it, and no hash is computed.
package struct Glance: Sendable {
  /// As `Workspace.pulse`, when all else was read.
  package var pulse: Pulse
  package var workspaceName: String
  package var device: Device
  /// Nil for a device that is not enrolled, as far as is known here.
  package var role: Role?
  package var unsentOps: Int
  /// Metric points that are in no op yet; nobody else has them.
  package var openPoints: Int
  package var conflicts: (total: Int, blocking: Int)
  package var remotes: [Workspace.Remote]
}

extension Workspace {
  package func glance() throws -> Glance {
    let me = device
    let (exchanges, contents) = (exchangeLog.stamp, contentStore.arrivals)
    return try store.inspect { transaction in
      Glance(
        pulse: try pulse(transaction, exchanges, contents),
        workspaceName: try transaction.workspaceName() ?? descriptor.name, device: me,
        role: try transaction.role(of: deviceKey),
        unsentOps: try transaction.unsentOps(peers: transaction.allPeerHeads()),
        openPoints: try transaction.openPoints(), conflicts: try transaction.conflictCounts(),
        remotes: try transaction.remotes())
    }
  }

  package func pulse() throws -> Pulse {
    let (exchanges, contents) = (exchangeLog.stamp, contentStore.arrivals)
    return try store.inspect { try pulse($0, exchanges, contents) }
  }

  private func pulse(
    _ transaction: WriteTransaction, _ exchanges: String, _ contents: String
  ) throws -> Pulse {
    Pulse(
      records: try transaction.pulse(), contacts: "\(try transaction.contacts()) \(exchanges)",
      contents: contents)
  }

  /// Seals the open segment first, so that the heads say everything.
  ///
  /// Where that cannot be written, it says what it knows.
  package func status() throws -> StatusReport {
    var unsealed: String?
    do { try seal() } catch let failure as any Failure { unsealed = failure.message }
    let me = device
    var report = try store.inspect { transaction in
      let counts = try transaction.conflictCounts()
      return StatusReport(
        workspaceID: id, workspaceName: try transaction.workspaceName() ?? descriptor.name,
        device: me, isPending: try transaction.role(of: deviceKey) == nil,
        log: try transaction.presentLog()?.description ?? "", level: Int(try transaction.level()),
        stateHash: try transaction.cachedStateHash(), heads: try transaction.heads(),
        unsentOps: try transaction.unsentOps(peers: transaction.allPeerHeads()),
        conflictsTotal: counts.total, conflictsBlocking: counts.blocking,
        remotes: try transaction.remotes())
    }
    report.unsealed = unsealed
    report.objects = try objectsStatus()
    try? store.keepStateHash(report.stateHash, heads: report.heads)
    return report
  }

  package func stateHash() throws -> String {
    try seal()
    return try store.inspect { try $0.stateHash() }
  }

  /// Drops every derived table and makes it again from the log. The two hashes must be equal: both are of one transaction, since
  /// other processes may be writing.
  package func rebuild() throws -> (before: String, after: String) {
    try seal()
    return try write(.person) { transaction in
      // Tables that are damaged can be beyond reading; the log, from which they are made again, is not.
      var before = "unreadable"
      do {
        before = try transaction.stateHash()
      } catch let failure as DatabaseFailure where failure.endsTransaction {
        throw failure
      } catch {}
      try transaction.rebuild()
      return (before, try transaction.stateHash())
    }
  }
}
