import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace

/// Snapshots of runs, object by object: what one side lacks of what its log names, and the other has.
///
/// Only with peers that say in their greeting that they can. What came before a connection broke is kept.
enum SnapshotTransfer {
  /// - Returns: how many snapshots came.
  static func fetch(
    _ lacking: [(run: String, commit: GitObjectID)], _ workspace: Workspace,
    _ connection: PeerConnection
  ) async throws -> Int {
    guard connection.hasSnapshots, !lacking.isEmpty else { return 0 }
    let intake = try SnapshotIntake(workspace.snapshots, wanted: lacking)
    do {
      while true {
        let wanted = intake.next(SyncLimits.snapshotObjects)
        if wanted.isEmpty { break }
        try await fetch(wanted[...], into: intake, connection)
      }
    } catch {
      try? intake.flush()
      throw error
    }
    return try intake.finish()
  }

  private static func fetch(
    _ wanted: ArraySlice<GitObjectID>, into intake: SnapshotIntake, _ connection: PeerConnection
  ) async throws {
    var rest = wanted
    while !rest.isEmpty {
      let frames = try ObjectFrame.split(try await connection.snapshotObjects(rest))
      guard let last = frames.last?.object, let place = rest.firstIndex(of: last) else {
        // The peer has none of them.
        guard frames.isEmpty else { throw SyncFailure.notAPeer(url: connection.url) }
        return intake.decline(rest)
      }
      try intake.take(frames)
      // In the order of the question; what was passed over is not there.
      let came = Set(frames.map(\.object))
      intake.decline(rest[...place].filter { !came.contains($0) })
      rest = rest[(place + 1)...]
    }
  }

  /// Gives the peer what it asks for and is here.
  ///
  /// - Parameter isChanged: something was exchanged with it before; else it is asked only if something is new here.
  static func give(
    _ workspace: Workspace, _ connection: PeerConnection, isChanged: Bool
  ) async throws {
    guard connection.hasSnapshots, let peer = connection.peer,
      let stamp = workspace.snapshots.toGive(peer, isChanged: isChanged)
    else { return }
    try await give(workspace, connection)
    if !connection.isSelective { workspace.snapshots.wereGiven(peer, stamp) }
  }

  private static func give(_ workspace: Workspace, _ connection: PeerConnection) async throws {
    let repository = workspace.snapshots.bare
    var declined: [GitObjectID] = []
    var isFirst = true
    // A peer that goes on asking for ever is not answered for ever.
    for _ in 0..<SyncLimits.rounds {
      let wanted = try await connection.snapshotWants(declining: declined, isFirst: isFirst)
      isFirst = false
      guard !wanted.isEmpty else { return }
      let here = try repository.held(of: wanted)
      declined = wanted.filter { !here.contains($0) }
      var rest = wanted.filter(here.contains)[...]
      while !rest.isEmpty {
        let message = try repository.frames(of: rest, limit: SyncLimits.snapshotBytes)
        guard let last = try ObjectFrame.split(message).last?.object,
          let place = rest.firstIndex(of: last)
        else {
          // All of these have rotted here.
          declined += rest
          break
        }
        do { try await connection.putSnapshotObjects(message) } catch SyncFailure.contentNotThere {
          // The peer was started anew, or has begun with others meanwhile: it says again what it lacks.
          break
        }
        let given = Set(try ObjectFrame.split(message).map(\.object))
        declined += rest[...place].filter { !given.contains($0) }
        rest = rest[(place + 1)...]
      }
    }
  }
}
