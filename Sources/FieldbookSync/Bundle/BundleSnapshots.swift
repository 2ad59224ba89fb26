import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace

/// Snapshots in a bundle: the objects of those that its segments name, in frames as peers give them to each other.
enum BundleSnapshots {
  /// Commits that a segment names.
  static func named(by segment: EncodedSegment) -> [GitObjectID] {
    guard let body = try? Segment(encoded: segment.bytes).body() else { return [] }
    return body.ops.flatMap { op in
      op.cells.compactMap { cell in
        guard cell.field == .environment("snapshot") else { return nil }
        return cell.value?.text.flatMap(GitObjectID.init(hex:))
      }
    }
  }

  /// What is here of them, each object once. One that has rotted here is left out.
  static func write(
    _ commits: [GitObjectID], of workspace: Workspace, _ record: ([UInt8]) throws -> Void
  ) throws {
    let repository = workspace.snapshots.bare
    var rest = try repository.reached(from: commits)[...]
    while !rest.isEmpty {
      let message = try repository.frames(
        of: rest.prefix(SyncLimits.snapshotObjects), limit: SyncLimits.snapshotBytes)
      guard let last = try ObjectFrame.split(message).last?.object,
        let place = rest.firstIndex(of: last)
      else {
        // All of these have rotted.
        rest = rest.dropFirst(SyncLimits.snapshotObjects)
        continue
      }
      try record(message)
      rest = rest[(place + 1)...]
    }
  }

  /// Where a record's content begins, and its bytes.
  struct Place: Hashable {
    var offset: Int64
    var count: Int64
  }

  /// Takes in what is lacking here, by the same ways and checks as from a peer.
  ///
  /// - Returns: how many snapshots came.
  static func take(
    _ places: [GitObjectID: Place], into workspace: Workspace, read: (Place) throws -> [UInt8]
  ) throws -> Int {
    let lacking = try workspace.lackingSnapshots()
    guard !places.isEmpty, !lacking.isEmpty else { return 0 }
    let intake = try SnapshotIntake(workspace.snapshots, wanted: lacking)
    while true {
      let wanted = intake.next(SyncLimits.snapshotObjects)
      if wanted.isEmpty { break }
      intake.decline(wanted.filter { places[$0] == nil })
      let asked = Set(wanted)
      let records = Set(wanted.compactMap { places[$0] }).sorted { $0.offset < $1.offset }
      for record in records {
        let frames = try ObjectFrame.split(try read(record)).filter { asked.contains($0.object) }
        try intake.take(frames)
      }
    }
    return try intake.finish()
  }
}
