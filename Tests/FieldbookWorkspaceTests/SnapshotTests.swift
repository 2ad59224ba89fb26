import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Snapshots of runs")
struct SnapshotTests {
  private let pair: Pair
  private var folder: TemporaryFolder { pair.folder }
  private var clock: ManualClock { pair.clock }
  private var ana: Workspace { pair.ana }
  private var bo: Workspace { pair.bo }

  init() throws {
    pair = try Pair()
    try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
  }

  private var project: String { folder.path + "/project" }
  private var vault: String { folder.path + "/vault" }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: project + "/" + name))
  }

  @discardableResult
  private func snapshot(_ workspace: Workspace, _ name: String) throws -> RunID {
    let run = try workspace.newRun(name)
    let draft = SnapshotDraft(
      run: run.hex, listing: try FolderListing(project, limits: SnapshotLimits()), author: "ana",
      address: "ana@lab", time: Timestamp(milliseconds: 1_700_000_000_000), secret: { _ in nil })
    _ = try workspace.takeSnapshot(of: run, draft) { _ in
      SnapshotDraft.Rest(files: [(TreePath("code.json"), Array("{}\n".utf8))], message: name + "\n")
    }
    return run
  }

  private func check(_ workspace: Workspace) throws -> DoctorCheck {
    try #require(try workspace.doctor().first { $0.name == "snapshots" })
  }

  @Test(
    "a run names its snapshot, and comes back as files; large ones are the run's own files, too")
  func checkout() throws {
    try write("print(1)", to: "train.py")
    try write(String(repeating: "weights!", count: 1 << 18), to: "w.bin")
    let run = try snapshot(ana, "r")
    let commit = try ana.snapshotCommit(of: run)
    #expect(try ana.run(run).environment["snapshot"] == commit.hex)
    #expect(try ana.artifacts(run).map(\.path) == ["code/w.bin"])
    let report = try ana.checkout(run, to: folder.path + "/out")
    // With what tells git of the large one.
    #expect(report.files == 4 && report.missing.isEmpty)
    let file = folder.path + "/out/code/w.bin"
    #expect(FileManager.default.contents(atPath: file)?.count == 2 << 20)
    #expect(try check(ana).ok)
  }

  @Test("a run without one says so, and so does a teammate who has not got it")
  func absent() throws {
    try write("print(1)", to: "train.py")
    let run = try snapshot(ana, "r")
    let plain = try ana.newRun("plain")
    #expect(throws: SnapshotFailure.noSnapshot("plain")) { try ana.snapshotCommit(of: plain) }
    try TestMachine.quiesce([ana, bo])
    let commit = try ana.snapshotCommit(of: run)
    #expect(throws: SnapshotFailure.notHere(commit)) {
      try bo.checkout(run, to: folder.path + "/out")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
    let told = try check(bo)
    #expect(told.ok && told.detail == "none here; 1 are not here yet")
  }

  @Test("a backup holds them, the next one links what it has, and a restored replica has them all")
  func backup() throws {
    for number in 0..<40 { try write("\(number)", to: "\(number).py") }
    let first = try snapshot(ana, "one")
    let old = try ana.backUp(to: vault).folder
    try write("changed", to: "0.py")
    let second = try snapshot(ana, "two")
    clock.advance(milliseconds: 1000)
    let new = try ana.backUp(to: vault).folder
    #expect(try old.verify().problems == [] && new.verify().problems == [])
    func packs(_ backup: BackupFolder) throws -> [String: UInt64] {
      let path = backup.path + "/repository.git/objects/pack/"
      var out: [String: UInt64] = [:]
      for name in try FileManager.default.contentsOfDirectory(atPath: path) {
        var info = stat()
        if stat(path + name, &info) == 0 { out[name] = UInt64(info.st_ino) }
      }
      return out
    }
    #expect(try packs(old).count == 2 && packs(old) == packs(new))
    let again = try Workspace.restore(
      from: vault, into: folder.path + "/again",
      environment: TestMachine.environment(
        root: folder.path, clock: clock, seed: 99, name: "again")
    ).workspace
    for (run, text) in [(first, "0"), (second, "changed")] {
      let place = folder.path + "/out-" + run.hex
      _ = try again.checkout(run, to: place)
      #expect(FileManager.default.contents(atPath: place + "/code/0.py") == Data(text.utf8))
    }
    #expect(try check(again).ok)
  }

  @Test("what is damaged or lost is named, and mended from a backup")
  func mending() throws {
    for number in 0..<40 { try write("\(number)", to: "\(number).py") }
    let first = try snapshot(ana, "one")
    try write("later", to: "0.py")
    let second = try snapshot(ana, "two")
    let backup = try ana.backUp(to: vault).folder
    let repository = ana.folder + "/repository.git"
    let pack = try #require(
      try FileManager.default.contentsOfDirectory(atPath: repository + "/objects/pack")
        .first { $0.hasSuffix(".pack") })
    let file = repository + "/objects/pack/" + pack
    var bytes = try #require(FileManager.default.contents(atPath: file))
    for place in stride(from: 40, to: bytes.count - 40, by: 7) { bytes[place] ^= 0x55 }
    try FileManager.default.removeItem(atPath: file)
    try bytes.write(to: URL(fileURLWithPath: file))
    try FileManager.default.removeItem(atPath: repository + "/refs/fieldbook/runs/" + second.hex)
    let told = try check(ana)
    #expect(!told.ok && told.detail.contains("lost: 1 snapshot of runs of this device: "))
    #expect(told.detail.contains("1 object is damaged or missing"))
    #expect(try BackupFolder(backup.path).verify().problems == [])
    try ana.close()
    let patient = try Patient(ana, in: folder, clock: clock)
    _ = try patient.mend(from: backup.path)
    let mended = try patient.open()
    #expect(try check(mended).ok)
    for (run, text) in [(first, "0"), (second, "later")] {
      let place = folder.path + "/out-" + run.hex
      _ = try mended.checkout(run, to: place)
      #expect(FileManager.default.contents(atPath: place + "/code/0.py") == Data(text.utf8))
    }
  }

  @Test("a damaged backup says so")
  func damagedBackup() throws {
    try write("x = 1", to: "a.py")
    try snapshot(ana, "one")
    let backup = try ana.backUp(to: vault).folder
    let objects = backup.path + "/repository.git/objects"
    let loose = try #require(
      try FileManager.default.subpathsOfDirectory(atPath: objects).first { $0.utf8.count == 41 })
    try FileManager.default.removeItem(atPath: objects + "/" + loose)
    try Data("rotten".utf8).write(to: URL(fileURLWithPath: objects + "/" + loose))
    #expect(
      try backup.verify().problems.contains { $0.contains("1 object of snapshots is damaged") })
  }
}
