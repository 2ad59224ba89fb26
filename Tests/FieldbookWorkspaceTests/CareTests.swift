import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Care")
struct CareTests {
  @Test("a status that cannot be sealed says what it knows, and why that may be less than all")
  func unsealedStatus() throws {
    let folder = try TemporaryFolder()
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
    #expect(try ana.status().unsealed == nil)
    try ana.newRun()
    let marks = ana.environment.stateHome + "/marks"
    try FileManager.default.removeItem(atPath: marks)
    try Data().write(to: URL(fileURLWithPath: marks))
    let report = try ana.status()
    #expect(report.unsealed != nil)
    #expect(report.workspaceName == "team")
    try FileManager.default.removeItem(atPath: marks)
    #expect(try ana.status().unsealed == nil)
  }

  @Test("a content is read whole or not at all", arguments: [900_000, 3_000_000])
  func verifiedReading(count: Int) throws {
    let folder = try TemporaryFolder()
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
    let run = try ana.newRun()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let artifact = try ana.putArtifact(run, path: "m.bin", bytes: bytes)
    var read: [UInt8] = []
    try ana.readVerified(artifact) { read += $0 }
    #expect(read == bytes)
    let file = ana.contentStore.place(toName: artifact.digest)
    if count < 1 << 20 { truncate(file, off_t(count - 1)) } else { try damagePack(of: ana) }
    #expect(throws: WorkspaceFailure.artifactDamaged(path: "m.bin", file: file)) {
      try ana.readVerified(artifact) { _ in }
    }
    let check = try #require(try ana.doctor().first { $0.name == "artifacts" })
    #expect(!check.ok && check.detail.contains(file) && check.fix?.contains("doctor --fix") == true)
    _ = try ana.putArtifact(run, path: "again.bin", bytes: bytes)
    if count >= 1 << 20 {
      #expect(try ana.content(run, "m.bin") == bytes, "the same bytes, put again, make it whole")
    }
  }

  /// Turns a bit in the middle of the only pack.
  private func damagePack(of workspace: Workspace) throws {
    let packs = workspace.folder + "/large/packs"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: packs).first)
    chmod(packs + "/" + name, 0o600)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: packs + "/" + name))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: packs + "/" + name))
  }
}
