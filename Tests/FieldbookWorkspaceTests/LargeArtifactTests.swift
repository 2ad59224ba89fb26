import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Artifacts that lie in chunks")
struct LargeArtifactTests {
  let folder: TemporaryFolder
  let clock = ManualClock()
  private static let threshold = 1 << 20

  init() throws { folder = try TemporaryFolder() }

  private func content(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count / 8).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }
      + [UInt8](repeating: 9, count: count % 8)
  }

  @Test("which do begins right above the threshold", arguments: [-1, 0, 1])
  func threshold(more: Int) throws {
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    let run = try ana.newRun()
    let bytes = content(Self.threshold + more)
    let artifact = try ana.putArtifact(run, path: "m", bytes: bytes)
    #expect((ana.contentStore.wholeFile(of: artifact.digest) == nil) == (more > 0))
    #expect(try ana.content(run, "m") == bytes)
    let reader = try ana.contentReader(artifact, range: 1_000_000..<1_000_010)
    #expect(try reader.next() == Array(bytes[1_000_000..<1_000_010]))
    #expect(try reader.next() == nil)
  }

  @Test("one that lies whole from before is read, and moves when it is put again")
  func before() throws {
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    let run = try ana.newRun()
    let bytes = content(2_000_000)
    let artifact = try ana.putArtifact(run, path: "m", bytes: bytes)
    let objects = ana.folder + "/objects/" + artifact.digest.hex.prefix(2)
    try FileManager.default.removeItem(atPath: ana.folder + "/large")
    try FileManager.default.createDirectory(
      atPath: String(objects), withIntermediateDirectories: true)
    try Data(bytes).write(
      to: URL(fileURLWithPath: objects + "/" + artifact.digest.hex.dropFirst(2)))
    #expect(try ana.content(run, "m") == bytes)
    _ = try ana.putArtifact(run, path: "m", bytes: bytes)
    #expect(ana.contentStore.wholeFile(of: artifact.digest) == nil)
    #expect(try ana.content(run, "m") == bytes)
    #expect(try ana.doctor().filter { !$0.ok }.map(\.name) == [])
  }

  @Test("a backup holds them, and a replica made of it")
  func backup() throws {
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    let run = try ana.newRun()
    let bytes = content(3_000_000)
    _ = try ana.putArtifact(run, path: "m", bytes: bytes)
    let report = try ana.backUp(to: folder.path + "/vault", withKey: true)
    #expect(report.manifest.objects == 1 && report.manifest.objectBytes == 3_000_000)
    #expect(try report.folder.verify().problems == [])
    let again = try Workspace.restore(
      from: folder.path + "/vault", into: folder.path + "/again", environment: ana.environment)
    #expect(try again.workspace.content(run, "m") == bytes)
  }

  @Test("a purge leaves none of its bytes in any file")
  func purge() throws {
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    let run = try ana.newRun()
    let (secret, other) = (content(1_500_000, seed: 2), content(1_500_000, seed: 3))
    let artifact = try ana.putArtifact(run, path: "secret", bytes: secret)
    _ = try ana.putArtifact(run, path: "other", bytes: other)
    _ = try ana.purge(run.key, .field(.artifact("secret")), reason: "r", label: nil)
    #expect(!ana.contentStore.contains(artifact.digest))
    let marks = [40, 700_000, 1_400_000].map { Data(secret[$0..<$0 + 48]) }
    for name in try FileManager.default.subpathsOfDirectory(atPath: ana.folder) {
      guard let data = FileManager.default.contents(atPath: ana.folder + "/" + name) else {
        continue
      }
      for mark in marks { #expect(data.range(of: mark) == nil, "\(name)") }
    }
    #expect(try ana.content(run, "other") == other)
  }
}
