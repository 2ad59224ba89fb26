import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("Runs that are recorded now")
struct LiveRunsTests {
  let folder: TemporaryFolder
  let clock = ManualClock()
  let workspace: Workspace
  let run: RunID

  init() throws {
    folder = try TemporaryFolder()
    workspace = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    run = try workspace.newRun("first")
    try LiveRuns.begin(workspace, run)
  }

  private var file: String { workspace.folder + "/live/" + run.hex }

  /// What stands in the file: process id, its start, the boot.
  private func rewrite(_ change: (inout [String]) -> Void) throws {
    var parts = try String(contentsOfFile: file, encoding: .utf8).split(separator: " ").map(
      String.init)
    change(&parts)
    try Data(parts.joined(separator: " ").utf8).write(to: URL(fileURLWithPath: file))
  }

  @Test("one whose process is there is left alone")
  func alive() throws {
    #expect(!LiveRuns.isVanished(run, in: workspace))
    #expect(try LiveRuns.recover(workspace) == [])
    #expect(try workspace.run(run).state.status == .running)
  }

  @Test("one whose process is gone has failed at the time that it was seen, and says so")
  func gone() throws {
    try rewrite { $0[0] = "2147483646" }
    #expect(LiveRuns.isVanished(run, in: workspace))
    clock.advance(milliseconds: 5000)
    #expect(try LiveRuns.recover(workspace) == [run])
    let known = try workspace.run(run)
    #expect(
      known.state == RunState(status: .failed, endTime: Timestamp(milliseconds: clock.now)))
    #expect(known.tags["fieldbook.vanished"] == "true")
    #expect(try LiveRuns.recover(workspace) == [])
  }

  @Test("a process with the same id that began at another time, or after a restart, is another one")
  func recycled() throws {
    let original = try String(contentsOfFile: file, encoding: .utf8)
    try rewrite { $0[1] = "1" }
    #expect(LiveRuns.isVanished(run, in: workspace))
    try Data(original.utf8).write(to: URL(fileURLWithPath: file))
    #expect(!LiveRuns.isVanished(run, in: workspace))
    try rewrite { $0[2] = "00000000-0000-0000-0000-000000000000" }
    #expect(LiveRuns.isVanished(run, in: workspace))
  }

  @Test("what it had printed is kept")
  func output() throws {
    let files = RunOutput.allCases.map { $0.file(run, in: workspace) }
    try Data([1, 0, 255]).write(to: URL(fileURLWithPath: files[0]))
    try Data().write(to: URL(fileURLWithPath: files[1]))
    try rewrite { $0[0] = "2147483646" }
    try LiveRuns.recover(workspace)
    #expect(try workspace.artifacts(run).map(\.path) == ["logs/stdout.txt"])
    #expect(try workspace.content(run, "logs/stdout.txt") == [1, 0, 255])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workspace.folder + "/live") == [])
  }

  @Test("one that ended, was deleted or is not known is cleared away without a change")
  func cleared() throws {
    let ended = RunState(status: .finished, endTime: Timestamp(milliseconds: 7))
    try workspace.setState(run, ended, durability: .person)
    try rewrite { $0[0] = "2147483646" }
    #expect(try LiveRuns.recover(workspace) == [run])
    #expect(try workspace.run(run).state == ended)

    let second = try workspace.newRun()
    for id in [second, RunID.random()] {
      let path = workspace.folder + "/live/" + id.hex
      try Data("2147483646 1 boot".utf8).write(to: URL(fileURLWithPath: path))
    }
    try workspace.delete(second.key, durability: .person)
    #expect(try LiveRuns.recover(workspace).count == 2)
    #expect(try workspace.run(second).state.status == .running)
    #expect(try LiveRuns.recover(workspace) == [])
  }

  @Test("damaged files and other ones in the folder are no runs")
  func damaged() throws {
    for text in ["", "x", "1 2", "-1 2 3 4", "99999999999999999999 1 x"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      #expect(!LiveRuns.isVanished(run, in: workspace))
    }
    try Data().write(to: URL(fileURLWithPath: workspace.folder + "/live/notes"))
    #expect(try LiveRuns.recover(workspace) == [])
  }

  @Test("copies of output that nobody writes any more are taken in, or cleared away if empty")
  func orphans() throws {
    LiveRuns.end(workspace, run)
    try Data([7]).write(to: URL(fileURLWithPath: RunOutput.stdout.file(run, in: workspace)))
    for id in [run, RunID.random()] {
      try Data().write(to: URL(fileURLWithPath: RunOutput.stderr.file(id, in: workspace)))
    }
    #expect(try LiveRuns.recover(workspace) == [])
    #expect(try workspace.artifacts(run).map(\.path) == ["logs/stdout.txt"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workspace.folder + "/live") == [])
  }

  @Test("an end that the replica could not be told is made good later, as it was")
  func notedEnd() throws {
    let end = Timestamp(milliseconds: clock.now)
    LiveRuns.noteEnd(workspace, run, status: 5, time: end)
    #expect(!LiveRuns.isVanished(run, in: workspace))
    try rewrite { $0[0] = "2147483646" }
    clock.advance(milliseconds: 60_000)
    #expect(try LiveRuns.recover(workspace) == [run])
    let known = try workspace.run(run)
    #expect(known.state == RunState(status: .failed, endTime: end))
    #expect(known.tags["fieldbook.exit_status"] == "5" && known.tags["fieldbook.vanished"] == nil)
  }
}
