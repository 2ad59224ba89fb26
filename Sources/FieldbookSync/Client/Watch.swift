import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// Goes on exchanging with one remote until its task is cancelled: at once when either side has news, with growing
/// pauses while the peer is away, and at once again when the machine has slept or changed its network.
package struct Watch: Sendable {
  package enum Event: Sendable {
    case synced(SyncReport)
    /// What was exchanged is complete; the connection stays open for news.
    case waits
    case failed(any Failure, retryMilliseconds: Int64)
  }

  /// How long to pause after failures: half as long again at random, and twice as long after each.
  package struct Patience: Sendable {
    package var firstMilliseconds: Int64 = 1000
    package var longestMilliseconds: Int64 = 60_000

    package init() {}
  }

  let workspace: Workspace
  /// The remote's name: its row is read before each try, for what was learnt of it meanwhile.
  let remote: String
  var patience = Patience()
  var addresses: @Sendable () -> Set<String> = LocalAddresses.current

  package init(_ workspace: Workspace, remote: String) {
    self.workspace = workspace
    self.remote = remote
  }

  /// - Throws: `CancellationError`, and what is wrong with the replica itself; never for want of the peer.
  package func run(_ onEvent: @Sendable (Event) async -> Void) async throws {
    var pause = patience.firstMilliseconds
    while true {
      try Task.checkCancellation()
      do {
        let row = try workspace.remote(remote)
        let report = try await SyncClient.sync(workspace, remote: row)
        await onEvent(.synced(report))
        pause = patience.firstMilliseconds
      } catch let failure as any Failure {
        if failure is WorkspaceFailure { throw failure }
        let drawn = pause + Int64.random(in: 0...pause / 2)
        await onEvent(.failed(failure, retryMilliseconds: drawn))
        try await rest(milliseconds: drawn)
        pause = min(pause * 2, patience.longestMilliseconds)
        continue
      }
      await onEvent(.waits)
      do {
        try await waitForNews()
      } catch is any Failure {
        // Whether the peer is away, or only its connection went, the next exchange tells.
        try await rest(milliseconds: Int64.random(in: 0...patience.firstMilliseconds))
      }
    }
  }

  // MARK: Pauses

  /// Ends early when the machine wakes, or is somewhere else.
  private func rest(milliseconds: Int64) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await Task.sleep(for: .milliseconds(milliseconds)) }
      group.addTask { try await wake() }
      try await group.next()
      group.cancelAll()
    }
  }

  private func wake() async throws {
    var waking = Waking(now: workspace.environment.now(), addresses: addresses())
    repeat {
      try await Task.sleep(for: .seconds(1))
    } while !waking.isOther(now: workspace.environment.now(), addresses: addresses())
  }

  // MARK: News

  /// Returns when either side has something new, or when the connection may no longer be one.
  private func waitForNews() async throws {
    let row = try workspace.remote(remote)
    let connection = try PeerConnection(remote: row, workspace: workspace)
    do {
      try await connection.prove(pin: row.pin)
      let known = try workspace.headsDigest()
      let waiter = Waiter(connection: connection)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await ownNews(since: known) }
        group.addTask { while try await !waiter.connection.wait(until: known) {} }
        group.addTask { try await wake() }
        defer { group.cancelAll() }
        try await group.next()
      }
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  private func ownNews(since known: ContentDigest) async throws {
    while try workspace.headsDigest() == known {
      let looked = try workspace.moment()
      // To look costs a read; sealing, only when something was written.
      while try workspace.moment() == looked { try await Task.sleep(for: .milliseconds(500)) }
    }
  }

  /// Used by one task at a time: the one that waits.
  private struct Waiter: @unchecked Sendable {
    let connection: PeerConnection
  }
}
