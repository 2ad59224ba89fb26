import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

@Suite("Artifacts travel by hash") struct ArtifactTransferTests {
  private func content(_ count: Int, seed: UInt64 = 3) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
  }

  @Test("up to the hub and down to a colleague, empty ones included") func both() async throws {
    let team = try Team()
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let run = try ana.record("a1")
    let sizes = [0, 1, SyncLimits.objectBytes, SyncLimits.objectBytes * 2 + 17]
    for (index, size) in sizes.enumerated() {
      _ = try ana.putArtifact(run, path: "f\(index)", bytes: content(size, seed: UInt64(index)))
    }
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      _ = try await SyncClient.sync(bo, remote: bo.origin(url))
    }
    for (index, size) in sizes.enumerated() {
      #expect(try bo.content(run, "f\(index)") == content(size, seed: UInt64(index)))
    }
  }

  @Test("more artifacts than one answer names go up in one sync") func many() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let run = try ana.record("a1")
    for index in 0..<(SyncLimits.wanted + 40) {
      _ = try ana.putArtifact(run, path: "f\(index)", bytes: content(20, seed: UInt64(index)))
    }
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
    }
    #expect(try hub.missingArtifacts(limit: .max).isEmpty)
  }

  @Test("a download goes on where it broke off") func resume() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let run = try hub.record("h1")
    let bytes = content(SyncLimits.objectBytes * 2 + 5)
    let artifact = try hub.putArtifact(run, path: "f", bytes: bytes)
    try ana.contentStore.appendPartial(artifact.digest, bytes: bytes[..<1000], at: 0)
    try await serving(SyncServer(workspace: hub)) { url in
      let report = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(report.bytesIn < bytes.count + 20_000)
    }
    _ = try ana.heldArtifact(run, path: "f")
  }

  @Test("a content that the peer lacks too does not stop the sync") func nowhere() async throws {
    let team = try Team()
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let run = try ana.record("a1")
    _ = try ana.putArtifact(run, path: "f", bytes: content(100))
    // The hub hears of the artifact, and never gets it.
    try TestMachine.give(ana, to: hub)
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(try bo.stateHash() == hub.stateHash())
    }
  }

  @Test("a rotten partial download is fetched anew in the next sync") func rotten() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let run = try hub.record("h1")
    let bytes = content(3000)
    let artifact = try hub.putArtifact(run, path: "f", bytes: bytes)
    try ana.contentStore.appendPartial(
      artifact.digest, bytes: [UInt8](repeating: 0, count: 1000)[...], at: 0)
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try? await SyncClient.sync(ana, remote: ana.origin(url))
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
    }
    _ = try ana.heldArtifact(run, path: "f")
  }
}
