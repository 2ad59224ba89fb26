import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

@Suite("Archives of runs")
struct ArchiveTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func workspace(_ name: String, seed: UInt64) throws -> Workspace {
    try TestMachine.team([name], root: folder.path, clock: ManualClock(), seed: seed)[0]
  }

  @discardableResult
  private func export(
    _ run: RunID, of workspace: Workspace, to name: String = "run.zip", force: Bool = false
  ) throws -> (path: String, outcome: RunExport.Outcome) {
    let path = folder.path + "/" + name
    let form = try #require(ArchiveForm(fileName: name))
    let outcome = try RunExport(
      workspace.run(run), in: workspace, form: form, document: Array("{}\n".utf8)
    ).write(to: path, force: force)
    return (path, outcome)
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func runs(_ workspace: Workspace) throws -> Content {
    var content = try Content(workspace)
    content.loggedModels = [:]
    content.models = [:]
    content.traces = [:]
    content.experiments = [:]
    return content
  }

  // MARK: There and back

  @Test("runs of anything are the same on the other side, and nothing new where they were")
  func anything() throws {
    var generator = SeededGenerator(seed: 3)
    let left = try workspace("left", seed: 1)
    try left.recordAnything(&generator)
    let right = try workspace("right", seed: 2)
    var archives: [RunArchive] = []
    let forms = ["zip", "tar", "tar.gz"]
    for (number, run) in try left.allRuns().enumerated() {
      let name = "\(number)." + forms[number % forms.count]
      archives.append(try RunArchive(try export(run.id, of: left, to: name).path))
    }
    #expect(archives.count > 3)
    for archive in archives {
      let report = try archive.take(into: right)
      #expect(report.isComplete && report.gaps == [] && report.fresh[.runs] == 1)
    }
    let mine = try runs(left)
    #expect(try runs(right).differences(from: mine) == [])
    for archive in archives {
      for side in [left, right] {
        let again = try archive.take(into: side)
        #expect(again.isComplete && again.fresh[.runs] == 0 && again.disputed == 0)
      }
    }
    #expect(try runs(left).differences(from: mine) == [])
    #expect(try runs(right).differences(from: mine) == [])
    #expect(try left.allRuns().allSatisfy { $0.tags[TravellingTags.device] == nil })
  }

  @Test("a run of a project without files comes in with its snapshot")
  func withoutCode() throws {
    let origin = try workspace("origin", seed: 1)
    let run = try origin.newRun("r")
    let project = folder.path + "/project"
    try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
    let draft = SnapshotDraft(
      run: run.hex, listing: try FolderListing(project, limits: SnapshotLimits()), author: "ana",
      address: "ana@lab", time: Timestamp(milliseconds: 0), secret: { _ in nil })
    _ = try origin.takeSnapshot(of: run, draft) { _ in
      SnapshotDraft.Rest(files: [(TreePath("code.json"), Array("{}\n".utf8))], message: "r\n")
    }
    let archive = try RunArchive(export(run, of: origin).path)
    let other = try workspace("other", seed: 2)
    #expect(try archive.take(into: other).isComplete)
    #expect(try other.snapshotCommit(of: run) == origin.snapshotCommit(of: run))
    #expect(try other.checkout(run, to: folder.path + "/out").files == 1)
  }

  @Test("two laptops that take it in and meet have one run, and no conflict")
  func twoLaptops() throws {
    let origin = try workspace("origin", seed: 1)
    let run = try recorded(in: origin)
    let path = try export(run, of: origin).path
    let clock = ManualClock()
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock, seed: 7)
    for one in team {
      clock.advance(milliseconds: 5000)
      _ = try RunArchive(path).take(into: one)
    }
    try TestMachine.quiesce(team)
    for one in team {
      #expect(try one.allRuns().map(\.id) == [run])
      #expect(try one.conflicts().isEmpty)
      #expect(try one.metricHistory(run, key: "acc") == origin.metricHistory(run, key: "acc"))
    }
  }

  /// With what only its own log can say.
  private func recorded(in workspace: Workspace) throws -> RunID {
    let run = try workspace.newRun("r")
    let odd = Double(bitPattern: 0x7ff8_0000_0000_0007)
    try workspace.logBatch(
      run, parameters: [(try EntryKey("lr"), "a,\"b\"\nc")],
      metrics: [
        MetricSeries(
          key: "acc",
          points: [
            MetricPoint(step: 0, timestamp: 1, value: 0.1),
            MetricPoint(step: .max, timestamp: .min, value: odd),
            MetricPoint(step: 1, timestamp: 2, value: -0.0),
            MetricPoint(step: 2, timestamp: 2, value: .leastNonzeroMagnitude),
          ])
      ], tags: [], durability: .person)
    try workspace.addComment(run, "it was the learning rate")
    _ = try workspace.putArtifact(run, path: "model.bin", bytes: Array("weights".utf8))
    _ = try workspace.putArtifact(run, path: "empty", bytes: [])
    return run
  }

  @Test("who recorded it and who commented goes along, and comes out again as it was")
  func told() throws {
    let origin = try workspace("origin", seed: 1)
    let run = try recorded(in: origin)
    let first = try RunArchive(try export(run, of: origin).path)
    let other = try workspace("other", seed: 2)
    _ = try first.take(into: other)
    let there = try other.run(run)
    #expect(there.tags[TravellingTags.device] == (try origin.run(run).device))
    #expect(there.tags[MovingTag.comments]?.contains("it was the learning rate") == true)
    #expect(there.comments.isEmpty)
    let second = try RunArchive(try export(run, of: other, to: "second.tar").path)
    #expect(second.manifest == first.manifest)
    let third = try workspace("third", seed: 3)
    _ = try second.take(into: third)
    #expect(try third.run(run).tags == there.tags)
  }

  @Test("what was changed here since stays, what is deleted stays deleted")
  func changed() throws {
    let origin = try workspace("origin", seed: 1)
    let run = try recorded(in: origin)
    let path = try export(run, of: origin).path
    let here = try workspace("here", seed: 2)
    _ = try RunArchive(path).take(into: here)
    try here.setTag(run.key, try EntryKey("seen"), "yes", durability: .person)
    try here.rename(run.key, to: "mine", durability: .person)
    try here.delete(run.key, durability: .person)
    let report = try RunArchive(path).take(into: here)
    #expect(report.isComplete && report.disputed == 0)
    let now = try here.run(run)
    #expect(now.name == "mine" && now.lifecycle == .deleted)
    #expect(now.tags["seen"] == "yes")
  }

  @Test("the same run gives the same bytes", arguments: ArchiveForm.allCases)
  func deterministic(form: ArchiveForm) throws {
    let origin = try workspace("origin", seed: 1)
    let run = try recorded(in: origin)
    let one = try export(run, of: origin, to: "one." + form.rawValue).path
    let other = try export(run, of: origin, to: "other." + form.rawValue).path
    #expect(try bytes(one) == bytes(other))
  }

  // MARK: Snapshots

  private func snapshot(of run: RunID, in workspace: Workspace) throws -> GitObjectID {
    let project = folder.path + "/project"
    try FileManager.default.createDirectory(
      atPath: project + "/sub", withIntermediateDirectories: true)
    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: project + "/" + name))
    }
    try write("train.py", "print(1)")
    try write("sub/run.sh", "#!/bin/sh\n")
    chmod(project + "/sub/run.sh", 0o755)
    try write("w.bin", String(repeating: "weights!", count: 1 << 18))
    try write(
      "pointer.txt",
      FilePointer(digest: ContentDigest(hex: String(repeating: "a", count: 64))!, byteCount: 3).text
    )
    symlink("sub/run.sh", project + "/go")
    // A name that is no text, and one that a table or a terminal would fall over.
    let bare = project + "/"
    for name in [[0xff, 0x61], Array("a\nb".utf8)] as [[UInt8]] {
      let path = (Array(bare.utf8) + name + [0]).map { CChar(bitPattern: $0) }
      let file = open(path, O_CREAT | O_WRONLY, 0o644)
      _ = Foundation.write(file, "x", 1)
      close(file)
    }
    let draft = SnapshotDraft(
      run: run.hex, listing: try FolderListing(project, limits: SnapshotLimits()), author: "ana",
      address: "ana@lab", time: Timestamp(milliseconds: 1_700_000_000_000), secret: { _ in nil })
    return try workspace.takeSnapshot(of: run, draft) { _ in
      SnapshotDraft.Rest(
        files: [
          (TreePath("code.json"), Array("{}\n".utf8)),
          (TreePath("config/resolved.json"), Array("{}\n".utf8)),
        ], message: "r\n")
    }.commit
  }

  @Test(
    "the snapshot comes as the commit that it was: links, programs, odd names, large files",
    arguments: ["run.zip", "run.tar", "run.tgz"])
  func snapshots(name: String) throws {
    let origin = try workspace("origin", seed: 1)
    let run = try recorded(in: origin)
    let commit = try snapshot(of: run, in: origin)
    let (path, outcome) = try export(run, of: origin, to: name)
    #expect(outcome.hasSnapshot && outcome.missing == [])
    let here = try workspace("here", seed: 2)
    let report = try RunArchive(path).take(into: here)
    #expect(report.isComplete && report.arrived[.snapshots] == 1, "\(report.gaps)")
    #expect(try here.snapshotCommit(of: run) == commit)
    let (mine, theirs) = (folder.path + "/mine", folder.path + "/theirs")
    #expect(try origin.checkout(run, to: mine) == here.checkout(run, to: theirs))
    let difference = Process()
    difference.executableURL = URL(fileURLWithPath: "/usr/bin/diff")
    difference.arguments = ["-r", "--no-dereference", mine, theirs]
    try difference.run()
    difference.waitUntilExit()
    #expect(difference.terminationStatus == 0)
    #expect(try here.doctor().allSatisfy(\.ok))
    #expect(try RunArchive(path).take(into: here).isComplete)
  }

  @Test("what is known and not here is named, and is so on the other side, too")
  func absent() throws {
    let clock = ManualClock()
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock, seed: 7)
    let run = try recorded(in: team[0])
    _ = try snapshot(of: run, in: team[0])
    try TestMachine.quiesce(team)
    let (path, outcome) = try export(run, of: team[1])
    #expect(outcome.lacksSnapshot && !outcome.missing.isEmpty)
    let here = try workspace("here", seed: 2)
    let report = try RunArchive(path).take(into: here)
    #expect(report.isComplete && report.notes.contains { $0.contains("not here yet") })
    #expect(report.notes.contains { $0.contains("its code was not at hand") })
    #expect(
      try here.artifacts(run).map(\.digest) == team[0].artifacts(run).map(\.digest))
    #expect(try here.artifacts(run).contains { !$0.isHere })
    // It never was here, so it is not lost.
    #expect(try here.doctor().first { $0.name == "snapshots" }?.ok == true)
  }

  @Test("a damaged file is not handed out, and no half archive is left")
  func damaged() throws {
    let origin = try workspace("origin", seed: 1)
    let run = try recorded(in: origin)
    let artifact = try origin.heldArtifact(run, path: "model.bin")
    let file = try #require(origin.contentStore.wholeFile(of: artifact.digest))
    chmod(file, 0o644)
    try Data("WEIGHTS".utf8).write(to: URL(fileURLWithPath: file))
    #expect(throws: WorkspaceFailure.self) { try export(run, of: origin) }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!left.contains { $0.hasPrefix("run.zip") })
  }

  @Test("an archive that is there is written over only when that is said")
  func force() throws {
    let origin = try workspace("origin", seed: 1)
    let run = try recorded(in: origin)
    let path = folder.path + "/run.zip"
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: RunExport.exists(path)) { try export(run, of: origin) }
    #expect(try bytes(path) == Array("mine".utf8))
    try export(run, of: origin, force: true)
    #expect(try RunArchive(path).manifest.run == run)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.filter { $0.hasPrefix("run.zip") } == ["run.zip"])
  }
}
