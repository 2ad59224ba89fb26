import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Backups")
struct BackupTests {
  let folder: TemporaryFolder
  let clock = ManualClock()

  init() throws { folder = try TemporaryFolder() }

  private var vault: String { folder.path + "/vault" }

  private func environment(_ name: String) -> WorkspaceEnvironment {
    TestMachine.environment(root: folder.path, clock: clock, seed: 99, name: name)
  }

  private func team() throws -> (Workspace, Workspace) {
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock)
    return (team[0], team[1])
  }

  private func mode(_ path: String) throws -> mode_t {
    var info = stat()
    try #require(stat(path, &info) == 0)
    return info.st_mode & 0o777
  }

  @Test("a restored one has the same state, and all the files")
  func restored() throws {
    let (ana, _) = try team()
    let run = try ana.newRun("r")
    _ = try ana.putArtifact(run, path: "m.bin", bytes: [1, 2, 3])
    try ana.logBatch(
      run, parameters: [],
      metrics: [MetricSeries(key: "loss", points: [MetricPoint(step: 1, timestamp: 2, value: 3)])],
      tags: [], durability: .script)
    let report = try ana.backUp(to: vault)
    #expect(report.manifest.objects == 1 && report.manifest.missing == 0 && report.copied == 1)
    #expect(try report.folder.verify().problems == [])
    let restored = try Workspace.restore(
      from: vault, into: folder.path + "/again", environment: environment("again"))
    #expect(restored.setAside == nil && restored.missing == 0)
    #expect(try restored.workspace.stateHash() == ana.stateHash())
    #expect(try restored.workspace.metricHistory(run, key: "loss").count == 1)
    #expect(try restored.workspace.content(run, "m.bin") == [1, 2, 3])
    let ailments = try restored.workspace.doctor().filter { !$0.ok }.map(\.name)
    #expect(ailments == ["enrolment"], "without its key it is a new device")
  }

  @Test("without the key it is a new device; with it, or beside the old replica, the same one")
  func keys() throws {
    let (ana, _) = try team()
    let bare = try ana.backUp(to: vault)
    let full = try ana.backUp(to: folder.path + "/full", withKey: true)
    func files(_ report: BackupReport) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: report.folder.path)
    }
    #expect(try !files(bare).contains("device.key"))
    #expect(try files(full).contains("device.key"))
    #expect(try mode(full.folder.path + "/device.key") == 0o600)
    for report in [bare, full] {
      #expect(try mode(report.folder.path) == 0o700)
      for file in try files(report) where file != "objects" {
        #expect(try mode(report.folder.path + "/" + file) == 0o600, "\(file)")
      }
    }
    func restore(_ report: BackupReport, _ name: String) throws -> RestoreReport {
      try Workspace.restore(
        from: report.folder.path, into: folder.path + "/" + name, environment: environment(name))
    }
    let stranger = try restore(bare, "x")
    #expect(stranger.key == .fresh && stranger.workspace.deviceKey != ana.deviceKey)
    #expect(stranger.workspace.isPending)
    let same = try restore(full, "y")
    #expect(same.key == .backup && same.workspace.deviceKey == ana.deviceKey)
    try ana.close()
    let beside = try restore(bare, "ana")
    #expect(beside.key == .replicaSetAside && !beside.workspace.isPending)
  }

  @Test("what is written next is in a new epoch, and a sync brings back what came after the backup")
  func newEpoch() throws {
    let (ana, bo) = try team()
    try ana.newRun("before")
    let log = try ana.status().log
    _ = try ana.backUp(to: vault)
    try ana.newRun("after")
    try TestMachine.exchange(ana, bo)
    try ana.close()
    let restored = try Workspace.restore(
      from: vault, into: folder.path + "/ana", environment: environment("ana")
    ).workspace
    #expect(try restored.runNames() == ["before"])
    try restored.newRun("next")
    #expect(try restored.status().log != log, "numbers after the backup were used already")
    try TestMachine.quiesce([restored, bo])
    #expect(try restored.runNames() == ["after", "before", "next"])
    #expect(try bo.runNames() == ["after", "before", "next"])
    #expect(try restored.stateHash() == bo.stateHash())
    #expect(try restored.conflicts().isEmpty, "no log was forked")
  }

  @Test("a restore sets the replica that is there aside, where it can still be used")
  func setAside() throws {
    let (ana, _) = try team()
    _ = try ana.backUp(to: vault)
    try ana.newRun("only here")
    try ana.close()
    for round in 1...2 {
      let report = try Workspace.restore(
        from: vault, into: folder.path + "/ana", environment: environment("ana"))
      #expect(try report.workspace.runNames() == [], "round \(round)")
      try report.workspace.close()
      let old = try Workspace.open(#require(report.setAside), environment: environment("ana"))
      #expect(try old.runNames() == (round == 1 ? ["only here"] : []))
      try old.close()
    }
  }

  @Test("only what is new is copied; what is damaged here is taken from the backup before")
  func incremental() throws {
    let (ana, _) = try team()
    let run = try ana.newRun("r")
    let first = try ana.putArtifact(run, path: "a", bytes: [1])
    let one = try ana.backUp(to: vault)
    _ = try ana.putArtifact(run, path: "b", bytes: [2])
    let two = try ana.backUp(to: vault)
    #expect(one.copied == 1 && one.linked == 0 && two.copied == 1 && two.linked == 1)
    let file = try #require(ana.contentStore.wholeFile(of: first.digest))
    chmod(file, 0o600)
    try Data([9, 9]).write(to: URL(fileURLWithPath: file))
    let three = try ana.backUp(to: vault)
    #expect(three.damaged == [] && three.manifest.missing == 0)
    #expect(try three.folder.verify().problems == [])
    let elsewhere = try ana.backUp(to: folder.path + "/other")
    #expect(elsewhere.damaged == [first.digest] && elsewhere.manifest.missing == 1)
    #expect(elsewhere.manifest.objects == 1)
  }

  @Test("the oldest of this device go, and nothing else in the folder does")
  func rotation() throws {
    let (ana, bo) = try team()
    let other = try bo.backUp(to: vault)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: vault + "/notes.txt"))
    var kept: [String] = []
    for _ in 0..<4 {
      clock.advance(milliseconds: 1000)
      kept.append(try ana.backUp(to: vault, keep: 2).folder.path)
    }
    let there = Set(try FileManager.default.contentsOfDirectory(atPath: vault))
    let expected = (kept.suffix(2) + [other.folder.path]).map { ($0 as NSString).lastPathComponent }
    #expect(there == Set(expected + ["notes.txt", ".lock"]))
  }

  @Test("one that was interrupted, or is damaged, is not taken for a backup")
  func damaged() throws {
    let (ana, _) = try team()
    let run = try ana.newRun("r")
    let artifact = try ana.putArtifact(run, path: "a", bytes: [1, 2])
    let partial = vault + "/.partial-x"
    try FileManager.default.createDirectory(
      atPath: partial + "/objects", withIntermediateDirectories: true)
    #expect(throws: BackupFailure.notABackup(vault)) { try BackupFolder.find(vault) }
    let report = try ana.backUp(to: vault)
    #expect(!FileManager.default.fileExists(atPath: partial), "remains are cleared away")
    let object =
      report.folder.path + "/objects/" + artifact.digest.hex.prefix(2) + "/"
      + artifact.digest.hex.dropFirst(2)
    chmod(object, 0o600)
    try Data([7, 7]).write(to: URL(fileURLWithPath: object))
    #expect(try report.folder.verify().damaged == [object])
    try FileManager.default.removeItem(atPath: object)
    #expect(try report.folder.verify().problems == ["1 artifact is gone from it"])
    let restored = try Workspace.restore(
      from: vault, into: folder.path + "/again", environment: environment("again"))
    #expect(restored.missing == 1)
    let database = report.folder.path + "/replica.sqlite"
    var bytes = try #require(FileManager.default.contents(atPath: database))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: database))
    #expect(try report.folder.verify().problems.count == 1)
    #expect(throws: BackupFailure.self) {
      try Workspace.restore(
        from: vault, into: folder.path + "/third", environment: environment("third"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/third/.fieldbook"))
  }

  @Test("invites stay out of a backup without the key, and a backup never goes into its replica")
  func bounds() throws {
    let (ana, _) = try team()
    try ana.storeInvite(
      id: [UInt8](repeating: 1, count: 16), secret: [UInt8](repeating: 0xA7, count: 32),
      role: .writer, expires: Timestamp(milliseconds: clock.now + 1000))
    func holdsSecret(_ report: BackupReport) throws -> Bool {
      let path = report.folder.path + "/replica.sqlite"
      let bytes = try #require(FileManager.default.contents(atPath: path))
      return bytes.range(of: Data(repeating: 0xA7, count: 32)) != nil
    }
    #expect(try !holdsSecret(ana.backUp(to: vault)))
    #expect(try holdsSecret(ana.backUp(to: vault, withKey: true)))
    let inside = ana.dir + "/.fieldbook/backups"
    #expect(throws: BackupFailure.insideReplica(inside)) { try ana.backUp(to: inside) }
  }
}
