import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace
import Synchronization

/// Serves snapshots, and takes them in: the server's side of what `SnapshotTransfer` asks.
///
/// Taken is only what a snapshot reaches that the log names and that is lacking here.
final class SnapshotReceiving: Sendable {
  private final class UnderWay: Sendable {
    let intake: Mutex<SnapshotIntake>

    init(_ intake: SnapshotIntake) { self.intake = Mutex(intake) }
  }

  private struct State {
    var intakes: [DeviceKey: (use: UInt64, underWay: UnderWay)] = [:]
    var uses: UInt64 = 0
  }

  private let workspace: Workspace
  private let state = Mutex(State())

  init(_ workspace: Workspace) { self.workspace = workspace }

  func objects(_ question: [UInt8]) throws -> [UInt8] {
    try workspace.snapshots.bare.frames(
      of: try SnapshotReceiving.names(question), limit: SyncLimits.snapshotBytes)
  }

  /// What is lacking here, without what the peer says that it lacks as well; nothing when all that can come has come.
  func wants(of device: DeviceKey, declining question: [UInt8], isFirst: Bool) throws -> [UInt8] {
    let declined = try SnapshotReceiving.names(question)
    let underWay: UnderWay
    if !isFirst, let known = use(device) {
      underWay = known
    } else {
      let lacking = try workspace.wantedSnapshots()
      guard !lacking.isEmpty else { return [] }
      underWay = UnderWay(try SnapshotIntake(workspace.snapshots, wanted: lacking))
      begin(underWay, with: device)
    }
    let wanted = try underWay.intake.withLock { intake in
      intake.decline(declined)
      let wanted = intake.next(SyncLimits.snapshotObjects)
      if wanted.isEmpty { try intake.finish() }
      return wanted
    }
    if wanted.isEmpty { state.withLock { $0.intakes[device] = nil } }
    return wanted.flatMap(\.bytes)
  }

  /// - Throws: `SyncRefusal.malformed` for what was not asked for, or is not what its name says.
  func take(_ message: [UInt8], from device: DeviceKey) throws {
    guard let underWay = use(device) else { throw SyncRefusal.notHere }
    do {
      let frames = try ObjectFrame.split(message)
      try underWay.intake.withLock { try $0.take(frames) }
    } catch is SnapshotFailure {
      throw SyncRefusal.malformed
    }
  }

  private func begin(_ underWay: UnderWay, with device: DeviceKey) {
    let gone = state.withLock { state -> UnderWay? in
      state.uses += 1
      var gone = state.intakes.updateValue((state.uses, underWay), forKey: device)?.underWay
      if gone == nil, state.intakes.count > SyncLimits.snapshotIntakes,
        let silent = state.intakes.min(by: { $0.value.use < $1.value.use })?.key
      {
        gone = state.intakes.removeValue(forKey: silent)?.underWay
      }
      return gone
    }
    // What it had so far is not sent again.
    gone?.intake.withLock { try? $0.flush() }
  }

  private func use(_ device: DeviceKey) -> UnderWay? {
    state.withLock { state in
      state.uses += 1
      state.intakes[device]?.use = state.uses
      return state.intakes[device]?.underWay
    }
  }

  private static func names(_ bytes: [UInt8]) throws -> [GitObjectID] {
    guard bytes.count % 20 == 0 else { throw SyncRefusal.malformed }
    return stride(from: 0, to: bytes.count, by: 20).compactMap {
      GitObjectID(bytes: bytes[$0..<($0 + 20)])
    }
  }
}
