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

  @Test("a content is read whole or not at all")
  func verifiedReading() throws {
    let folder = try TemporaryFolder()
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
    let run = try ana.newRun()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
    let artifact = try ana.putArtifact(run, path: "m.bin", bytes: bytes)
    var read: [UInt8] = []
    try ana.readVerified(artifact) { read += $0 }
    #expect(read == bytes)
    let file = try #require(ana.contentStore.path(of: artifact.digest))
    truncate(file, 2_999_999)
    #expect(throws: WorkspaceFailure.artifactDamaged(path: "m.bin", file: file)) {
      try ana.readVerified(artifact) { _ in }
    }
    let check = try #require(try ana.doctor().first { $0.name == "artifacts" })
    #expect(!check.ok && check.detail.contains(file) && check.fix?.contains("doctor --fix") == true)
  }
}
