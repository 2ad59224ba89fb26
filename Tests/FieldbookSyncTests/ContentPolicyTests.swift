import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

@Suite("Which contents a replica takes in by itself")
struct ContentPolicyTests {
  let team: Team

  init() throws { team = try Team() }

  /// A file of a run of its own, as long as it says.
  @discardableResult
  private func file(_ bytes: Int, by workspace: Workspace) throws -> RunID {
    let run = try workspace.record("\(bytes)")
    _ = try workspace.putArtifact(
      run, path: "f", bytes: [UInt8](repeating: UInt8(bytes & 0xff), count: bytes))
    return run
  }

  private func reopened(_ workspace: Workspace, _ policy: ContentPolicy) throws -> Workspace {
    try workspace.close()
    var environment = workspace.environment
    environment.contentPolicy = policy
    return try Workspace.open(workspace.dir, environment: environment)
  }

  private func held(_ workspace: Workspace, _ runs: [RunID]) throws -> [Bool] {
    try runs.map { try workspace.artifacts($0)[0].isHere }
  }

  @Test(
    "all, mine, none, or none that is too large; what is left is known, and no complaint",
    arguments: [
      (ContentPolicy(), [true, true, true, true]),
      (ContentPolicy(largest: 150), [true, false, true, true]),
      (ContentPolicy(reach: .mine), [true, true, false, true]),
      (ContentPolicy(reach: .mine, largest: 150), [true, false, false, true]),
      (ContentPolicy(reach: .onDemand), [false, false, false, true]),
    ])
  func policies(_ policy: ContentPolicy, _ expected: [Bool]) async throws {
    let hub = team.hub
    // Another machine of bo's.
    let desk = try Workspace.createClone(
      in: team.folder.path + "/desk", workspaceID: hub.id, name: "team", device: "desk",
      owner: team.bo.device.owner, environment: team.environment("desk"))
    try hub.admit(desk.deviceKey, name: "desk", owner: team.bo.device.owner)
    try TestMachine.quiesce(team.members + [desk])
    let bo = try reopened(team.bo, policy)
    defer { try? bo.close() }
    let runs = [
      try file(100, by: desk), try file(200, by: desk), try file(101, by: team.ana),
      try file(102, by: bo),
    ]
    try await serving(SyncServer(workspace: hub)) { url in
      for one in [desk, team.ana, bo] {
        _ = try await SyncClient.sync(one, remote: one.origin(url))
      }
      #expect(try held(hub, runs) == [true, true, true, true])
      #expect(try held(bo, runs) == expected)
      let check = try #require(try bo.doctor().first { $0.name == "artifacts" })
      let others = expected.count { !$0 }
      #expect(check.ok)
      #expect(check.detail.contains("left to others") == (others > 0), "\(check.detail)")
      let left = try bo.missingArtifacts(limit: .max)
      #expect(left.count == others)
      try await SyncClient.fetch(bo, remote: bo.origin(url), contents: left, snapshots: [])
      #expect(try held(bo, runs) == [true, true, true, true])
    }
  }
}
