import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

@Suite("Snapshots travel")
struct SnapshotTransferTests {
  let team: Team
  let folder: TemporaryFolder

  init() throws {
    team = try Team()
    folder = try TemporaryFolder()
    for number in 0..<50 { try write("file \(number)", to: "\(number).py") }
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
  }

  private func snapshot(_ workspace: Workspace, _ name: String) throws -> RunID {
    let run = try workspace.record(name)
    let draft = SnapshotDraft(
      run: run.hex, listing: try FolderListing(folder.path, limits: SnapshotLimits()),
      author: "ana", address: "ana@lab", time: Timestamp(milliseconds: 1_700_000_000_000),
      secret: { _ in nil })
    _ = try workspace.takeSnapshot(of: run, draft) { _ in
      SnapshotDraft.Rest(files: [(TreePath("code.json"), Array("{}\n".utf8))], message: name + "\n")
    }
    return run
  }

  private func code(_ workspace: Workspace, _ run: RunID, _ file: String) throws -> String {
    let place = folder.path + "-out-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: place) }
    _ = try workspace.checkout(run, to: place)
    let data = try #require(FileManager.default.contents(atPath: place + "/code/" + file))
    return String(decoding: data, as: UTF8.self)
  }

  @Test("from a laptop by the hub to another, large files and all; the next brings what changed")
  func throughTheHub() async throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    try write(String(repeating: "weights!", count: 1 << 18), to: "w.bin")
    let first = try snapshot(ana, "one")
    try await serving(SyncServer(workspace: hub)) { url in
      let up = try await SyncClient.sync(ana, remote: ana.origin(url))
      let down = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(up.snapshots == 0 && down.snapshots == 1)
      try self.write("changed", to: "7.py")
      let second = try self.snapshot(ana, "two")
      let upAgain = try await SyncClient.sync(ana, remote: ana.origin(url))
      let downAgain = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(downAgain.snapshots == 1)
      #expect(upAgain.bytesOut * 2 < up.bytesOut && downAgain.bytesIn * 2 < down.bytesIn)
      #expect(try self.code(bo, second, "7.py") == "changed")
      let again = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(again.snapshots == 0)
      // With nothing to do nothing is asked.
      for workspace in [ana, bo] {
        _ = try await SyncClient.sync(workspace, remote: workspace.origin(url))
        let idle = try await SyncClient.sync(workspace, remote: workspace.origin(url))
        #expect(idle.roundTrips == 1)
      }
    }
    #expect(try code(bo, first, "7.py") == "file 7")
    #expect(try code(hub, first, "w.bin").utf8.count == 2 << 20)
    #expect(try hub.lackingSnapshots().isEmpty && bo.lackingSnapshots().isEmpty)
    for workspace in [hub, ana, bo] {
      let check = try #require(try workspace.doctor().first { $0.name == "snapshots" })
      #expect(check.ok && check.detail.hasPrefix("2 with "))
    }
  }

  @Test("with a peer that does not know them they stay where they are, and come later by another")
  func earlier() async throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let run = try snapshot(ana, "one")
    try await serving(SyncServer(workspace: hub, features: [])) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      let report = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(report.snapshots == 0)
    }
    #expect(try bo.lackingSnapshots().map(\.run) == [run.hex])
    try await serving(SyncServer(workspace: ana)) { url in
      let report = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(report.snapshots == 1)
    }
    #expect(try code(bo, run, "7.py") == "file 7")
    // And on to the hub, which the first one never meets again.
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(bo, remote: bo.origin(url))
    }
    #expect(try code(hub, run, "7.py") == "file 7")
  }

  @Test("one that rotted at the peer is gone without, the others come, and another peer brings it")
  func rotten() async throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let first = try snapshot(ana, "one")
    let second = try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      try self.write("only in the second", to: "new.py")
      let second = try self.snapshot(ana, "two")
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      let commit = try ana.snapshotCommit(of: second)
      let file = try #require(
        try hub.snapshots.bare.files(of: commit).first { $0.path.shown == "code/new.py" })
      let hex = file.entry.object.hex
      let path = "\(hub.folder)/repository.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))"
      #expect(FileManager.default.fileExists(atPath: path))
      try FileManager.default.removeItem(atPath: path)
      try Data("rotten".utf8).write(to: URL(fileURLWithPath: path))
      let report = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(report.snapshots == 1)
      #expect(try self.code(bo, first, "7.py") == "file 7")
      return second
    }
    try await serving(SyncServer(workspace: ana)) { url in
      let report = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(report.snapshots == 1)
    }
    #expect(try code(bo, second, "new.py") == "only in the second")
  }

  @Test("a server takes nothing that it did not ask for")
  func unasked() async throws {
    let (hub, ana) = (team.hub, team.ana)
    let run = try snapshot(ana, "one")
    let commit = try ana.snapshotCommit(of: run)
    try await serving(SyncServer(workspace: hub)) { url in
      let connection = try PeerConnection(remote: ana.origin(url), workspace: ana)
      try await connection.prove(pin: hub.deviceKey)
      let frames = try ana.snapshots.bare.frames(of: [commit], limit: 1)
      await #expect(throws: SyncFailure.contentNotThere) {
        try await connection.putSnapshotObjects(frames)
      }
      // The log that would name it was not given.
      #expect(try await connection.snapshotWants(declining: [], isFirst: true).isEmpty)
      await connection.close()
    }
    #expect(try hub.snapshots.bare.runs().isEmpty)
  }

  @Test("a bundle carries them, and one of what is new only the new ones")
  func bundles() async throws {
    let (ana, bo) = (team.ana, team.bo)
    let first = try snapshot(ana, "one")
    let file = folder.path + ".bundle"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let whole = try BundleFile.create(file, from: ana, needs: [])
    let heads = try ana.heads()
    #expect(try whole.snapshots == 1 && BundleFile.verify(file).snapshots == 1)
    #expect(try BundleFile.apply(file, to: bo).snapshots == 1)
    #expect(try BundleFile.apply(file, to: bo).snapshots == 0)
    #expect(try code(bo, first, "7.py") == "file 7")
    try write("changed", to: "7.py")
    let second = try snapshot(ana, "two")
    let later = try BundleFile.create(file, from: ana, needs: heads)
    #expect(later.snapshots == 1)
    #expect(try BundleFile.apply(file, to: bo).snapshots == 1)
    #expect(try code(bo, second, "7.py") == "changed" && code(bo, first, "7.py") == "file 7")
    #expect(try bo.lackingSnapshots().isEmpty)
    #expect(throws: SyncFailure.self) { try BundleFile.apply(file, to: team.hub) }
    _ = try BundleFile.create(file, from: bo, needs: [])
    #expect(try BundleFile.apply(file, to: team.hub).snapshots == 2)
    #expect(try code(team.hub, second, "8.py") == "file 8")
  }
}
