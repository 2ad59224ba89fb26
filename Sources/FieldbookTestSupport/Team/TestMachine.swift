import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation
import Synchronization

/// Machines for tests: environments with a manual clock and seeded randomness.
package enum TestMachine {
  package static func environment(
    root: String, clock: ManualClock, seed: UInt64, name: String
  ) -> WorkspaceEnvironment {
    let generator = Mutex(SeededGenerator(seed: seed))
    return WorkspaceEnvironment(
      now: { clock.now },
      random: { count in
        generator.withLock { generator in
          (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        }
      },
      stateHome: root + "/" + name + ".state", configHome: root + "/" + name + ".config",
      machineID: name)
  }

  /// A founder's replica and others that it let in, all with the same history.
  package static func team(
    _ names: [String], root: String, clock: ManualClock, seed: UInt64 = 1,
    founderIsHub: Bool = false
  ) throws -> [Workspace] {
    var team: [Workspace] = []
    for (index, name) in names.enumerated() {
      let environment = environment(
        root: root, clock: clock, seed: seed &+ UInt64(index) &* 7919, name: name)
      let dir = root + "/" + name
      if index == 0 {
        team.append(
          try Workspace.create(
            in: dir, name: "team", device: name, owner: name, isHub: founderIsHub,
            environment: environment))
      } else {
        let clone = try Workspace.createClone(
          in: dir, workspaceID: team[0].id, name: "team", device: name, owner: name,
          environment: environment)
        try team[0].admit(clone)
        try exchange(team[0], clone)
        team.append(clone)
      }
    }
    return team
  }

  /// Both give each other everything they lack, once.
  package static func exchange(_ left: Workspace, _ right: Workspace) throws {
    try give(left, to: right)
    try give(right, to: left)
  }

  package static func give(_ source: Workspace, to target: Workspace) throws {
    _ = try source.heads()
    var outbox = try source.outbox(notIn: target.heads())
    repeat {
      let segments = try source.window(&outbox, maxBytes: 1 << 20)
      let report = try target.apply(segments, from: "test")
      if let refusal = report.refused.first { throw TestFailure(refusal.reason) }
      try target.putChunkPayloads(source.chunkPayloads(of: segments.map(\.hash)))
    } while !outbox.isEmpty
  }

  /// The target takes what it lacks of values and metric data, and the source has.
  ///
  /// - Returns: What the source lacks as well.
  @discardableResult
  package static func fill(_ target: Workspace, from source: Workspace) throws -> [String] {
    try target.missingChunkPayloads(limit: 1000).compactMap { digest in
      guard let bytes = try source.chunkPayload(digest) else { return digest.hex }
      try target.putChunkPayload(digest, bytes)
      return nil
    }
  }

  /// Exchanges until nothing changes any more.
  package static func quiesce(_ team: [Workspace], rounds: Int = 10) throws {
    for _ in 0..<rounds {
      for left in team.indices {
        for right in team.indices where left < right { try exchange(team[left], team[right]) }
      }
      for one in team { try one.performHubDuties() }
      let digests = Set(try team.map { try $0.headsDigest() })
      if digests.count == 1 { return }
    }
    throw TestFailure("not quiet after \(rounds) rounds")
  }
}

extension Workspace {
  /// Lets another replica's device in, as a redeemed invite does.
  package func admit(_ other: Workspace) throws {
    try admit(other.deviceKey, name: other.descriptorName)
  }

  package func admit(_ device: DeviceKey, name: String, owner: String? = nil) throws {
    let id = environment.random(16)
    try storeInvite(
      id: id, secret: environment.random(16), role: .writer,
      expires: Timestamp(milliseconds: environment.now() + 1000))
    try redeemInvite(
      id: id, key: device, name: name, owner: owner ?? name)
  }

  package var descriptorName: String { (dir as NSString).lastPathComponent }
}
