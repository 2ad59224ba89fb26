import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Synchronization

extension FuzzTarget {
  /// What a member who means harm can sign: any ops whatever, sealed as they should be, given to
  /// the hub.
  static let hostileOps: [FuzzTarget] = [
    FuzzTarget("hostile-ops", maxBytes: 8192, rounds: 200, seeds: try BodyInput.seeds()) { bytes in
      let body = try BodyInput(bytes).body
      guard !body.ops.isEmpty else { return }
      try Attacked.play(body)
    }
  ]
}

/// A hub that gets one segment after the other, each the first of a new log; made anew after some.
private final class Attacked {
  private static let rounds = 100
  private static let current = Mutex<Attacked?>(nil)

  private let samples: Samples
  private let key: Curve25519.Signing.PrivateKey
  private let heads: [Head]
  private var epoch: UInt64 = 1 << 40
  private var left = Attacked.rounds

  private init() throws {
    samples = try Samples()
    let file = samples.team.ana.dir + "/.fieldbook/device.key"
    let digits = try String(contentsOfFile: file, encoding: .utf8)
    key = try Curve25519.Signing.PrivateKey(rawRepresentation: Hex.decode(digits) ?? [])
    let own = DeviceKey(bytes: Array(key.publicKey.rawRepresentation))
    heads = try samples.team.hub.heads().sorted {
      ($0.log.device == own ? 0 : 1) < ($1.log.device == own ? 0 : 1)
    }
  }

  static func play(_ body: SegmentBody) throws {
    try current.withLock { current in
      if (current?.left ?? 0) == 0 { current = try Attacked() }
      try current?.give(body)
      // Once in a while all of it together.
      if current?.left == 0 { try current?.promiseRebuilt() }
    }
  }

  private func give(_ body: SegmentBody) throws {
    left -= 1
    epoch += 1
    let log = LogID(device: DeviceKey(bytes: Array(key.publicKey.rawRepresentation))!, epoch: epoch)
    let hub = samples.team.hub
    let seen = Array(heads.prefix(2))
    let segment = try Segment.seal(
      body, workspace: hub.id, log: log, first: 1, previous: nil,
      start: OperationHash.start(workspace: hub.id, log: log), past: seen.map(\.hash),
      anchors: seen.map(\.hash), anchorLogs: seen.map(\.log), key: key)
    do {
      let first = try hub.apply([segment.encoded], from: "ana")
      let again = try hub.apply([segment.encoded], from: "ana")
      try promise(again.applied == 0, "hostile-ops: one segment has its effect twice")
      if first.applied > 0 { try look(hub) }
    } catch let error where !(error is BrokenPromise) {
      throw BrokenPromise("hostile-ops: neither taken nor refused: \(error)")
    }
  }

  /// What people see of it can still be read.
  private func look(_ hub: Workspace) throws {
    _ = try hub.runs(RunQuery(view: .all, limit: 100))
    _ = try hub.models(ModelQuery(limit: 100))
    _ = try hub.conflicts()
    try hub.performHubDuties()
  }

  private func promiseRebuilt() throws {
    let (before, after) = try samples.team.hub.rebuild()
    try promise(before == after, "hostile-ops: rebuilt, the state is another")
  }
}
